"""The same half year moved to PostgreSQL: every page works and shows the same as on SQLite."""

import importlib
import re
from html import unescape
from pathlib import Path

import pytest

from loyalty.cli.db import EVERY_TABLE
from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import open_engine
from loyalty.ops.move import move
from loyalty.web.app import create_app
from loyalty.web.backoffice.figures_view import FIGURES
from tests.web.conftest import Shop, Visitor
from tests.web.harbour import NOW, staff_address

pytestmark = pytest.mark.postgres
MADE = re.compile(r"/static/\w+|name=\"csrf_token\" value=\"[^\"]+\"")
"""What differs from one session to the next."""


def shown(person: Visitor, address: str) -> str:
    answer = person.get(address)
    assert answer.status_code == 200, address
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", MADE.sub("", main))).split())


def test_every_page_shows_the_same(ready_postgres: str, shop: Shop, admin: Visitor, tmp_path: Path) -> None:
    engine = open_engine(ready_postgres)
    for module in EVERY_TABLE:
        importlib.import_module(module)
    move(shop.engine, engine)
    config = Config(data_dir=tmp_path, database=ready_postgres)
    other = Visitor(create_app(config, engine=engine, clock=SetClock(NOW), testing=True).test_client())
    assert other.log_in(staff_address("administrator")).status_code == 302
    for address in (
        *("/home", "/members?sort=points", "/members?sort=name", "/members?show=expiring", "/members?level=Silver"),
        *(f"/figures/{key}" for key in FIGURES),
        *("/members?show=quiet", "/work", "/programme"),
    ):
        assert sorted(shown(other, address).split()) == sorted(shown(admin, address).split()), address
    for name in ("陳大文", "李嘉欣", "Siobhán O’Connor"):
        address = f"/members/{shop.harbour.members[name]}"
        assert shown(other, address) == shown(admin, address), name
        found = other.client.get("/members/found", query_string={"q": name}).text
        assert shop.harbour.members[name] in found
    engine.dispose()

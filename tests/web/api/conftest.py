"""The API over a real database: a client that carries a key, and a clock that stands where it is put."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import write
from loyalty.web.api.calls import CALLS, PREFIX
from loyalty.web.api.keys import create_key
from loyalty.web.api.problems import STATUS
from tests.databases import new_sqlite
from tests.shop import OPENED, PROGRAMME
from tests.web.quick_start import open_app


@dataclass
class Api:
    """Sends JSON, gives the answer; `key` may be another one."""

    app: Flask
    engine: Engine
    clock: SetClock
    key: str

    def __call__(
        self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {key or self.key}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        client = self.app.test_client()
        answer = client.open(f"/api/v1{path}", method=method, data=data, content_type="application/json", headers=sent)
        self._is_as_described(method, path, answer)
        return answer

    def _is_as_described(self, method: str, path: str, answer: TestResponse) -> None:
        """Every answer that a test gets is held against the description."""
        if answer.status_code not in (200, 201):
            assert answer.content_type == "application/problem+json", answer.text
            assert answer.status_code == STATUS[answer.json["code"]], answer.text  # type: ignore[index]
            return
        address = self.app.url_map.bind("shop.example")
        rule, _ = address.match(f"/api/v1{unquote(path.partition('?')[0])}", method, return_rule=True)
        (one,) = (each for each in CALLS if (each.method, f"{PREFIX}{each.path}") == (method, rule.rule))
        assert answer.status_code == one.status
        if one.gives is not None:
            one.gives.model_validate_json(answer.data)

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self(method, path, body, **headers)
        assert answer.status_code in (200, 201), answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def new_key(self, *scopes: str, test: bool = False) -> str:
        with write(self.engine) as session:
            return create_key(session, scopes, self.clock(), test=test).key


@contextmanager
def opened_api(shared: Path, folder: Path) -> Iterator[Api]:
    """A shop without a programme, in `folder`."""
    config, clock = Config(data_dir=folder), SetClock(OPENED)
    engine = new_sqlite(shared, folder)
    api = Api(open_app(shared, config, engine=engine, clock=clock, testing=True), engine, clock, "")
    api.key = api.new_key("all")
    yield api
    engine.dispose()


@pytest.fixture
def bare_api(tmp_path: Path, shared: Path) -> Iterator[Api]:
    with opened_api(shared, tmp_path) as api:
        yield api


@pytest.fixture
def api(bare_api: Api) -> Api:
    assert bare_api("PUT", "/programme", PROGRAMME.encode()).status_code == 200
    return bare_api


@pytest.fixture
def ann(api: Api) -> dict[str, Any]:
    """A member with a card."""
    cards = [{"kind": "card_uid", "token": "04A2B3C4"}]
    made: dict[str, Any] = api.ok("POST", "/members", {"name": "陳大文", "phone": "61234567", "cards": cards})
    return made

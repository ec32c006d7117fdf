"""Step 0008 gathers what a sale wrote into fewer rows: a ledger written before it must say the same afterwards.

`ledger_0006.json` holds the rows of a small shop, written by the release before that step: sales, a return, a
cancellation, a reward, holds, birthday points, points that died.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from loyalty.db.session import open_engine, read, write, writing_connection
from loyalty.db.upgrade import HOME, upgrade
from loyalty.ops.verify import verify
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_history import explain

OLD = json.loads((Path(__file__).parent / "ledger_0006.json").read_text())
NOW = datetime(2026, 5, 10, 5, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def old_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database of revision 0006 with the shop's rows, not yet upgraded."""
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    engine = open_engine(url if request.param == "sqlite" else request.getfixturevalue("fresh_postgres"))
    with writing_connection(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(HOME))
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.exec_driver_sql("DELETE FROM counts")
        for table, told in OLD.items():
            for row in told["rows"]:
                names, values = ", ".join(f'"{name}"' for name in told["columns"]), ", ".join(map(_literal, row))
                connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({values})".replace("%", "%%"))
    return engine


def _literal(value: Any) -> str:
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


def rows(engine: Engine, table: str, order: str) -> list[dict[str, Any]]:
    names = OLD[table]["columns"]
    with read(engine) as session:
        statement = sa.text(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        found = session.execute(statement)
        return [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in found]


def plain(value: Any) -> Any:
    """SQLite's way of keeping days, moments, documents and flags."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, str) and value.startswith("["):
        return json.loads(value)
    return value if isinstance(value, int | str | list | dict | None) else str(value)


ORDERS = {
    "purchases": "number", "purchase_states": "number", "lot_moves": "transfer, position", "awards": "number",
    "rule_uses": "number", "transfers": "number", "bookings": "number",
}  # fmt: skip


def test_every_row_reads_as_before(old_shop: Engine) -> None:
    before = {table: rows(old_shop, table, order) for table, order in ORDERS.items()}
    assert all(len(before[table]) == len(OLD[table]["rows"]) for table in ORDERS)
    assert "0008" in upgrade(old_shop)
    for table, order in ORDERS.items():
        assert rows(old_shop, table, order) == before[table]


def test_the_old_ledger_verifies_explains_and_goes_on(old_shop: Engine) -> None:
    upgrade(old_shop)
    with write(old_shop) as session:
        assert verify(session).as_json()["problems"] == []
        told = session.scalars(sa.text("SELECT number FROM transfers WHERE booking = 's1' ORDER BY number")).all()
        why = explain(session, told[0])
        assert [entry.rule for award in why.awards for entry in award.entries] == ["base", "tea"]
        returned = Ledger(session).perform("return", {"id": "r2", "of": "s1", "all": True}, NOW)
        assert returned.result["refund"] == "133.33"  # of 150.00 less 16.67
        again = Ledger(session).perform("purchase", {"id": "s2", "member": "ann", "amount": "450"}, NOW)
        assert again.replayed
    with read(old_shop) as session:
        assert verify(session).ok
        state = session.execute(sa.text("SELECT net, counts FROM purchase_states WHERE purchase = 's1'")).one()
        assert (state.net, bool(state.counts)) == (0, False)

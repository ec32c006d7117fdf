"""The steps make exactly the tables that the code describes; what was booked cannot be changed afterwards."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

import loyalty.campaigns.campaign_tables
import loyalty.campaigns.segment_tables
import loyalty.checkout.gift_tables
import loyalty.checkout.tables
import loyalty.db.audit
import loyalty.db.fleet_tables
import loyalty.db.shop_settings
import loyalty.members.card_tables
import loyalty.members.care_tables
import loyalty.members.figure_tables
import loyalty.members.life_tables
import loyalty.members.message_tables
import loyalty.members.pins
import loyalty.members.portal_tables
import loyalty.members.record_tables
import loyalty.members.referral_tables
import loyalty.members.tables
import loyalty.members.value_tables
import loyalty.members.wallet_tables
import loyalty.members.watch_tables
import loyalty.ops.imports.tables
import loyalty.ops.jobs_table
import loyalty.ops.programme_drafts
import loyalty.points.tables_sale
import loyalty.web.accounts
import loyalty.web.api.tables
from loyalty.db.base import Base
from loyalty.db.session import open_engine, write
from loyalty.db.upgrade import is_current, upgrade
from loyalty.errors import ConfigError

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
KEPT = [
    *loyalty.points.tables_sale.APPEND_ONLY,
    *loyalty.members.tables.APPEND_ONLY,
    *loyalty.members.card_tables.APPEND_ONLY,
    *loyalty.members.life_tables.APPEND_ONLY,
    *loyalty.members.record_tables.APPEND_ONLY,
    *loyalty.checkout.tables.APPEND_ONLY,
    *loyalty.db.audit.APPEND_ONLY,
]
assert loyalty.db.shop_settings
assert loyalty.members.care_tables
assert loyalty.members.figure_tables
assert loyalty.campaigns.campaign_tables
assert loyalty.campaigns.segment_tables
assert loyalty.members.message_tables
assert loyalty.members.portal_tables
assert loyalty.members.pins
assert loyalty.members.referral_tables
assert loyalty.members.value_tables
assert loyalty.members.watch_tables
assert loyalty.ops.imports.tables
assert loyalty.ops.jobs_table
assert loyalty.ops.programme_drafts
assert loyalty.web.accounts
assert loyalty.db.fleet_tables
assert loyalty.members.wallet_tables
assert loyalty.web.api.tables


def test_the_steps_make_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_a_second_upgrade_has_nothing_to_do(engine: Engine) -> None:
    assert upgrade(engine) == []
    assert is_current(engine)


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    assert not is_current(open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}"))


def test_a_database_of_a_newer_version_is_left_alone(sqlite_engine: Engine) -> None:
    with write(sqlite_engine) as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="9999"):
        upgrade(sqlite_engine)


def example_row(table: sa.Table) -> dict[str, object]:
    """Some value for every column that needs one."""
    samples: dict[type, object] = {
        sa.BigInteger: 1, sa.Integer: 1, sa.Boolean: True, sa.Date: date(2026, 3, 1), sa.String: "x", sa.Text: "x",
        sa.JSON: [], sa.DateTime: NOW,
    }  # fmt: skip
    row: dict[str, object] = {}
    for column in table.columns:
        kind = next(kind for kind in samples if isinstance(getattr(column.type, "impl_instance", column.type), kind))
        row[column.name] = samples[kind]
    if table.name == "transfers":
        row |= {"credit": "member:x:points"}
    return row


@pytest.mark.parametrize("change", ["update", "delete", "replace"])
def test_what_was_booked_cannot_be_changed(sqlite_engine: Engine, change: str) -> None:
    for table in KEPT:
        refuse_to_change(sqlite_engine, table, change)


@pytest.mark.postgres
@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_what_was_booked_cannot_be_changed_on_postgresql(ready_postgres: str, change: str) -> None:
    engine = open_engine(ready_postgres)
    for table in KEPT:
        refuse_to_change(engine, table, change)
    engine.dispose()


def refuse_to_change(engine: Engine, table: sa.Table, change: str) -> None:
    row = example_row(table)
    with write(engine) as session:
        if table.name == "card_events":
            for parent in (loyalty.members.tables.Member.__table__, loyalty.members.tables.Card.__table__):
                session.execute(sa.insert(parent), [example_row(parent) | {"id": "x", "member_id": "x"}])
        session.execute(sa.insert(table), [row])
    column = next(iter(table.columns)).name
    statement = {
        "update": f"UPDATE {table.name} SET {column} = {column}",
        "delete": f"DELETE FROM {table.name}",
        "truncate": f"TRUNCATE {table.name}",
        "replace": f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}",
    }[change]
    with pytest.raises(DBAPIError, match=f"{table.name} is append-only"), write(engine) as session:
        session.execute(sa.text(statement))
    with write(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1

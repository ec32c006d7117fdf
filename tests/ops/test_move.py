"""A shop moves from its SQLite file to PostgreSQL: all of it, proven, or nothing."""

import importlib
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from loyalty.checkout.enrol import enrol
from loyalty.cli.db import EVERY_TABLE
from loyalty.db.audit import note
from loyalty.db.session import open_engine, read, write
from loyalty.db.upgrade import upgrade
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.enrolment import NewMember
from loyalty.members.tables import Member
from loyalty.ops.move import move
from loyalty.points.sql_engine import Ledger
from tests.shop import Shop

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def every_table() -> None:
    for module in EVERY_TABLE:
        importlib.import_module(module)


@pytest.fixture
def busy(shop: Shop) -> Shop:
    shop.clock.forward(timedelta(days=3))
    for number in range(5):
        shop.perform("purchase", id=f"s{number}", member=shop.ann, amount=300)
    shop.perform("return", id="r1", of="s1", all=True)
    shop.perform("redeem", id="x1", member=shop.ann, reward="$50 off")
    with write(shop.engine) as session:
        note(session, "staff:ann@example.com", "member.edit", f"member:{shop.ann}", shop.clock(), after={"n": 1})
    return shop


def test_all_of_it_arrives_goes_on_selling_and_comes_back(busy: Shop, fresh_postgres: str, tmp_path: Path) -> None:
    there = open_engine(fresh_postgres)
    proof = move(busy.engine, there)
    assert proof.transfers == 7
    assert proof.rows > 40
    moved = Shop(there, busy.clock, busy.ann)
    assert moved.balance() == busy.balance() == 700
    moved.perform("purchase", id="s9", member=busy.ann, amount=10)
    with pytest.raises(LoyaltyError, match="used before"):
        moved.perform("purchase", id="s0", member=busy.ann, amount=1)
    with write(there) as session:
        enrol(session, NewMember("New Here"), busy.clock(), busy.conventions)
        Ledger(session).advance(busy.clock())
    assert moved.verify().ok
    with pytest.raises(Conflict, match="not empty"):
        move(busy.engine, there)
    back = open_engine(f"sqlite:///{tmp_path / 'back.sqlite'}")
    assert move(there, back).transfers == 8
    home = Shop(back, busy.clock, busy.ann)
    assert home.balance() == 710
    home.perform("purchase", id="s10", member=busy.ann, amount=10)
    with write(back) as session:
        enrol(session, NewMember("At Home"), busy.clock(), busy.conventions)
    assert home.verify().ok
    back.dispose()
    there.dispose()


def test_a_file_that_does_not_verify_is_not_moved(busy: Shop, fresh_postgres: str) -> None:
    with write(busy.engine) as session:
        session.execute(sa.text("UPDATE accounts SET balance = balance + 1"))
    there = open_engine(fresh_postgres)
    with pytest.raises(LoyaltyError, match="does not verify"):
        move(busy.engine, there)
    with read(there) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Member)) == 0
    there.dispose()


def test_a_copy_that_lost_a_row_is_not_kept(busy: Shop, fresh_postgres: str) -> None:
    there = open_engine(fresh_postgres)
    upgrade(there)
    with there.begin() as connection:  # a database that swallows rows without a word
        connection.execute(sa.text("CREATE RULE swallow AS ON INSERT TO card_events DO INSTEAD NOTHING"))
    with pytest.raises(LoyaltyError, match="not what was moved"):
        move(busy.engine, there)
    with read(there) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Member)) == 0
    there.dispose()


def test_only_between_sqlite_and_postgresql(shop: Shop) -> None:
    with pytest.raises(Invalid, match="from a SQLite file to PostgreSQL or back"):
        move(shop.engine, shop.engine)

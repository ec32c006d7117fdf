"""What was answered is compared with what was booked, and figures kept of everybody with what they are made of."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.checkout.outbox import answer_all
from loyalty.checkout.tables import outcomes
from loyalty.contract.commands import CancelPurchase, HoldReward, RecordPurchase, Redeem, ReturnPurchase
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.db.session import write, writing_connection
from loyalty.ops.member_figures import rebuild
from loyalty.points.tables import bookings
from tests.shop import OPENED, Shop, open_shop

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def told(engine: Engine) -> Shop:
    """A counter told of two sales, of goods that came back and of a reward set aside."""
    shop = open_shop(engine)
    who = {"member": shop.ann}
    commands = (
        RecordPurchase("s1", "t1", 1, OPENED, amount=Decimal("600.50"), **who),
        RecordPurchase("s2", "t1", 2, OPENED, amount=Decimal("100"), redeem=(Redeem("$50 off"),), **who),
        ReturnPurchase("r1", "t1", 3, OPENED, "s1", amount=Decimal("20")),
        HoldReward("h1", "t1", 4, OPENED, reward="$50 off", **who),
        RecordPurchase("s3", "t1", 5, OPENED, token=Token("card_uid", "04AA"), amount=Decimal("9")),
        CancelPurchase("c3", "t1", 6, OPENED, "s3"),
    )
    answer_all(engine, "t1", [to_json(each) for each in commands], shop.clock, shop.conventions)
    return shop


def found(shop: Shop) -> list[tuple[str, str]]:
    return [(problem.table, problem.row) for problem in shop.verify().problems]


def test_an_altered_answer_is_named(told: Shop) -> None:
    """Its figures, or that there was a booking at all; also when the booking was altered along with it."""
    assert found(told) == []
    changes: tuple[tuple[str, Change], ...] = (
        ("s1", lambda answer: answer["earned"].update(points="6000")),
        ("s1", lambda answer: answer.update(total="6000.50")),
        ("s1", lambda answer: answer.update(status="unmatched", earned={})),
        ("s2", lambda answer: answer.update(redeemed="0")),
        ("r1", lambda answer: answer.update(refund="200.00")),
        ("r1", lambda answer: answer.update(reversed={})),
        ("c3", lambda answer: answer.update(refund="9")),
    )
    for id, change in changes:
        with write(told.engine) as session:
            right = session.scalar(sa.select(outcomes.c.answer).where(outcomes.c.id == id))
        wrong = json.loads(json.dumps(right))
        change(wrong)
        put(told, outcomes, id, answer=wrong)
        assert found(told) == [("outcomes", id)], wrong
        put(told, outcomes, id, answer=right)
    assert found(told) == []


def test_an_answer_of_no_booking_and_one_altered_together_with_its_booking(told: Shop) -> None:
    with write(told.engine) as session:
        made_up = dict(session.execute(sa.select(outcomes).where(outcomes.c.id == "s1")).mappings().one())
        session.execute(sa.insert(outcomes), [{**made_up, "id": "s0"}])
    assert found(told) == [("outcomes", "s0")]
    right = made_up["answer"]
    more = {**right, "earned": {"points": "700"}}
    put(told, outcomes, "s1", answer=more)
    with writing_connection(told.engine) as connection:
        for words in _without_guards(told.engine, "bookings"):
            connection.exec_driver_sql(words)
        connection.execute(sa.update(bookings).where(bookings.c.id == "s1").values(result=more))
    problems = told.verify().problems
    assert "but the ledger gave 600 points" in next(each.sentence for each in problems if each.row == "s1")


def test_figures_that_are_wrong_are_named_and_made_anew(told: Shop) -> None:
    for statement, tables in (
        ("UPDATE member_figures SET step = 9 WHERE figure = 'spend'", {"member_figures"}),
        ("DELETE FROM member_figures WHERE figure = 'level:Basic'", {"member_figures"}),
        ("UPDATE member_totals SET members = members + 1", {"member_totals"}),
    ):
        with writing_connection(told.engine) as connection:
            assert connection.exec_driver_sql(statement).rowcount > 0, statement
        assert {table for table, _ in found(told)} == tables, statement
        with write(told.engine) as session:
            assert rebuild(session) >= 4
        assert found(told) == []


def put(shop: Shop, table: sa.Table, id: str, **values: Any) -> None:
    """As somebody with the file in hand would: no guard of the database in the way."""
    with writing_connection(shop.engine) as connection:
        for words in _without_guards(shop.engine, table.name):
            connection.exec_driver_sql(words)
        connection.execute(sa.update(table).where(table.c.id == id).values(**values))


def _without_guards(engine: Engine, table: str) -> list[str]:
    if engine.dialect.name == "postgresql":
        return [f"ALTER TABLE {table} DISABLE TRIGGER USER"]
    with engine.connect() as connection:
        names = connection.exec_driver_sql(
            f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
        )
        return [f"DROP TRIGGER {name}" for (name,) in names]

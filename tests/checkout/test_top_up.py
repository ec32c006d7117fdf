"""Stored value bought at a counter: booked once, undone whole or not at all, told to staff when it cannot be booked."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from loyalty.checkout.outbox import answer
from loyalty.checkout.staff_work import open_work
from loyalty.checkout.top_up import topups_offered
from loyalty.contract.commands import Pay, RecordPurchase, TopUp, UndoTopUp
from loyalty.contract.outcomes import Refusal, TopUpOutcome
from loyalty.contract.wire import to_json
from loyalty.db.session import read
from loyalty.points.sql_engine import Ledger
from tests.shop import OPENED, Shop, open_shop

PROGRAMME = """
name: Harbour Club
currency: HKD
timezone: Asia/Hong_Kong
wallets: {points: {}, purse: {kind: money}}
earn: [{name: base, per_amount: {points: 1, per: 1}, wallet: points}]
topups:
  - {name: cash, wallet: purse, pay: 100}
  - {name: big, wallet: purse, pay: 200, bonus: {amount: 50, parts: 2, every: {months: 1}}, gifts: {points: 5}}
"""


@pytest.fixture
def shop(sqlite_engine: Engine) -> Shop:
    return open_shop(sqlite_engine, PROGRAMME)


def buy(shop: Shop, pay: str, seq: int = 1, **more: Any) -> TopUp:
    return TopUp(f"till-1:t{seq}", "till-1", seq, OPENED, shop.ann, Decimal(pay), **more)


def tell(shop: Shop, command: Any) -> Any:
    return answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions).outcome


def purse(shop: Shop) -> tuple[Decimal, Decimal]:
    """Available in the purse, and points."""
    with read(shop.engine) as session:
        facts = Ledger(session).facts
        found = [facts.account(shop.ann, name) for name in ("purse", "points")]
    money, points = (Decimal(account.available if account else 0) for account in found)
    return money / 100, points


def test_a_top_up_is_booked_once_and_undone_with_its_bonus_and_gifts(shop: Shop) -> None:
    first, command = tell(shop, buy(shop, "100", 1, topup="cash")), buy(shop, "200", 2, topup="big", staff="amy")
    done = tell(shop, command)
    assert isinstance(done, TopUpOutcome) and done == tell(shop, command)
    assert (done.status, done.wallet, done.paid) == ("booked", "purse", 200)
    assert done.credited == {"purse": Decimal(250), "points": Decimal(5)}
    assert done.receipt and done.receipt.total == "200.00" and done.receipt.notes == ("purse：現有 HK$325",)
    assert done.face is not None and isinstance(first, TopUpOutcome) and first.face is None  # the card shows points
    assert purse(shop) == (325, 5)
    undone = tell(shop, UndoTopUp("till-1:t2:undo", "till-1", 3, OPENED, command.id))
    assert isinstance(undone, TopUpOutcome)
    assert (undone.status, undone.paid, undone.credited["purse"], purse(shop)) == ("undone", 200, -250, (100, 0))
    again = tell(shop, UndoTopUp("till-1:other", "till-1", 4, OPENED, command.id))
    assert isinstance(again, Refusal) and "used or paid back" in again.sentence


def test_what_was_spent_cannot_be_undone_and_an_old_price_is_work_for_staff(shop: Shop) -> None:
    tell(shop, free := buy(shop, "60", 1, wallet="purse"))
    spent = RecordPurchase(
        "s1", "till-1", 2, OPENED, member=shop.ann, amount=Decimal(20), pay=(Pay("purse", Decimal(10)),)
    )
    tell(shop, spent)
    refused = tell(shop, UndoTopUp("u1", "till-1", 3, OPENED, free.id))
    assert isinstance(refused, Refusal) and purse(shop)[0] == 50
    for seq, wrong in enumerate((buy(shop, "90", 4, topup="cash"), buy(shop, "9", 5, topup="gone"),
                                 buy(shop, "9", 6, wallet="points")), 4):  # fmt: skip
        assert isinstance(tell(shop, wrong), Refusal), seq
    with read(shop.engine) as session:
        work = open_work(session)
    assert len(work) == 4 and any("costs HK$100 now, not HK$90" in row.sentence for row in work)


def test_what_can_be_sold_is_told_with_its_price(shop: Shop) -> None:
    with read(shop.engine) as session:
        version = Ledger(session).facts.version(shop.clock())
        assert version is not None
        offered = topups_offered(version.programme)
    assert offered["wallets"] == ["purse"]
    assert offered["topups"][1] == {
        "name": "big", "wallet": "purse", "pay": "200.00", "gives": "250.00", "gifts": {"points": "5"}
    }  # fmt: skip

"""A reward is held, then handed out or sold, or given back: the points are spent once, or not at all."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from loyalty.checkout.outbox import answer
from loyalty.checkout.quote_sale import quote_sale
from loyalty.checkout.staff_work import open_work
from loyalty.contract.commands import CaptureHold, HoldReward, Pay, RecordPurchase, Redeem, ReleaseHold
from loyalty.contract.outcomes import HoldOutcome, PurchaseOutcome, Refusal
from loyalty.contract.wire import to_json
from loyalty.db.session import read, write
from loyalty.points.sql_engine import Ledger
from tests.shop import OPENED, Shop, open_shop

PROGRAMME = """
name: Harbour Club
currency: HKD
timezone: Asia/Hong_Kong
wallets: {points: {}, purse: {kind: money}}
earn: [{name: base, per_amount: {points: 1, per: 1}, wallet: points}]
topups: [{name: cash, wallet: purse, pay: 100, bonus: 0}]
rewards:
  - {name: Coffee, cost: 100, stock: 2, value: {product: coffee}}
  - {name: $50 off, cost: 500, value: {amount: 50}, when: {min_amount: 100}}
  - {name: Points as money, per_point: 0.1, step: 10, min_points: 20}
  - {name: Ticket, cost: 50, value: {voucher: {amount: 20}}}
"""


@pytest.fixture
def rich(sqlite_engine: Engine) -> Shop:
    """Ann has 1,000 points."""
    shop = open_shop(sqlite_engine, PROGRAMME)
    shop.perform("credit", id="gift", member=shop.ann, wallet="points", points=1000, reason="gift")
    return shop


def hold(shop: Shop, reward: str, id: str = "h1", seq: int = 1, **more: Any) -> HoldReward:
    return HoldReward(id, "till-1", seq, OPENED, shop.ann, reward, **more)


def sale(shop: Shop, *redeem: Redeem, id: str = "s1", seq: int = 2, amount: str = "200", **more: Any) -> RecordPurchase:
    return RecordPurchase(id, "till-1", seq, OPENED, member=shop.ann, amount=Decimal(amount), redeem=redeem, **more)


def tell(shop: Shop, command: Any) -> Any:
    return answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions).outcome


def held(shop: Shop) -> int:
    with read(shop.engine) as session:
        account = Ledger(session).facts.account(shop.ann, "points")
        return account.held if account else 0


def work_kinds(shop: Shop) -> list[str]:
    with read(shop.engine) as session:
        return [row.kind for row in open_work(session)]


def test_something_to_hand_out_is_held_and_spent_when_it_is_handed_out(rich: Shop) -> None:
    done = tell(rich, hold(rich, "Coffee"))
    assert isinstance(done, HoldOutcome)
    assert (done.status, done.points, done.handed, done.kind) == ("held", 100, True, "product")
    assert (rich.balance(), held(rich)) == (900, 100)
    capture = CaptureHold("h1:given", "till-1", 2, OPENED, "h1")
    assert tell(rich, capture).status == "captured"
    assert tell(rich, capture).status == "captured"  # asked again
    assert (rich.balance(), held(rich)) == (900, 0)
    assert rich.verify().ok and work_kinds(rich) == []


def test_what_is_not_handed_out_goes_back_once(rich: Shop) -> None:
    tell(rich, hold(rich, "Coffee", quantity=2))
    assert isinstance(tell(rich, hold(rich, "Coffee", "h2", 2)), Refusal)  # both pieces in stock are held
    assert tell(rich, ReleaseHold("r1", "till-1", 3, OPENED, "h1")).status == "released"
    assert tell(rich, ReleaseHold("r2", "till-1", 4, OPENED, "h1")).status == "none"
    assert tell(rich, ReleaseHold("r3", "till-1", 5, OPENED, "never")).status == "none"
    assert (rich.balance(), held(rich)) == (1000, 0)
    assert tell(rich, hold(rich, "Coffee", "h3", 6)).status == "held"
    assert work_kinds(rich) == []  # a hold that was turned down is nobody's work


def test_a_sale_takes_what_is_held_for_it_in_one_transaction(rich: Shop) -> None:
    done = tell(rich, hold(rich, "$50 off"))
    assert (done.points, done.handed) == (500, False)
    booked = tell(rich, sale(rich, Redeem("$50 off", hold="h1", promised=True, value=Decimal(50))))
    assert isinstance(booked, PurchaseOutcome)
    assert (booked.total, booked.redeemed, booked.value) == (150, 500, 50)
    assert booked.sentence == "HK$150: 500 積分 redeemed, 150 積分 earned, balance 650."
    assert (rich.balance(), held(rich)) == (650, 0)


def test_points_as_money_hold_all_and_take_what_the_sale_needs(rich: Shop) -> None:
    assert tell(rich, hold(rich, "Points as money")).points == 1000
    booked = tell(rich, sale(rich, Redeem("Points as money", points="max", hold="h1", promised=True), amount="30"))
    assert (booked.total, booked.redeemed) == (0, 300)
    assert (rich.balance(), held(rich)) == (700, 0)


def test_a_sale_that_cannot_be_leaves_the_hold(rich: Shop) -> None:
    tell(rich, hold(rich, "$50 off"))
    refused = tell(rich, sale(rich, Redeem("$50 off", hold="h1"), amount="20"))  # below its least amount
    assert isinstance(refused, Refusal) and refused.code == "not_eligible"
    assert (rich.balance(), held(rich)) == (500, 500)


def test_what_was_promised_offline_and_is_not_there_stays_money_off_and_becomes_work(rich: Shop) -> None:
    rich.perform("debit", id="d", member=rich.ann, wallet="points", points=900, reason="spent elsewhere")
    booked = tell(rich, sale(rich, Redeem("$50 off", promised=True, value=Decimal(50))))
    assert (booked.status, booked.total, booked.redeemed, booked.discount) == ("booked", 150, 0, 50)
    assert work_kinds(rich) == ["over_redemption"]


def test_a_hold_that_timed_out_is_taken_again_or_owed(rich: Shop) -> None:
    tell(rich, hold(rich, "Coffee", minutes=10))
    rich.clock.set(OPENED + timedelta(minutes=11))
    assert tell(rich, CaptureHold("c1", "till-1", 2, OPENED, "h1")).status == "redeemed"
    assert (rich.balance(), held(rich)) == (900, 0)
    tell(rich, hold(rich, "Coffee", "h2", 3, minutes=10))
    rich.clock.set(OPENED + timedelta(minutes=30))
    rich.perform("debit", id="d", member=rich.ann, wallet="points", points=900, reason="spent elsewhere")
    assert tell(rich, CaptureHold("c2", "till-1", 4, OPENED, "h2")).status == "owed"
    assert work_kinds(rich) == ["over_redemption"] and rich.verify().ok


def test_a_quote_counts_what_is_held_for_it_as_there(rich: Shop) -> None:
    tell(rich, hold(rich, "Points as money"))
    body = {"member": rich.ann, "amount": Decimal(30), "redeem": [{"reward": "Points as money", "points": "max"}]}
    with read(rich.engine) as session:
        ledger = Ledger(session)
        assert quote_sale(ledger, body, ["h1", "never"], rich.clock())["redeemed"] == 300
        assert quote_sale(ledger, body, [], rich.clock()).get("redeemed", 0) == 0
    assert held(rich) == 1000


def test_stored_value_pays_a_voucher_and_a_discount_lower(rich: Shop) -> None:
    rich.perform("topup", id="t", member=rich.ann, topup="cash")
    ticket = tell(rich, sale(rich, Redeem("Ticket"), amount="10")).vouchers[0]
    assert ticket.worth == "減 HK$20"
    more = {"vouchers": (ticket.id,), "pay": (Pay("purse", Decimal(30)),), "discount": Decimal(5)}
    booked = tell(rich, sale(rich, id="s2", seq=3, amount="100", **more))
    assert (booked.total, booked.due, booked.discount, booked.paid) == (75, 45, 25, {"purse": Decimal(30)})


def test_answers_given_before_a_counter_could_redeem_stay(shop: Shop) -> None:
    command = RecordPurchase("s1", "till-1", 1, OPENED, member=shop.ann, amount=Decimal(10))
    younger = ("redeem", "vouchers", "pay", "discount")
    older = {key: value for key, value in to_json(command).items() if key not in younger}
    first = answer(shop.engine, "till-1", older, shop.clock(), shop.conventions).outcome
    assert tell(shop, command) == first
    assert isinstance(tell(shop, replace(command, discount=Decimal(1))), Refusal)


def test_a_hold_asked_twice_is_one(rich: Shop) -> None:
    assert tell(rich, hold(rich, "Coffee")) == tell(rich, hold(rich, "Coffee"))
    assert held(rich) == 100
    with write(rich.engine) as session:
        assert Ledger(session).facts.hold("h1") is not None


@pytest.mark.parametrize(("reward", "more", "code"), [
    ("Tea", {}, "invalid"),
    ("Coffee", {"quantity": 3}, "out_of_stock"),
    ("$50 off", {"quantity": 3}, "insufficient_points"),
    ("Coffee", {"minutes": 0}, "invalid"),
])  # fmt: skip
def test_a_hold_that_cannot_be_says_why(rich: Shop, reward: str, more: dict[str, Any], code: str) -> None:
    refused = tell(rich, hold(rich, reward, **more))
    assert isinstance(refused, Refusal) and refused.code == code and refused.sentence.endswith(".")
    assert (rich.balance(), held(rich)) == (1000, 0)

"""Parts of sales come back, sales of the wrong member move: each once, and the ledger says what is true."""

from decimal import Decimal
from typing import Any

import pytest

from loyalty.checkout.enrol import enrol
from loyalty.checkout.outbox import answer
from loyalty.checkout.sold import last_sold, sold
from loyalty.contract.commands import Line, MovePurchase, RecordPurchase, Redeem, ReturnLine, ReturnPurchase
from loyalty.contract.outcomes import Refusal
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.db.session import read, write
from loyalty.errors import NotFound
from loyalty.members.enrolment import NewMember
from loyalty.points.sql_facts import SqlFacts
from tests.shop import OPENED, Shop

BOBS = "04BBCCDDEEFF11"
BASKET = (Line(Decimal("60.00"), Decimal(3), "tea"), Line(Decimal("40.00"), Decimal(1), "cup"))


def tell(shop: Shop, command: Any) -> Any:
    return answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions).outcome


def sale(shop: Shop, id: str = "s1", **more: Any) -> RecordPurchase:
    what = more if "amount" in more else {"lines": BASKET, **more}
    return RecordPurchase(id, "till-1", 1, OPENED, **{"member": shop.ann, **what})


def returns(id: str, **what: Any) -> ReturnPurchase:
    return ReturnPurchase(id, "till-1", 2, OPENED, "s1", **what)


@pytest.fixture
def bob(shop: Shop) -> str:
    with write(shop.engine) as session:
        return enrol(session, NewMember("Bob Wong"), OPENED, shop.conventions, [("card_uid", BOBS)]).id


def test_lines_then_an_amount_then_the_rest_and_never_more(shop: Shop) -> None:
    tell(shop, sale(shop))
    first = tell(shop, returns("r1", lines=(ReturnLine("tea"),)))
    assert (first.status, first.refund, first.reversed, shop.balance()) == ("returned", 20, {"points": 20}, 80)
    with read(shop.engine) as session:
        found = sold(SqlFacts(session), "s1", shop.clock())
    assert [(line.sku, line.quantity, line.left, line.paid) for line in found.lines] == [
        ("tea", 3, 2, Decimal("60.00")), ("cup", 1, 1, Decimal("40.00")),
    ]  # fmt: skip
    assert (found.total, found.left) == (Decimal("100.00"), Decimal("80.00"))
    assert tell(shop, returns("r1", lines=(ReturnLine("tea"),))) == first  # asked again
    assert tell(shop, returns("r2", amount=Decimal("20.00"))).refund == 20
    assert isinstance(tell(shop, returns("r3", amount=Decimal("60.01"))), Refusal)
    assert tell(shop, returns("r4", all=True)).refund == 60
    assert shop.balance() == 0 and shop.verify().ok


def test_points_spent_on_the_part_that_comes_back_come_back_too(shop: Shop) -> None:
    shop.perform("credit", id="gift", member=shop.ann, points=500, reason="gift")
    tell(shop, sale(shop, redeem=(Redeem("$50 off"),)))
    assert shop.balance() == 50
    back = tell(shop, returns("r1", amount=Decimal("25.00")))
    assert (back.refund, back.given_back, back.reversed) == (25, {"points": 250}, {"points": 25})
    assert shop.balance() == 275


@pytest.mark.parametrize("what", [{}, {"all": True, "amount": Decimal(1)}, {"lines": (ReturnLine("milk"),)}])
def test_a_return_that_cannot_be_changes_nothing(shop: Shop, what: dict[str, Any]) -> None:
    tell(shop, sale(shop))
    refused = tell(shop, returns("r1", **what))
    assert isinstance(refused, Refusal) and refused.code == "invalid"
    assert shop.balance() == 100


def test_a_sale_moves_to_its_right_member_in_one_step(shop: Shop, bob: str) -> None:
    tell(shop, sale(shop))
    right = sale(shop, "m1", member=None, token=Token("card_uid", BOBS))
    move = MovePurchase("m1", "till-1", 2, OPENED, "s1", right, "wrong card")
    done = tell(shop, move)
    assert (done.status, done.member.id, done.earned) == ("booked", bob, {"points": 100})
    assert (shop.balance(), shop.balance(bob)) == (0, 100)
    assert tell(shop, move) == done
    assert not any(tell(shop, returns("r1", all=True)).reversed.values())  # nothing is left of the first booking
    with read(shop.engine) as session:
        facts = SqlFacts(session)
        assert [(each.purchase, each.left) for each in last_sold(facts, bob, 5, shop.clock())] == [("m1", 100)]
        assert [each.left for each in last_sold(facts, shop.ann, 5, shop.clock())] == [0]
        with pytest.raises(NotFound):
            sold(facts, "none", shop.clock())
    assert shop.verify().ok


@pytest.mark.parametrize(("before", "token", "code"), [
    ("returned", BOBS, "conflict"),
    ("redeemed", BOBS, "conflict"),
    ("nothing", "04FFFFFFFFFF11", "unknown_member"),
    ("nothing", "04A2B3C4D5E6F7", "conflict"),
])  # fmt: skip
def test_a_sale_that_cannot_move_stays_where_it_is(shop: Shop, bob: str, before: str, token: str, code: str) -> None:
    shop.perform("credit", id="gift", member=shop.ann, points=500, reason="gift")
    tell(shop, sale(shop, redeem=(Redeem("$50 off"),) if before == "redeemed" else ()))
    if before == "returned":
        tell(shop, returns("r1", amount=Decimal("1.00")))
    there = shop.balance()
    right = sale(shop, "m1", member=None, token=Token("card_uid", token))
    refused = tell(shop, MovePurchase("m1", "till-1", 3, OPENED, "s1", right, "wrong card"))
    assert isinstance(refused, Refusal) and refused.code == code
    assert (shop.balance(), shop.balance(bob)) == (there, 0)

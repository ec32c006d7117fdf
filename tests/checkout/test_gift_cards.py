"""A gift card at a counter: sold, paying in part and with a sale of nobody, refunded, replaced, undone, expired."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.checkout import gift_cards as gifts
from loyalty.checkout.issue_card import issue_card
from loyalty.checkout.lookup import lookup_member
from loyalty.checkout.outbox import answer
from loyalty.checkout.staff_work import open_work
from loyalty.contract.commands import CancelPurchase, RecordPurchase, ReleaseHold, ReturnPurchase
from loyalty.contract.gift_cards import GiftOutcome, GiftPay, HoldGift, PayGift, ReplaceGift, SellGift, UndoGift
from loyalty.contract.outcomes import PurchaseOutcome, Refusal
from loyalty.contract.token import Token
from loyalty.contract.wire import to_json
from loyalty.db.session import read, write
from loyalty.errors import Conflict, LoyaltyError
from loyalty.members.tables import Member
from loyalty.ops.verify import verify
from tests.shop import Shop, open_shop

PROGRAMME = """
name: Harbour Club
currency: HKD
timezone: Asia/Hong_Kong
wallets: {points: {}, gift: {kind: money, bearer: true, expiry: {after: {years: 3}}}}
earn: [{name: base, per_amount: {points: 1, per: 1}, wallet: points}]
"""


@pytest.fixture
def shop(sqlite_engine: Engine) -> Shop:
    return open_shop(sqlite_engine, PROGRAMME)


class Till:
    """Numbers its commands as a counter does."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.seq = shop, 0

    def tell(self, kind: Any, id: str, **what: Any) -> Any:
        self.seq += 1
        command = kind(id, "till-1", self.seq, self.shop.clock(), **what)
        return answer(self.shop.engine, "till-1", to_json(command), self.shop.clock(), self.shop.conventions).outcome

    def left(self, code: str) -> Decimal:
        with read(self.shop.engine) as session:
            return gifts.balance(session, gifts.usable(session, code), self.shop.clock()).available


def test_a_card_pays_a_members_sale_in_part_and_returns_go_back_to_it(shop: Shop) -> None:
    till = Till(shop)
    sold = till.tell(SellGift, "g1", token="GC-1234", pay=Decimal(100), staff="amy")
    assert isinstance(sold, GiftOutcome) and (sold.status, sold.gift, sold.balance) == ("sold", "…1234", 100)
    assert sold.receipt and sold.receipt.purchase == "g1" and "2029" in sold.receipt.notes[0]
    assert till.tell(SellGift, "g2", token="GC-1234", pay=Decimal(20)).status == "added"
    held = till.tell(HoldGift, "h1", token="GC-1234", amount=Decimal(150))
    assert (held.status, held.amount, held.balance, till.left("GC-1234")) == ("held", 120, 0, 0)
    pay = (GiftPay("h1", Decimal(120)),)
    done = till.tell(RecordPurchase, "s1", member=shop.ann, amount=Decimal(160), gifts=pay)
    assert isinstance(done, PurchaseOutcome)
    assert done.receipt and done.receipt.lines[-1].amount == "−120.00"
    assert (done.total, done.due, done.gifts, done.earned["points"]) == (160, 160, {"…1234": 120}, 160)
    back = till.tell(ReturnPurchase, "r1", purchase="s1", amount=Decimal(40))
    assert (back.refund, back.gifts, till.left("GC-1234")) == (40, {"…1234": 30}, 30)
    back = till.tell(CancelPurchase, "c1", purchase="s1")
    assert (back.refund, back.gifts, till.left("GC-1234")) == (120, {"…1234": 90}, 120)
    with read(shop.engine) as session:
        assert verify(session).ok


def test_a_sale_of_nobody_takes_no_more_than_is_due_and_is_undone(shop: Shop) -> None:
    till = Till(shop)
    till.tell(SellGift, "g1", token="GC-1", pay=Decimal(100))
    till.tell(HoldGift, "h1", token="GC-1", amount=Decimal(80))
    paid = till.tell(PayGift, "p1", hold="h1", amount=Decimal(30))
    assert (paid.status, paid.amount, paid.balance) == ("paid", 30, 70)
    assert isinstance(till.tell(UndoGift, "u0", of="g1"), Refusal)  # a part of it is used
    assert (till.tell(UndoGift, "u1", of="p1").amount, till.left("GC-1")) == (30, 100)
    assert till.tell(UndoGift, "u2", of="p1").amount == 0
    till.tell(HoldGift, "h2", token="GC-1", amount=Decimal(10))
    assert till.tell(ReleaseHold, "x", hold="h2").status == "released" and till.left("GC-1") == 100
    undone = till.tell(UndoGift, "u3", of="g1")
    assert (undone.amount, undone.balance) == (100, 0)
    empty = till.tell(HoldGift, "h3", token="GC-1", amount=Decimal(10))
    assert isinstance(empty, Refusal) and empty.code == "insufficient_points"


def test_a_lost_card_is_replaced_on_its_receipt_and_a_wrong_code_is_said(shop: Shop) -> None:
    till = Till(shop)
    till.tell(SellGift, "g1", token="GC-1", pay=Decimal(50))
    with read(shop.engine) as session:
        number = session.scalar(sa.select(Member.number)) or ""
    replaced = till.tell(ReplaceGift, "n1", receipt="g1", token="GC-2")
    assert (replaced.status, replaced.balance, till.left("GC-2")) == ("replaced", 50, 50)
    for n, (kind, what, says) in enumerate((
        (HoldGift, {"token": "GC-1", "amount": Decimal(5)}, "was replaced"),
        (HoldGift, {"token": "GC-9", "amount": Decimal(5)}, "no gift card"),
        (ReplaceGift, {"receipt": "g9", "token": "GC-3"}, "No gift card was sold"),
        (ReplaceGift, {"receipt": "g1", "token": "GC-1"}, "gift card already"),
        (SellGift, {"token": number, "pay": Decimal(5)}, "belongs to a member"),
        (SellGift, {"token": "GC-3", "pay": Decimal(0)}, "above zero"),
    )):  # fmt: skip
        refused = till.tell(kind, f"w{n}", **what)
        assert isinstance(refused, Refusal) and says in refused.sentence, says


def test_a_gift_card_is_no_members_card(shop: Shop) -> None:
    Till(shop).tell(SellGift, "g1", token="GC-1", pay=Decimal(50))
    with write(shop.engine) as session:
        with pytest.raises(LoyaltyError) as read_as_member:
            lookup_member(session, [Token("barcode", "GC-1")], None, shop.conventions)
        with pytest.raises(Conflict, match="gift card"):
            issue_card(session, shop.ann, "barcode", "GC-1", shop.clock(), shop.conventions)
    assert read_as_member.value.code == "gift_card"


def test_what_timed_out_is_taken_again_and_what_is_gone_is_work(shop: Shop) -> None:
    till = Till(shop)
    till.tell(SellGift, "g1", token="GC-1", pay=Decimal(50))
    till.tell(HoldGift, "h1", token="GC-1", amount=Decimal(50))
    shop.clock.forward(timedelta(hours=1))
    pay = (GiftPay("h1", Decimal(50)),)
    till.tell(RecordPurchase, "s1", member=shop.ann, amount=Decimal(50), gifts=pay)
    with read(shop.engine) as session:
        assert till.left("GC-1") == 0 and not open_work(session)
    till.tell(RecordPurchase, "s2", member=shop.ann, amount=Decimal(50), gifts=pay)
    with read(shop.engine) as session:
        assert any("not there any more" in row.sentence for row in open_work(session))
    till.tell(SellGift, "g2", token="GC-1", pay=Decimal(5))
    shop.clock.forward(timedelta(days=3 * 366))
    assert till.left("GC-1") == 0

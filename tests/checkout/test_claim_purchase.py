"""A sale without a card is claimed by the code on its receipt: once, in time, whichever comes first to the server."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from loyalty.checkout.cancel_purchase import cancel_purchase
from loyalty.checkout.claim_purchase import BOOKED, THEIRS, WAITS, Claimed, claim_purchase, receipt_of
from loyalty.checkout.enrol import enrol
from loyalty.checkout.prune_receipts import UNCLAIMED_DAYS, prune_receipts
from loyalty.checkout.record_purchase import record_purchase
from loyalty.checkout.resolve_unmatched import resolve_unmatched
from loyalty.checkout.return_purchase import return_purchase
from loyalty.checkout.staff_work import of_command, open_work
from loyalty.contract.claim import hashed, new_code, plain, token_of
from loyalty.contract.commands import CancelPurchase, Line, RecordPurchase, ReturnLine, ReturnPurchase
from loyalty.contract.outcomes import PurchaseOutcome
from loyalty.db.audit import entries
from loyalty.db.session import read, write
from loyalty.db.shop_settings import put
from loyalty.errors import Conflict, Expired, Invalid
from loyalty.members.enrolment import NewMember
from tests.shop import OPENED, Shop, open_shop

CODE, WEEK = "7K3M-9QX2-H4TD-0WRB", 7
SOLD = OPENED + timedelta(hours=1)


def sale(id: str = "s1", code: str = CODE) -> RecordPurchase:
    lines = (Line(Decimal("80.00"), Decimal(2), sku="mug"), Line(Decimal("40.00"), sku="tea"))
    return RecordPurchase(id, "till-1", 1, SOLD, token=token_of(code), lines=lines, store="Central")


def record(shop: Shop, command: RecordPurchase) -> PurchaseOutcome:
    shop.clock.set(max(shop.clock(), command.occurred_at))
    with write(shop.engine) as session:
        return record_purchase(session, command, shop.clock(), shop.conventions)


def claim(shop: Shop, member: str | None = None, code: str = CODE) -> Claimed:
    with write(shop.engine) as session:
        return claim_purchase(session, code, member or shop.ann, shop.clock(), WEEK)


def newcomer(shop: Shop) -> str:
    with write(shop.engine) as session:
        return enrol(session, NewMember("Bo Li"), shop.clock(), shop.conventions).id


def test_a_claim_is_booked_once_as_of_the_sale_and_for_nobody_else(engine: Engine) -> None:
    shop = open_shop(engine)
    outcome = record(shop, sale())
    assert (outcome.status, outcome.total, outcome.earned) == ("claimable", Decimal(120), {})
    assert record(shop, sale()) == outcome  # the counter asks again
    with read(engine) as session:
        assert open_work(session) == []  # nobody has to look at it
        seen = receipt_of(session, CODE, shop.clock(), WEEK)
    assert seen is not None and (seen.total, seen.store, seen.occurred_at) == (Decimal(120), "Central", SOLD)
    shop.clock.set(SOLD + timedelta(days=6))
    done = claim(shop)
    assert (done.status, done.purchase, done.earned) == (BOOKED, "s1", {"points": Decimal(120)})
    assert claim(shop) == Claimed(THEIRS, "s1") and shop.balance() == 120
    other = newcomer(shop)
    with pytest.raises(Conflict, match="already"):
        claim(shop, other)
    with read(engine) as session:
        booking = session.connection().exec_driver_sql("SELECT occurred_at FROM purchases").scalar_one()
        assert str(booking)[:10] == f"{SOLD:%Y-%m-%d}"
    assert shop.balance(other) == 0 and shop.verify().ok


def test_a_claim_may_come_before_the_offline_counter_tells_of_the_sale(engine: Engine) -> None:
    shop = open_shop(engine)
    assert claim(shop).status == WAITS and claim(shop).status == WAITS
    other = newcomer(shop)
    with pytest.raises(Conflict):
        claim(shop, other)
    shop.clock.set(SOLD + timedelta(days=20))  # the counter comes back late; nobody is too late by that
    outcome = record(shop, sale())
    assert outcome.status == "booked" and shop.balance() == 120
    assert claim(shop).status == THEIRS and shop.verify().ok


def test_too_late_or_of_goods_that_came_back_it_claims_nothing(shop: Shop) -> None:
    record(shop, sale())
    record(shop, replace(sale("s2", second := new_code()), seq=2))
    record(shop, replace(sale("s3", third := new_code()), seq=3))
    with write(shop.engine) as session:
        gone = CancelPurchase("c2", "till-1", 4, shop.clock(), "s2")
        assert cancel_purchase(session, gone, shop.clock()).status == "cancelled"
        back = ReturnPurchase("r3", "till-1", 5, shop.clock(), "s3", (ReturnLine("mug"),))
        assert return_purchase(session, back, shop.clock()).refund == Decimal(40)
    for code in (second, third):
        with pytest.raises(Conflict):
            claim(shop, code=code)
    shop.clock.set(SOLD + timedelta(days=WEEK, seconds=1))
    with pytest.raises(Expired, match="7 days"):
        claim(shop)
    with write(shop.engine) as session:  # a person at the counter still can
        row = of_command(session, "s1", "unmatched_sale")
        assert row is not None
        resolve_unmatched(session, row.id, shop.ann, shop.clock(), "staff@shop.example")
    assert shop.balance() == 120


def test_a_code_is_read_however_it_is_typed_and_only_its_hash_travels() -> None:
    assert plain(" 7k3m9qx2 h4td-owrb") == CODE  # an O for the nought
    assert [plain(text) for text in ("", CODE[:-1], CODE + "7", "7K3M-9QX2-H4TD-0WR!", "é" * 16)] == [None] * 5
    assert len({new_code() for _ in range(50)}) == 50 and plain(new_code())
    assert token_of(CODE).value == hashed(CODE) and "7K3M" not in hashed(CODE).upper()


def test_a_counter_that_tells_no_hash_is_refused(shop: Shop) -> None:
    wrong = replace(token_of(CODE), value=CODE)
    with pytest.raises(Invalid, match="SHA-256"):
        record(shop, replace(sale(), token=wrong))


def test_what_nobody_claimed_is_closed_and_forgotten_after_its_days(engine: Engine) -> None:
    shop = open_shop(engine)
    record(shop, sale())
    record(shop, sale("s2", new_code()))
    claim(shop)
    with write(shop.engine) as session:
        put(session, UNCLAIMED_DAYS, 30, shop.clock())
    assert prune_receipts(shop.engine, SOLD + timedelta(days=30)) == 0
    assert prune_receipts(shop.engine, SOLD + timedelta(days=31)) == 1
    assert prune_receipts(shop.engine, SOLD + timedelta(days=31)) == 0
    with read(shop.engine) as session:
        (told,) = entries(session, action="receipts.prune")
        assert told.after == {"receipts": 1, "codes": 0, "days": 30}
        assert of_command(session, "s2", "unmatched_sale") is None  # nothing waits any more
        kept = str(session.connection().exec_driver_sql("SELECT body FROM staff_work WHERE command = 's2'").scalar())
    assert "mug" not in kept and "Central" not in kept and "120" in kept
    assert shop.balance() == 120 and shop.verify().ok

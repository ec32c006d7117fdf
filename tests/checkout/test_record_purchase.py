"""What a counter tells has happened is booked once, whoever asks how often; nothing is lost, nothing doubled."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from loyalty.checkout.cancel_purchase import cancel_purchase
from loyalty.checkout.record_purchase import record_purchase
from loyalty.checkout.resolve_unmatched import resolve_unmatched
from loyalty.checkout.staff_work import open_work
from loyalty.contract.commands import CancelPurchase, Line, RecordPurchase
from loyalty.contract.outcomes import PurchaseOutcome
from loyalty.contract.token import Token
from loyalty.db.session import read, write
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.members.cards import cards_of, step_card
from tests.shop import CARD, OPENED, Shop, open_shop
from tests.waits import ended


def sale(id: str = "s1", **changes: object) -> RecordPurchase:
    command = RecordPurchase(
        id, "till-1", 1, OPENED + timedelta(hours=1), token=Token("card_uid", CARD), amount=Decimal("120.00")
    )
    return replace(command, **changes)  # type: ignore[arg-type]


def record(shop: Shop, command: RecordPurchase) -> PurchaseOutcome:
    shop.clock.set(max(shop.clock(), command.occurred_at))
    with write(shop.engine) as session:
        return record_purchase(session, command, shop.clock(), shop.conventions)


def test_a_sale_earns_and_says_why(engine: Engine) -> None:
    shop = open_shop(engine)
    done = record(shop, sale())
    assert (done.status, done.total, done.earned) == ("booked", Decimal(120), {"points": Decimal(120)})
    assert [(why.rule, why.points) for why in done.explanation] == [("base", Decimal(120))]
    assert done.member is not None and done.face is not None and done.receipt is not None
    assert done.member.wallets["points"].available == 120
    assert (done.member.masked_name, done.face.balance, done.receipt.unit) == ("陳＊文", "120", "積分")
    assert done.member.tier is not None and done.member.tier.next is not None
    assert (done.member.tier.name, done.member.tier.next.missing) == ("Basic", Decimal(880))
    assert shop.verify().ok


def test_the_same_command_again_gives_the_same_outcome(engine: Engine) -> None:
    shop = open_shop(engine)
    first = record(shop, sale())
    record(shop, sale("s2", seq=2))
    assert record(shop, sale()) == first
    assert shop.balance() == 240


def test_the_same_id_with_another_body_is_a_conflict(shop: Shop) -> None:
    record(shop, sale())
    with pytest.raises(Conflict, match="s1"):
        record(shop, sale(amount=Decimal("121.00")))
    assert shop.balance() == 120


def test_sixteen_threads_with_one_id_book_once(engine: Engine) -> None:
    shop = open_shop(engine)
    shop.clock.set(OPENED + timedelta(hours=1))
    outcomes: list[PurchaseOutcome] = []
    threads = [threading.Thread(target=lambda: outcomes.append(record(shop, sale()))) for _ in range(16)]
    for thread in threads:
        thread.start()
    ended(*threads)
    assert len(outcomes) == 16
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert shop.balance() == 120
    assert shop.verify().ok


def test_lines_reach_level_and_receipt(shop: Shop) -> None:
    lines = (Line(Decimal("900.00"), sku="kettle"), Line(Decimal("150.50"), Decimal(2), category="tea"))
    done = record(shop, sale(amount=None, lines=lines))
    assert (done.total, done.tier_before, done.tier_after) == (Decimal("1050.50"), "Basic", "Gold")
    assert done.receipt is not None
    assert [(line.text, line.amount) for line in done.receipt.lines] == [("kettle", "900.00"), ("tea", "150.50")]
    assert "Gold reached" in done.sentence
    assert done.member is not None
    assert [reward.worth for reward in done.member.rewards] == ["減 HK$50"]


def test_a_sale_of_an_unknown_card_is_kept_for_staff(shop: Shop) -> None:
    done = record(shop, sale(token=Token("card_uid", "04000001")))
    assert (done.status, done.earned, done.member) == ("unmatched", {}, None)
    with write(shop.engine) as session:
        work = open_work(session, "unmatched_sale")
        assert [(row.command, row.token) for row in work] == [("s1", "04000001")]
        resolve_unmatched(session, work[0].id, shop.ann, shop.clock(), "manager")
        assert open_work(session) == []
        with pytest.raises(Conflict):
            resolve_unmatched(session, work[0].id, shop.ann, shop.clock())
    assert shop.balance() == 120


def test_points_of_a_blocked_card_go_to_its_owner_and_staff_are_told(shop: Shop) -> None:
    with write(shop.engine) as session:
        step_card(session, cards_of(session, shop.ann)[0].id, "block", shop.clock())
    assert record(shop, sale()).status == "booked"
    assert shop.balance() == 120
    with read(shop.engine) as session:
        assert [row.kind for row in open_work(session)] == ["blocked_card"]


def test_undoing_takes_back_exactly_once(engine: Engine) -> None:
    shop = open_shop(engine)
    record(shop, sale())
    undo = CancelPurchase("u1", "till-1", 2, OPENED + timedelta(hours=2), "s1")
    for command in (undo, undo, replace(undo, id="u2", seq=3)):
        with write(shop.engine) as session:
            done = cancel_purchase(session, command, command.occurred_at)
    assert done.reversed == {"points": Decimal(0)}  # the second undoing found nothing left
    assert shop.balance() == 0
    with write(shop.engine) as session:
        assert cancel_purchase(session, undo, shop.clock()).reversed == {"points": Decimal(120)}
    assert shop.verify().ok


def test_undoing_a_sale_that_waits_for_its_member_forgets_it(shop: Shop) -> None:
    record(shop, sale(token=Token("card_uid", "04000001")))
    undo = CancelPurchase("u1", "till-1", 2, OPENED + timedelta(hours=2), "s1")
    with write(shop.engine) as session:
        assert cancel_purchase(session, undo, shop.clock()).status == "cancelled"
        assert open_work(session) == []
    with pytest.raises(NotFound), write(shop.engine) as session:
        cancel_purchase(session, replace(undo, id="u2", purchase="never"), shop.clock())


def test_a_late_sale_is_judged_as_of_when_it_happened(shop: Shop) -> None:
    shop.clock.set(OPENED + timedelta(days=10))
    record(shop, sale(occurred_at=OPENED + timedelta(days=1)))
    with read(shop.engine) as session:
        from loyalty.points.sql_history import ledger_rows

        row = ledger_rows(session, shop.ann)[0]
    assert (row.occurred_at, row.recorded_at) == (OPENED + timedelta(days=1), OPENED + timedelta(days=10))


def test_a_sale_from_the_future_has_happened_now(shop: Shop) -> None:
    record(shop, sale(occurred_at=shop.clock() + timedelta(days=1)))
    with read(shop.engine) as session:
        from loyalty.points.sql_history import ledger_rows

        assert ledger_rows(session, shop.ann)[0].occurred_at == shop.clock()


@pytest.mark.parametrize(
    "changes",
    [{"amount": None}, {"member": "x"}, {"token": None}, {"amount": Decimal("-1")}, {"amount": Decimal(10) ** 30}],
)
def test_a_sale_that_makes_no_sense_changes_nothing(shop: Shop, changes: dict[str, object]) -> None:
    with pytest.raises((Invalid, NotFound)):
        record(shop, sale(**changes))
    assert shop.balance() == 0
    assert shop.verify().transfers == 0

"""What counters tell of cards: faces, numbers that only go up, copies, wear; and the list of cards to refuse."""

from datetime import timedelta

import pytest

from loyalty.checkout.card_contents import content_of, in_order, note_report
from loyalty.checkout.hot_list import hot_list
from loyalty.checkout.issue_card import issue_card, replace_card
from loyalty.checkout.staff_work import open_work
from loyalty.contract.card_report import PRINTED, READ, WRITTEN, CardReport, CardVerdict, hot_name
from loyalty.contract.token import Token
from loyalty.db.session import read, write
from loyalty.errors import Invalid
from loyalty.members.card_stock import NewBatch, receive
from loyalty.members.cards import cards_of, get_card, history, step_card
from loyalty.ops.day_jobs import run_day_jobs
from tests.shop import CARD, Shop

CHIP = Token("card_uid", CARD)


def told(shop: Shop, id: str, kind: str, counter: str = "till-1", minutes: int = 0, **more) -> CardVerdict:
    happened = shop.clock() + timedelta(minutes=minutes)
    report = CardReport(id, kind, happened, **({"token": CHIP} | more))
    with write(shop.engine) as session:
        return note_report(session, counter, report, happened + timedelta(hours=1), shop.conventions)


def content(shop: Shop):
    with read(shop.engine) as session:
        return content_of(session, cards_of(session, shop.ann)[0].id)


def work(shop: Shop, kind: str) -> list:
    with read(shop.engine) as session:
        return open_work(session, kind)


def test_a_copy_is_found_out_once_the_original_was_used(shop: Shop) -> None:
    told(shop, "r1", WRITTEN, sequence=4)
    told(shop, "r2", WRITTEN, minutes=5, sequence=5)
    answer = told(shop, "r3", READ, "till-2", minutes=9, sequence=4)
    assert answer.verdict == "copied" and "may be a copy" in answer.sentence
    assert [row.counter for row in work(shop, "copied_card")] == ["till-2"]
    assert content(shop).sequence == 5
    with read(shop.engine) as session:
        assert hot_list(session).cards == {hot_name("card_uid", CARD): "copied"}


def test_a_mark_that_this_shop_did_not_make_or_that_is_gone_is_told(shop: Shop) -> None:
    told(shop, "r1", WRITTEN, sequence=4)
    assert told(shop, "r2", READ, minutes=1, bent=True).verdict == "bent"
    assert told(shop, "r3", READ, minutes=2).verdict == "bent"
    assert len(work(shop, "copied_card")) == 1


def test_a_report_that_comes_late_accuses_nobody(shop: Shop) -> None:
    told(shop, "r1", WRITTEN, "till-2", minutes=30, sequence=7)
    assert told(shop, "r2", READ, minutes=10, sequence=5).verdict == "ok"
    assert told(shop, "r3", WRITTEN, minutes=10, sequence=6).verdict == "ok"
    assert content(shop).sequence == 7


def test_the_same_report_counts_once(shop: Shop) -> None:
    for _again in range(3):
        told(shop, "r1", PRINTED, face_as_of=shop.clock(), rewrite_limit=300)
    assert content(shop).rewrites == 1
    told(shop, "w", WRITTEN, sequence=9)
    first = told(shop, "r2", READ, minutes=3, sequence=2)
    assert told(shop, "r2", READ, minutes=3, sequence=2) == first


def test_a_cleared_card_is_believed_again(shop: Shop) -> None:
    told(shop, "r1", WRITTEN, sequence=5)
    told(shop, "r2", READ, minutes=1, sequence=4)
    with write(shop.engine) as session:
        in_order(session, cards_of(session, shop.ann)[0].id)
    assert told(shop, "r3", READ, minutes=2, sequence=4).verdict == "ok"
    with read(shop.engine) as session:
        assert hot_list(session).cards == {}


def test_wear_is_warned_about_before_the_limit_and_at_it(shop: Shop) -> None:
    worn = [told(shop, f"r{n}", PRINTED, minutes=n, face_as_of=shop.clock(), rewrite_limit=10).worn for n in range(11)]
    assert worn == ["fine"] * 7 + ["soon"] * 2 + ["over"] * 2
    assert [row.sentence for row in work(shop, "worn_card")] == [
        "The card was printed 8 times of 10; give its owner a new one.",
        "The card was printed 10 times of 10; give its owner a new one.",
    ]


def test_a_face_is_stale_once_something_was_booked(shop: Shop) -> None:
    told(shop, "r1", PRINTED, face_as_of=shop.clock())
    assert not content(shop).stale
    shop.clock.forward(timedelta(minutes=1))
    shop.perform("purchase", id="p1", member=shop.ann, amount="10.00")
    assert content(shop).stale
    told(shop, "r2", PRINTED, face_as_of=shop.clock())
    assert not content(shop).stale


def test_what_a_night_does_makes_a_face_stale_too(shop: Shop) -> None:
    shop.perform("purchase", id="p1", member=shop.ann, amount="1200.00")
    told(shop, "r1", PRINTED, minutes=1, face_as_of=shop.clock() + timedelta(minutes=1))
    assert not content(shop).stale
    shop.clock.forward(timedelta(days=20))
    run_day_jobs(shop.engine, shop.clock())
    assert not content(shop).stale  # nothing of what the card shows has changed
    shop.clock.forward(timedelta(days=400))
    run_day_jobs(shop.engine, shop.clock())
    assert shop.balance() == 0 and content(shop).stale


def test_a_card_is_retired_when_it_bears_no_further_print_by_its_makers_word(shop: Shop) -> None:
    with write(shop.engine) as session:
        receive(session, NewBatch("Box", "barcode", 10), ["LC1"], shop.clock(), shop.conventions)
        card = issue_card(session, shop.ann, "barcode", "LC1", shop.clock(), shop.conventions).id
    token = Token("barcode", "LC1")
    worn = [told(shop, f"r{n}", PRINTED, minutes=n, token=token, rewrite_limit=500).worn for n in range(10)]
    assert worn == ["fine"] * 7 + ["soon"] * 2 + ["over"]
    with read(shop.engine) as session:
        assert get_card(session, card).status == "retired"
        assert "as often as its maker promises" in history(session, card)[-1].reason
    assert len(work(shop, "worn_card")) == 2


def test_a_face_without_a_stripe_belongs_to_the_only_card_of_its_member(shop: Shop) -> None:
    assert told(shop, "r1", PRINTED, token=None, member=shop.ann).verdict == "ok"
    with write(shop.engine) as session:
        issue_card(session, shop.ann, "barcode", "A1", shop.clock() + timedelta(minutes=1), shop.conventions)
    assert told(shop, "r2", PRINTED, token=None, member=shop.ann).verdict == "unknown"
    assert content(shop).rewrites == 1


def test_a_kind_that_there_is_not_is_refused(shop: Shop) -> None:
    with pytest.raises(Invalid, match="printed, written or read"):
        told(shop, "r1", "melted")


def test_the_hot_list_names_what_is_out_and_no_card_that_somebody_has(shop: Shop) -> None:
    with write(shop.engine) as session:
        old = cards_of(session, shop.ann)[0].id
        before = hot_list(session)
        replace_card(session, old, "barcode", "A1", shop.clock(), shop.conventions)
        assert hot_list(session).cards == {hot_name("card_uid", CARD): "replaced"}
        assert hot_list(session).version != before.version
        shop.clock.forward(timedelta(days=1))
        new = issue_card(session, shop.ann, "card_uid", CARD, shop.clock(), shop.conventions)
        assert hot_list(session) == before
        step_card(session, new.id, "block", shop.clock())
        assert hot_list(session).cards == {hot_name("card_uid", CARD): "blocked"}

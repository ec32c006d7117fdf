"""The till's mind, without devices, disk or network."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from loyalty.contract.token import Token
from loyalty.counter import till as mind
from loyalty.counter.till import Till
from tests.counter.samples import NOON, member

CHAN, WONG = Token("card_uid", "04A1"), Token("barcode", "8802")
STAYS = timedelta(seconds=45)


def with_chan(till: Till = Till()) -> Till:  # noqa: B008 - a frozen value
    till, news = mind.see(till, CHAN, NOON)
    assert news
    return mind.found(till, CHAN, member("mem_1"), fresh=True)


def test_a_card_brings_its_member() -> None:
    till = with_chan()
    assert till.present and till.present.member and till.present.member.id == "mem_1"
    assert till.asking is None


def test_the_same_card_within_a_moment_is_not_news() -> None:
    till, _ = mind.see(Till(), CHAN, NOON)
    _, again = mind.see(till, CHAN, NOON + timedelta(seconds=1.4))
    _, later = mind.see(till, CHAN, NOON + timedelta(seconds=1.6))
    assert not again
    assert later


def test_a_second_card_before_any_amount_simply_is_the_next_member() -> None:
    till, _ = mind.see(with_chan(), WONG, NOON)
    till = mind.found(till, WONG, member("mem_2"), fresh=True)
    assert till.present and till.present.member and till.present.member.id == "mem_2"
    assert till.question is None


def test_a_second_card_during_a_sale_is_a_question_and_never_a_switch() -> None:
    till, _ = mind.see(mind.typed(with_chan(), Decimal("88")), WONG, NOON)
    till = mind.found(till, WONG, member("mem_2"), fresh=True)
    assert till.present and till.present.member and till.present.member.id == "mem_1"
    assert till.question and till.question.other.member and till.question.other.member.id == "mem_2"
    kept, switched = mind.decide(till, switch=False), mind.decide(till, switch=True)
    assert kept.present == till.present and kept.question is None
    assert switched.present and switched.present.member and switched.present.member.id == "mem_2"
    assert switched.amount == Decimal("88")


def test_a_question_that_was_answered_is_not_asked_again_by_the_servers_later_word() -> None:
    till, _ = mind.see(mind.typed(with_chan(), Decimal("88")), WONG, NOON)
    till = mind.found(till, WONG, member("mem_2"), fresh=False, final=False)  # as remembered here
    kept, switched = mind.decide(till, switch=False), mind.decide(till, switch=True)
    assert till.question and mind.found(kept, WONG, member("mem_2"), fresh=True) == kept
    here = mind.found(switched, WONG, member("mem_2"), fresh=True).present
    assert here and here.fresh and here.member and here.member.id == "mem_2"


def test_a_question_cannot_switch_a_sale_that_is_on_its_way() -> None:
    till = mind.commit(mind.typed(with_chan(), Decimal("88")), "sale-1")
    till, _ = mind.see(till, WONG, NOON)
    till = mind.found(till, WONG, member("mem_2"), fresh=True)
    till = mind.decide(till, switch=True)
    assert till.present and till.present.member and till.present.member.id == "mem_1"


def test_the_card_that_came_during_the_booking_is_next() -> None:
    till = mind.commit(mind.typed(with_chan(), Decimal("88")), "sale-1")
    till, _ = mind.see(till, WONG, NOON)
    till = mind.found(till, WONG, member("mem_2"), fresh=True)
    till = mind.settled(till, "sale-1", member("mem_1", 188), STAYS, NOON)
    assert till.present and till.present.member and till.present.member.id == "mem_2"
    assert till.amount is None and till.question is None


def test_the_other_card_of_the_same_member_is_no_question() -> None:
    till, _ = mind.see(mind.typed(with_chan(), Decimal("88")), WONG, NOON)
    till = mind.found(till, WONG, member("mem_1"), fresh=True)
    assert till.question is None


def test_an_answer_to_an_older_card_changes_nothing() -> None:
    till, _ = mind.see(Till(), CHAN, NOON)
    till, _ = mind.see(till, WONG, NOON)
    assert mind.found(till, CHAN, member("mem_1"), fresh=True) == till
    assert mind.not_found(till, CHAN, "unknown_member", "", NOON) == till


def test_memory_shows_at_once_and_the_server_has_the_last_word() -> None:
    till, _ = mind.see(Till(), CHAN, NOON)
    till = mind.found(till, CHAN, member("mem_1", 100), fresh=False, final=False)
    assert till.present and not till.present.fresh and till.asking == CHAN
    till = mind.found(till, CHAN, member("mem_1", 170), fresh=True)
    assert till.present.member and till.present.member.wallets["points"].available == 170
    blocked = mind.not_found(replace(till, asking=CHAN), CHAN, "card_blocked", "This card was lost.", NOON)
    assert blocked.present is None and blocked.notice and blocked.notice.code == "card_blocked"


def test_offline_an_unknown_card_is_kept_for_its_owner() -> None:
    till, _ = mind.see(Till(), CHAN, NOON)
    till = mind.found_offline(till, CHAN)
    assert till.present and till.present.member is None and till.present.token == CHAN


def test_a_booked_sale_shows_the_new_balance_and_then_the_member_leaves() -> None:
    till = mind.commit(mind.typed(with_chan(), Decimal("88")), "sale-1")
    till = mind.settled(till, "sale-1", member("mem_1", 188), STAYS, NOON)
    assert till.amount is None and till.served == "sale-1"
    assert till.present and till.present.member and till.present.member.wallets["points"].available == 188
    assert mind.tick(till, NOON + timedelta(seconds=44)).present
    assert mind.tick(till, NOON + timedelta(seconds=46)).present is None


def test_typing_a_second_amount_keeps_the_member() -> None:
    till = mind.commit(mind.typed(with_chan(), Decimal("88")), "sale-1")
    till = mind.typed(mind.settled(till, "sale-1", None, STAYS, NOON), Decimal("12"))
    assert mind.tick(till, NOON + timedelta(minutes=5)).present


def test_a_refused_sale_leaves_amount_and_member_and_says_why() -> None:
    till = mind.commit(mind.typed(with_chan(), Decimal("88")), "sale-1")
    till = mind.failed(till, "sale-1", "card_blocked", "This card was lost.", NOON)
    assert till.amount == Decimal("88") and till.present and till.committing is None
    assert till.notice and till.notice.detail == "This card was lost."
    assert mind.tick(till, NOON + timedelta(seconds=9)).notice is None


def test_detaching_lets_a_sale_on_its_way_go_on() -> None:
    till = mind.commit(mind.typed(with_chan(), Decimal("88")), "sale-1")
    till = mind.detach(till)
    assert till.present is None and till.amount is None and till.committing == "sale-1"


def test_a_card_that_belongs_to_nobody_waits_for_a_member_who_is_found() -> None:
    till, _ = mind.see(Till(), WONG, NOON)
    till = mind.not_found(till, WONG, "unknown_member", "nobody's", NOON)
    assert till.unclaimed == WONG
    found = mind.chosen(till, member("mem_1"), fresh=True)
    assert found.unclaimed == WONG and mind.claimed(found, member("mem_1")).unclaimed is None
    assert mind.detach(till).unclaimed is None
    other, _ = mind.see(till, CHAN, NOON)
    assert mind.found(other, CHAN, member("mem_2"), fresh=True).unclaimed is None
    blocked, _ = mind.see(Till(), WONG, NOON)
    assert mind.not_found(blocked, WONG, "card_blocked", "stolen", NOON).unclaimed is None


def test_whoever_gets_the_card_stands_here_afterwards() -> None:
    till, _ = mind.see(Till(), WONG, NOON)
    till = mind.claimed(mind.not_found(till, WONG, "unknown_member", "nobody's", NOON), member("mem_9"))
    assert till.present and till.present.member == member("mem_9") and till.notice is None

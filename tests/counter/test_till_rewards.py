"""The till's mind with rewards: whose they are, when they go, what a quote is about."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from loyalty.contract.outcomes import RewardOffer
from loyalty.contract.token import Token
from loyalty.counter import till as mind
from loyalty.counter import till_rewards
from loyalty.counter.redemptions import HELD, SOLD, Redemption, Redemptions, sold
from loyalty.counter.sale_parts import offline_quote, redeem_of
from loyalty.counter.settings import CounterSettings
from loyalty.counter.slip import is_receipt, slip_of
from loyalty.counter.store import Store
from loyalty.counter.till import Extras, Till
from tests.counter.samples import NOON, member
from tests.counter.test_till import STAYS, WONG, with_chan

TEN_OFF = RewardOffer("$10 off", Decimal(100), "points", "$10 off", "amount", Decimal(10))
COFFEE = RewardOffer("Coffee", Decimal(80), "points", "coffee", "product")


def reward(id: str = "r1", offer: RewardOffer = TEN_OFF, **more: object) -> Redemption:
    return replace(Redemption(id, "mem_1", offer, NOON, HELD, points=offer.cost), **more)  # type: ignore[arg-type]


def chosen(till: Till) -> list[str]:
    return [row.id for row in till.chosen]


def test_a_reward_opens_a_sale_and_only_for_the_member_who_is_here() -> None:
    till = till_rewards.choose(with_chan(), reward())
    assert till.sale_open and chosen(till) == ["r1"]
    assert chosen(till_rewards.choose(till, reward("r2", member="mem_2"))) == ["r1"]
    assert chosen(till_rewards.choose(Till(), reward())) == []


def test_another_card_is_a_question_and_switching_leaves_the_reward_behind() -> None:
    till, _ = mind.see(till_rewards.choose(with_chan(), reward()), WONG, NOON)
    till = mind.found(till, WONG, member("mem_2"), fresh=True)
    assert till.question and chosen(till) == ["r1"]
    assert chosen(mind.decide(till, switch=False)) == ["r1"]
    assert chosen(mind.decide(till, switch=True)) == []


def test_what_is_chosen_goes_with_the_sale_or_with_the_member() -> None:
    till = till_rewards.extra(till_rewards.choose(with_chan(), reward()), Extras(vouchers=("V1",)))
    booked = mind.settled(mind.commit(mind.typed(till, Decimal(50)), "s1"), "s1", None, STAYS, NOON)
    assert chosen(booked) == [] and booked.extras == Extras()
    assert chosen(mind.detach(till)) == []
    assert chosen(till_rewards.unchoose(till, "r1")) == []
    refused = mind.failed(mind.commit(till, "s1"), "s1", "not_eligible", "no", NOON)
    assert chosen(refused) == ["r1"]


def test_a_sale_on_its_way_keeps_what_it_took_along() -> None:
    till = mind.commit(till_rewards.choose(with_chan(), reward()), "s1")
    assert chosen(till_rewards.unchoose(till, "r1")) == ["r1"]
    assert till_rewards.choose(till, reward("r2")) == till
    assert till_rewards.extra(till, Extras(pay=("purse",))) == till


def test_a_quote_for_another_choice_is_passed_over() -> None:
    before = mind.typed(with_chan(), Decimal(50))
    after = till_rewards.choose(before, reward())
    assert mind.quoted(after, before, {"due": "50"}).quote is None
    assert mind.quoted(after, after, {"due": "40"}).quote == {"due": "40"}


def test_what_is_told_from_memory_is_marked() -> None:
    till = till_rewards.choose(mind.typed(with_chan(), Decimal("8.50")), reward())
    told = offline_quote(till, member("mem_1"))
    assert (told["due"], told["value"]) == ("0.00", "8.50") and told["as_of"]
    asked = redeem_of(reward(), Decimal(50), promised=True)
    assert (asked.hold, asked.quantity, asked.value) == ("r1", 1, Decimal(10))
    assert redeem_of(reward(offline=True), Decimal(50), promised=False).hold is None


def test_rows_are_there_again_after_a_crash(store: Store) -> None:
    rows = Redemptions(store)
    rows.save(reward())
    rows.save(sold(reward("r2", COFFEE, handed=True, offline=True), "s1"))
    assert [(row.id, row.state) for row in Redemptions(store).open()] == [("r1", HELD), ("r2", SOLD)]
    assert [row.id for row in rows.of_sale("s1")] == ["r2"]
    assert rows.given_offline("mem_1", NOON) == 80 and rows.given_offline("mem_2", NOON) == 0


def test_a_slip_names_the_reward_and_its_code_is_told_from_a_members() -> None:
    slip = slip_of(reward("till-1:redeem_1", COFFEE), member(), CounterSettings("till-1", Path()), NOON)
    assert (slip.title, slip.lines[0].text, slip.lines[0].amount, slip.total) == ("獎賞", "Coffee", "80 積分", "")
    assert is_receipt(Token("barcode", "till-1:0190aa-77"))
    assert not is_receipt(Token("barcode", "8800123456789"))
    assert not is_receipt(Token("card_uid", "till-1:0190aa-77"))

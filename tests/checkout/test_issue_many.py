"""Many cards through one printer: step by step, interrupted anywhere, paused, cancelled, tried again."""

import pytest

from loyalty.checkout import issue_many as many
from loyalty.checkout.enrol import enrol
from loyalty.db.session import read, write
from loyalty.errors import Conflict, Invalid, NotFound, UnknownMember
from loyalty.members.cards import cards_of
from loyalty.members.enrolment import NewMember
from tests.shop import Shop

ALL = ("stripe", "face", "chip")


@pytest.fixture
def people(shop: Shop) -> list[str]:
    with write(shop.engine) as session:
        return [enrol(session, NewMember(f"Wong {n}"), shop.clock(), shop.conventions).id for n in range(3)]


def start(shop: Shop, people: list[str], steps=ALL, counter="t1") -> str:
    with write(shop.engine) as session:
        return many.start_job(session, "Staff cards", people, "card_uid", counter, steps, shop.clock(), "mei")


def take(shop: Shop, counter="t1"):
    with write(shop.engine) as session:
        return many.next_card(session, counter)


def tell(shop: Shop, hand, step: str, token=None) -> str:
    with write(shop.engine) as session:
        return many.step_done(session, hand.job, hand.place, step, shop.clock(), shop.conventions, token)


def how_far(shop: Shop, job: str):
    with read(shop.engine) as session:
        return many.progress(session, job)


def steer(shop: Shop, job: str, verb: str):
    with write(shop.engine) as session:
        return many.steer(session, job, verb, shop.clock())


def test_a_job_ends_when_every_member_has_a_card(shop: Shop, people: list[str]) -> None:
    job = start(shop, people)
    for number in range(3):
        hand = take(shop)
        assert (hand.member, hand.steps) == (people[number], ALL)
        assert [tell(shop, hand, step, f"0400000{number}") for step in ALL] == ["working", "working", "done"]
    assert take(shop) is None
    assert how_far(shop, job) == many.Progress(job, "done", 3, 3, 0)
    with read(shop.engine) as session:
        assert [card.token for member in people for card in cards_of(session, member)] == [
            "04000000", "04000001", "04000002"
        ]  # fmt: skip


def test_an_interrupted_card_goes_on_with_the_step_it_was_at(shop: Shop, people: list[str]) -> None:
    start(shop, people)
    hand = take(shop)
    tell(shop, hand, "stripe", "04AABBCC")
    tell(shop, hand, "stripe")  # the answer was lost, the counter tells it again
    again = take(shop)  # after the power came back
    assert (again.place, again.steps) == (hand.place, ("face", "chip"))
    tell(shop, again, "face")
    assert tell(shop, again, "chip") == "done"  # the token was known since the first step
    assert take(shop).place == 1


def test_pause_lets_the_card_in_hand_end_and_resume_goes_on(shop: Shop, people: list[str]) -> None:
    job = start(shop, people, ("face",))
    hand = take(shop)
    assert steer(shop, job, "pause").status == "paused"
    assert take(shop).place == hand.place
    tell(shop, hand, "face", "04AABBCC")
    assert take(shop) is None
    steer(shop, job, "resume")
    assert take(shop).place == 1


def test_a_spoilt_card_is_left_and_made_again_on_request(shop: Shop, people: list[str]) -> None:
    job = start(shop, people[:1])
    hand = take(shop)
    tell(shop, hand, "stripe")
    with write(shop.engine) as session:
        many.card_failed(session, job, 0, "The card is bent.", shop.clock())
    assert how_far(shop, job) == many.Progress(job, "done", 1, 0, 1, ((0, "The card is bent."),))
    with write(shop.engine) as session:
        assert many.try_again(session, job, shop.clock()) == 1
    assert take(shop).steps == ALL


def test_a_cancelled_job_makes_no_card_and_cannot_be_resumed(shop: Shop, people: list[str]) -> None:
    job = start(shop, people)
    take(shop)
    assert steer(shop, job, "cancel").status == "cancelled"
    assert take(shop) is None
    with pytest.raises(Conflict, match="cancelled"):
        steer(shop, job, "resume")


def test_what_is_out_of_turn_or_unknown_changes_nothing(shop: Shop, people: list[str]) -> None:
    job = start(shop, people)
    hand = take(shop)
    with pytest.raises(Conflict, match="not at the step"):
        tell(shop, hand, "chip", "04AABBCC")
    for step in ("stripe", "face"):
        tell(shop, hand, step)
    with pytest.raises(Conflict, match="number was not read"):
        tell(shop, hand, "chip")
    assert how_far(shop, job).done == 0
    assert take(shop, "t2") is None  # another counter's printer
    with pytest.raises(NotFound):
        steer(shop, "job_none", "pause")
    with pytest.raises(UnknownMember):
        start(shop, ["mem_none"])
    for wrong in (("chip", "face"), (), ("paint",)):
        with pytest.raises(Invalid):
            start(shop, people, wrong)

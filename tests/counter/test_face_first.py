"""A card of a job where the shop wants the face first: real driver, simulated printer; no half is left unsaid."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from loyalty.counter.card_in_hand import Hand
from loyalty.counter.card_making import CardMaking
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.wire.star_tcp.stripe import WriteStripeIfCard
from loyalty.errors import LinkLost, NoAnswer
from tests.devices.star_bench import Bench, face_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACE = face_of("Ann", small=True)
NEVER = SimpleNamespace(is_set=lambda: False, wait=lambda seconds: None)
BLANK = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {}}


class Job:
    """The counter's side of a job, as far as the printer sees it: one card, and which of its steps were told."""

    def __init__(self) -> None:
        self.hand = Hand("job_1", 1, "card_uid", ("stripe", "face", "chip"), None, "12345678901234")
        self.told: list[str] = []
        self.trouble = ""

    def at_printer(self) -> Hand | None:
        return self.hand if self.hand.step != "chip" else None

    def did(self, hand, step, token=None, **printed):
        self.told.append(step)
        self.hand = self.hand.after(step)

    def say(self, trouble, halves=None):
        self.trouble, self.halves = trouble, halves


@pytest.fixture
def desk():
    bench, job = Bench(order="face"), Job()
    unit = SimpleNamespace(profile=bench.profile, show=lambda status: None, stopping=NEVER)
    making = CardMaking(
        job, None, lambda data, size: FACE, lambda member: SimpleNamespace(as_of=NOON), None, lambda: False
    )
    bench.put(BLANK)
    yield SimpleNamespace(bench=bench, job=job, round=lambda: making.round(unit, bench.driver, (2,)))
    bench.close()


def test_both_halves_are_one_job_and_both_are_told(desk):
    assert desk.round() and desk.job.told == ["stripe", "face"]
    assert desk.bench.printed() == FACE and desk.bench.driver.position() is CardPosition.REMOVAL_WAIT
    seen = [row["meaning"].split()[0] for row in desk.bench.unit.log.after(0) if row["direction"] == ">"]
    assert seen.index("EraseAndPrint") < seen.index("WriteStripeIfCard") < seen.index("EjectCard")


def test_a_stripe_that_fails_is_tried_again_without_printing_twice(desk):
    desk.bench.unit.set_fault("write_verify", {})
    assert desk.round() and desk.job.told == [] and "32h" in desk.job.trouble.sentence
    assert desk.bench.did("WriteStripeIfCard") == 2 * desk.bench.did("EraseAndPrint") == 2
    desk.bench.unit.clear_faults()
    desk.bench.put(BLANK)
    assert desk.round() and "blank one" in desk.job.trouble.sentence  # half a number stands on it
    desk.bench.put({**BLANK, "uid": "04000000000001"})
    assert desk.round() and desk.job.told == ["stripe", "face"]


def test_a_line_lost_between_the_halves_leaves_no_half_unsaid(desk):
    def pull_the_cable(data):
        if data[1:2] == bytes(WriteStripeIfCard.codes):
            desk.bench.unit.set_fault("cut", {})

    desk.bench.connect(pull_the_cable)
    desk.bench.put(BLANK)
    with pytest.raises((LinkLost, NoAnswer)):
        desk.round()
    assert desk.job.told == [] and desk.job.trouble.sentence and desk.bench.printed() == FACE
    assert desk.job.halves[0] == "printed" and desk.job.halves[1] in ("untouched", "unknown")
    assert desk.bench.unit.card.tracks == {}
    desk.bench.unit.clear_faults()
    desk.bench.connect()
    desk.bench.put(BLANK)
    assert desk.round() and desk.job.told == ["stripe", "face"]

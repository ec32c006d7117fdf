"""Every single byte of a job lost, bent or doubled on the line, or the last one before the power goes.

What the unit says is asked twice, so no damage to an answer makes a wrong report. What the unit is told has no check in
this language: TCP brings every byte or breaks, which is tried here byte by byte; a line that bends bytes can make a
wrong dot that nobody notices (docs/devices/easyprinter.md), but never a report of a job that was not done.
"""

from random import Random

import pytest
from PIL import Image

from loyalty.devices.interfaces import Health
from loyalty.devices.wire.easyprinter.document import document, encoded, picture
from loyalty.errors import DeviceError
from tests.devices.easyprinter_bench import ANNA, HURRIED, PATIENT, Bench, face_of, with_dots

OLD = face_of("old")
NEW = with_dots(OLD, (100, 100), (104, 105))
DAMAGES = {"drop": {}, "garble": {"bit": 5}, "duplicate": {}}


class Trial:
    """One card in, one job with something wrong, and what came of it."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.prepare()

    def prepare(self) -> None:
        """The card with its old face inside, a patient driver."""
        bench = self.bench
        bench.unit.clear_faults()
        bench.pace(**PATIENT)
        bench.connect()
        bench.take_in(ANNA)
        bench.unit.shown.printed = _picture(OLD)

    def run(self, fault: str, settings: dict[str, object]) -> str | None:
        """What was wrong with the report, or None."""
        unit, bench = self.bench.unit, self.bench
        bench.pace(**{**HURRIED, "reply_s": 0.1})
        prints = unit.counters["prints"]
        unit.set_fault(fault, dict(settings))
        told = half = "printed"
        try:
            bench.driver.rewrite(NEW, OLD)
        except DeviceError as error:
            told, half = error.code, error.half
        unit.clear_faults()
        bench.settled()
        done, face = unit.counters["prints"] - prints, bench.printed()
        where = f"{fault} {settings}: told {told} {half}, printed {done} times"
        damaged_order = fault in DAMAGES and settings["direction"] == ">"
        self.prepare()
        if bench.driver.status().health is not Health.READY:
            return f"{where}, and the unit is not usable afterwards"
        if half not in ("untouched", "unknown", "printed"):
            return f"{where}, and nobody knows how the card is"
        if half == "printed" and (done != 1 or (face != NEW and not damaged_order)):
            return f"{where}, but the face is another"
        if half == "untouched" and (done or face != OLD):
            return f"{where}, but the card was touched"
        return None


def _picture(face):
    return Image.frombytes("1", (face.width, face.height), face.rows).convert("L")


@pytest.fixture
def trial():
    trial = Trial()
    yield trial
    trial.bench.close()


def sizes(trial):
    """Bytes of the whole job, by direction."""
    log = trial.bench.unit.log
    start = max((row["n"] for row in log.after(0)), default=0)
    trial.bench.driver.rewrite(NEW, OLD)
    rows = log.after(start)
    trial.prepare()
    return {way: sum(len(row["hex"]) // 2 for row in rows if row["direction"] == way) for way in "><"}


def some(places, share):
    """The first and last ones and some between."""
    places = list(places)
    return sorted({*places[:3], *places[-4:], *Random(412).sample(places, min(share, len(places)))})


@pytest.mark.parametrize("name", list(DAMAGES))
def test_no_damaged_answer_makes_a_wrong_report(trial, name):
    places = range(sizes(trial)["<"])
    faults = [trial.run(name, {**DAMAGES[name], "direction": "<", "after": at}) for at in some(places, 4)]
    assert [each for each in faults if each] == []


@pytest.mark.parametrize("name", list(DAMAGES))
def test_no_damaged_order_makes_a_report_of_what_was_not_done(trial, name):
    places = range(sizes(trial)[">"])
    faults = [trial.run(name, {**DAMAGES[name], "direction": ">", "after": at}) for at in some(places, 4)]
    assert [each for each in faults if each] == []


def test_power_cut_after_any_byte_never_makes_a_wrong_report(trial):
    places = range(1, sizes(trial)[">"] + 1)
    faults = [trial.run("power_cut", {"after_bytes": at}) for at in some(places, 4)]
    assert [each for each in faults if each] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*DAMAGES, "power_cut"])
def test_every_byte_in_both_directions(trial, name):
    faults = []
    for way, size in sizes(trial).items():
        for at in range(size):
            settings = {"after_bytes": at + 1} if name == "power_cut" else {"direction": way, "after": at}
            faults.append(trial.run(name, DAMAGES.get(name, {}) | settings))
    assert [each for each in faults if each] == []


def test_the_connection_lost_after_any_byte_of_the_document_prints_nothing():
    bench = Bench()
    whole = encoded(list(document([list(picture(NEW))])))
    for at in (1, 5, 30, 31, 60, len(whole) - 1):
        bench.take_in(ANNA)
        bench.close_line()
        bench.unit.receive(whole[:at])
        bench.connect()
        bench.unit.take_card()
    assert bench.unit.counters["prints"] == 0
    bench.close()

"""The check with a person at the device: told what to do, asked what only eyes see, waited for politely."""

from datetime import UTC, datetime

import pytest

from loyalty.devices.check import PersonHands, Report, run_check
from loyalty.devices.profiles import read_profile
from simulators.__main__ import start
from simulators.card import SimCard

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SPARE = {"kind": "rewritable", "uid": "04C4EC00000009", "tracks": {"2": "OLD"}}


class Person:
    """Does at the simulated device what the check says; `sees` is what is answered to questions."""

    def __init__(self, profile: str, sees: bool | None = True, idle: bool = False) -> None:
        self.profile, self.sees, self.idle = read_profile(profile), sees, idle
        self.unit, self._ready, self._server = start(profile, tcp="127.0.0.1:0")
        self.told: list[str] = []
        self.asked: list[str] = []

    def check(self, wait_s: float = 20) -> Report:
        try:
            return run_check(self.profile, self._ready["port"], PersonHands(self._do, self._answer), NOW, wait_s=wait_s)
        finally:
            self._server.close()

    def _do(self, words: str) -> None:
        self.told.append(words)
        if self.idle:
            return
        if words.startswith("Put"):
            self.unit.put_card(SimCard.from_json(SPARE))
        elif words.startswith("Take"):
            self.unit.take_card()
        elif words.startswith(("Scan", "Hold")):
            code = "4006381333931" if "any" in words else "OTHER-1" if "another" in words else "A" * 60
            self.unit.scan(code, "EAN-13" if "any" in words else "CODE128")

    def _answer(self, question: str) -> bool | None:
        self.asked.append(question)
        return self.sees


def results(report: Report) -> dict[str, str]:
    return {step.name: step.result for step in report.steps}


def test_a_person_is_told_and_asked() -> None:
    person = Person("star-tcp300ii")
    report = person.check()
    assert report.held, report.to_text()
    assert not report.simulated and "SIMULATED" not in report.to_text()
    assert any("spare rewritable card" in words for words in person.told)
    assert any("a frame on all four sides" in question for question in person.asked)
    assert results(report)["put_back"] == "held"


def test_what_the_person_sees_counts() -> None:
    report = Person("star-tcp300ii", sees=False).check()
    (face,) = [step for step in report.steps if step.name == "face"]
    assert (face.result, face.cause) == ("failed", "worn_card") and "new card" in face.advice


def test_without_anybody_to_ask_the_question_is_left_out() -> None:
    report = Person("star-tcp300ii", sees=None).check()
    assert report.held and results(report)["face"] == "skipped"


@pytest.mark.parametrize(
    ("profile", "step", "advice"),
    [("star-tcp300ii", "card_in", "Put the card in"), ("serial-scanner", "scanned", "pull the trigger")],
)
def test_nobody_comes(profile: str, step: str, advice: str) -> None:
    report = Person(profile, idle=True).check(wait_s=0.4)
    (waited,) = [each for each in report.steps if each.name == step]
    assert waited.result == "failed" and "within 0.4 s" in waited.seen and advice in waited.advice
    assert not report.held


def test_a_scanner_in_a_hand() -> None:
    report = Person("serial-scanner").check()
    assert report.held, report.to_text()

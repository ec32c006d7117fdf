"""Devices with a defect: the check fails at the right step, and its advice names the right thing."""

from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from datetime import UTC, datetime
from typing import Any

import pytest

from loyalty.devices.check import Report, SimulatorHands, StepResult, run_check
from loyalty.devices.profiles import Fact, read_profile
from loyalty.devices.wire.star_tcp.codec import encode
from loyalty.devices.wire.star_tcp.stripe import ReadTrackIfCard
from simulators.__main__ import start
from simulators.unit import Unit
from tests.devices.crooked_line import Change, CrookedLine, wrong_parity
from tests.devices.pcsc_bench import Desk

NOW = datetime(2026, 11, 21, tzinfo=UTC)
STAR, PN532, PAPER, SCANNER = "star-tcp310", "pn532", "escpos-58mm", "honeywell-1900-serial"
HURRIED = {"link_reply_s": 0.3, "op_s": 2.0}
"""Of drivers that are going to wait in vain."""
OFTEN = 10_000


FIRST, SECOND = encode(ReadTrackIfCard(1)), encode(ReadTrackIfCard(2))


def ask_the_other_head(data: bytes) -> bytes:
    """The plugs of two heads swapped: who asks for track 1 gets track 2, and the other way round."""
    return data.replace(SECOND, FIRST) if SECOND in data else data.replace(FIRST, SECOND)


def answer_as_asked(data: bytes) -> bytes:
    """The unit itself does not know: it answers under the code that it was asked with."""
    for code in (FIRST[:2], SECOND[:2]):
        if (at := data.find(code)) >= 0:
            changed = FIRST[1] ^ SECOND[1]
            return data[: at + 1] + bytes([data[at + 1] ^ changed]) + data[at + 2 : -1] + bytes([data[-1] ^ changed])
    return data


@dataclass(frozen=True)
class Defect:
    """What is wrong, at which step that shows, and words that the advice must have."""

    device: str
    step: str
    cause: str
    advice: str
    fault: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    taken_for: str = ""
    to_device: Change = bytes
    to_host: Change = bytes
    card: dict[str, Any] | None = None


DEFECTS = {
    "wrong line settings": Defect(
        STAR, "identity", "garbled", "line settings (speed, parity)", facts=HURRIED, to_host=wrong_parity
    ),
    "wrong model": Defect(STAR, "identity", "rejected", "Choose the profile", taken_for="star-tcp300ii"),
    "dead line": Defect(
        STAR, "identity", "no_answer", "switched on and its cable", fault={"name": "mute"}, facts=HURRIED
    ),
    "always NAK": Defect(
        STAR, "identity", "garbled", "line settings", fault={"name": "nak", "times": OFTEN}, facts=HURRIED
    ),
    "no paper": Defect(PAPER, "status", "out_of_paper", "new roll", fault={"name": "paper_end"}),
    "cover open": Defect(STAR, "status", "cover_open", "Close the cover", fault={"name": "cover_open"}),
    "worn card": Defect(STAR, "face", "worn_card", "new card", card={"face": {"cycles": 600}}),
    "weak antenna": Defect(PN532, "memory", "antenna_weak", "metal", fault={"name": "antenna_weak"}),
    "stretched answers": Defect(
        PN532,
        "steady",
        "slow",
        "slow converter, hub or network",
        fault={"name": "delay", "seconds": 0.19},
        facts={"ack_timeout_s": 2, "answer_timeout_s": 3},
    ),
    "bad checksum": Defect(
        PN532, "identity", "garbled", "line settings", fault={"name": "bad_checksum", "times": OFTEN}
    ),
    "swapped tracks": Defect(
        STAR, "read", "swapped_tracks", "swapped", to_device=ask_the_other_head, to_host=answer_as_asked
    ),
    "wrong suffix": Defect(SCANNER, "ending", "suffix", "suffix CR", facts={"suffix": "CR"}),
    "contact the other way": Defect(
        PAPER, "closed", "drawer_contact", "wired the other way", facts={"drawer_sensor": "low is open"}
    ),
    "noise": Defect(SCANNER, "scanned", "garbled", "plug and cable", fault={"name": "noise"}),
    "stripe dirty": Defect(STAR, "read", "stripe_unreadable", "soft cloth", fault={"name": "stripe_parity"}),
    "jam": Defect(STAR, "printed", "card_jam", "pull the card out", fault={"name": "card_jam", "when": "printed"}),
}


def check_with(defect: Defect) -> Report:
    unit, ready, server = start(defect.device, tcp="127.0.0.1:0")
    line = CrookedLine(ready["port"], defect.to_device, defect.to_host)
    profile = read_profile(defect.taken_for or defect.device)
    facts = {name: Fact(value, "this test", "unverified") for name, value in defect.facts.items()}
    if defect.fault:
        unit.set_fault(defect.fault["name"], {key: value for key, value in defect.fault.items() if key != "name"})
    try:
        hands = SimulatorHands(ready["control"], defect.card)
        profile = with_changes(profile, facts=profile.facts | facts)
        return run_check(profile, line.port, hands, NOW, progress=lambda step: mended(unit, step))
    finally:
        line.close()
        server.close()


def mended(unit: Unit, step: StepResult) -> None:
    """Once the check has found the defect, the rest of it need not suffer."""
    if step.result == "failed":
        unit.clear_faults()


def failed_step(report: Report, name: str) -> StepResult:
    (step,) = [step for step in report.steps if step.name == name]
    assert not report.held
    assert step.result == "failed", report.to_text()
    return step


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_found_with_the_right_advice(defect: Defect) -> None:
    step = failed_step(check_with(defect), defect.step)
    assert (step.cause, defect.advice in step.advice) == (defect.cause, True), step


@pytest.mark.parametrize(
    ("fault", "step", "cause"),
    [("exclusive", "status", "in_use"), ("mute_card", "seen", "wrong_card")],
)
def test_a_reader_behind_the_service(fault: str, step: str, cause: str) -> None:
    desk = Desk("acr122u")
    try:
        desk.fault(fault)
        report = run_check(desk.profile, desk.ready["port"], SimulatorHands(desk.ready["control"]), NOW, wait_s=1)
    finally:
        desk.end()
    assert failed_step(report, step).cause == cause

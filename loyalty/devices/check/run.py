"""Goes through the steps of a profile's roles, one after the other, and says how each ended."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from loyalty.devices.check import (
    card_printer,
    card_reader,
    cash_drawer,
    every_device,
    line_display,
    magstripe,
    receipt_printer,
    scanner,
)
from loyalty.devices.check.desk import Desk, Listener
from loyalty.devices.check.hands import Hands
from loyalty.devices.check.report import FAILED, HELD, NOT_TRIED, SKIPPED, Report, StepResult
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.profiles import Profile
from loyalty.errors import DeviceError

PERSON_S, SIMULATOR_S = 30.0, 10.0
"""How long somebody has for putting a card in; a simulator needs it only when the machine is busy."""
_BY_ROLE: dict[str, tuple[Step, ...]] = {
    "card_printer": card_printer.STEPS,
    "card_reader": card_reader.STEPS,
    "magstripe": magstripe.STEPS,
    "scanner": scanner.STEPS,
    "receipt_printer": receipt_printer.STEPS,
    "cash_drawer": cash_drawer.STEPS,
    "line_display": line_display.STEPS,
}
Progress = Callable[[StepResult], None]


def steps_of(profile: Profile) -> list[tuple[str, Step]]:
    """(role, step) in their order; the steps that every device has come first, with an empty role, and last."""
    return [
        *(("", step) for step in every_device.BEFORE),
        *((role, step) for role in profile.roles for step in _BY_ROLE[role]),
        *(("", step) for step in every_device.AFTER),
    ]


def run_check(
    profile: Profile, port: str, hands: Hands, at: datetime, *, wait_s: float | None = None,
    progress: Progress | None = None, listener: Listener | None = None,
) -> Report:  # fmt: skip
    """The whole check of the device at `port`. wait_s: seconds that a person has for each thing asked of them.

    progress hears each step as it ends, listener every byte. ConfigError when driver or simulator are not there.
    """
    wait_s = wait_s or (SIMULATOR_S if hands.simulated else PERSON_S)
    desk = Desk(profile, port, hands, wait_s, listener)
    results = []
    try:
        for result in _results(desk):
            results.append(result)
            if progress:
                progress(result)
    finally:
        desk.close()
    return Report(
        profile.name, profile.vendor, profile.model, port, hands.simulated, at, desk.answer, profile.unverified(),
        tuple(results),
    )  # fmt: skip


def _results(desk: Desk) -> Iterator[StepResult]:
    stopped_by: Step | None = None
    for role, step in steps_of(desk.profile):
        if stopped_by:
            yield _result(role, step, SKIPPED, f"not tried, because {stopped_by.name!r} failed", cause=NOT_TRIED)
            continue
        result = _tried(desk, role, step)
        yield result
        if result.result == FAILED and step.vital:
            stopped_by = step


def _tried(desk: Desk, role: str, step: Step) -> StepResult:
    begun = time.monotonic()
    try:
        seen, result, advice, cause = step.run(desk), HELD, "", ""
    except LeftOut as reason:
        seen, result, advice, cause = str(reason), SKIPPED, "", ""
    except NotHeld as fault:
        seen, result, advice, cause = str(fault), FAILED, fault.advice, fault.cause
    except DeviceError as error:
        seen, result, advice, cause = str(error), FAILED, error.advice, error.code
    return _result(role, step, result, seen, advice, cause, time.monotonic() - begun)


def _result(
    role: str, step: Step, result: str, seen: str, advice: str = "", cause: str = "", seconds: float = 0.0
) -> StepResult:
    return StepResult(role, step.name, step.title, result, step.expected, seen, advice, cause, round(seconds, 3))

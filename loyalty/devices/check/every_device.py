"""What any device has to do: be there, be the one it is taken for, be well, answer again and again, come back."""

import statistics
import time

from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.interfaces import Health
from loyalty.errors import DeviceError, Garbled, NoAnswer

ASKED = 5
SLOWEST_S = 0.5
"""The middle one of several answers; a question about its state moves nothing, at 9600 baud it takes 0.05 s."""
_CHOOSE = "Choose the profile of this device; `loyalty devices profiles` lists them."


def port(desk: Desk) -> str:
    desk.open_line()
    return f"{desk.port} is open"


def identity(desk: Desk) -> str:
    """The driver checks on opening, or at the first question, that it speaks with what the profile describes."""
    heard = len(desk.from_device)
    try:
        status = desk.driver.status()
    except (NoAnswer, Garbled) as error:
        raise _nobody_there(desk, error, len(desk.from_device) - heard) from error
    if (status.health is Health.UNKNOWN and len(desk.from_device) == heard) or _says_nothing(desk):
        raise LeftOut("nothing comes back from it: whether it is this model nobody can tell from here")
    told = getattr(desk.driver, "firmware", "")  # a text with some drivers, a question to the unit with others
    desk.answer = told if isinstance(told, str) and told else status.detail
    return desk.answer or "it answers"


def status(desk: Desk) -> str:
    told = desk.driver.status()
    if told.health in (Health.READY, Health.UNKNOWN):
        return f"{told.health.value}, {told.detail}" if told.detail else str(told.health.value)
    raise NotHeld(told.detail or told.health.value, told.advice, told.cause or told.health.value)


def steady(desk: Desk) -> str:
    if desk.driver.status().health is Health.UNKNOWN or _says_nothing(desk):
        raise LeftOut("this device cannot be asked")
    taken = []
    for _ in range(ASKED):
        begun = time.monotonic()
        desk.driver.status()
        taken.append(time.monotonic() - begun)
    middle = statistics.median(taken)
    if middle > SLOWEST_S:
        raise NotHeld(
            f"{ASKED} answers took {middle * 1000:.0f} ms each",
            "Look for a slow converter, hub or network between this computer and the device, and for other programs "
            "that use it; if it is alone on a good cable, its electronics need service.",
            "slow",
        )
    return f"{ASKED} answers, {middle * 1000:.1f} ms each"


def reopened(desk: Desk) -> str:
    desk.close()
    told = desk.driver.status()
    if told.health not in (Health.READY, Health.UNKNOWN, Health.BUSY):
        raise NotHeld(told.detail or told.health.value, told.advice, told.cause or told.health.value)
    return f"closed and opened again: {told.health.value}"


def _says_nothing(desk: Desk) -> bool:
    """A line on which nothing was ever heard from a device that is well: a customer display, say."""
    return bool(desk.fact("line")) and not desk.from_device


def _nobody_there(desk: Desk, error: DeviceError, heard: int) -> DeviceError | NotHeld:
    """Silence is a cable or a switch; bytes that are no message are a wrong speed or the wrong profile."""
    line = desk.fact("line")
    if not line:
        return error
    frame = f"{line.get('bytesize', 8)}{line.get('parity', 'N')}{line.get('stopbits', 1)}"
    settings = f"{line.get('baudrate')} baud, {frame}"
    if heard or isinstance(error, Garbled):
        return NotHeld(
            f"{error} It sent {heard} bytes.",
            f"Something speaks, but it cannot be understood: check the line settings (speed, parity) on both sides, "
            f"here they are {settings}; then the cable. If they are right it is another device. {_CHOOSE}",
            "garbled",
        )
    advice = f"{error.advice} If it is, compare the line settings: here they are {settings}."
    return NotHeld(str(error), advice, error.code)


BEFORE = (
    Step("port", "the port opens", "a line to the device", port, vital=True),
    Step("identity", "it answers, and is what the profile says", "an answer of this model", identity, vital=True),
    Step("status", "it says how it is", "ready for work", status, vital=True),
    Step("steady", "it answers again and again", f"{ASKED} answers within {SLOWEST_S:g} s each", steady),
)
AFTER = (Step("reopened", "it comes back after a closed line", "an answer as at first", reopened),)

"""Steps of a customer display: show, overwrite, refuse what does not fit, clear."""

import time

from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.errors import Rejected

ARRIVES_S = 5.0
"""The line goes one way: what was sent may still be under way when it is looked at."""
_DIM = "Check its plug and brightness; signs that make no sense come from a wrong speed or language of the profile."


def shown(desk: Desk) -> str:
    return _show(desk, ["LOYALTY CHECK", "TOTAL       12.80"])


def replaced(desk: Desk) -> str:
    """Shorter lines leave nothing of the longer ones behind."""
    return _show(desk, ["THANK YOU", ""])


def refused(desk: Desk) -> str:
    try:
        desk.driver.show(["X" * 500])
    except Rejected as error:
        return f"refused: {error}"
    raise NotHeld("a line of 500 characters was accepted", "The driver is at fault; report it.")


def cleared(desk: Desk) -> str:
    desk.driver.clear()
    return _compare(desk, ["", ""], "Is the display dark?")


STEPS = (
    Step("shown", "it shows two lines", "both lines", shown),
    Step("replaced", "new lines replace the old ones", "the new lines alone", replaced),
    Step("too_long", "a line too long is refused", "refused", refused),
    Step("cleared", "it can be cleared", "nothing", cleared),
)


def _show(desk: Desk, lines: list[str]) -> str:
    desk.driver.show(lines)
    words = " / ".join(line for line in lines if line)
    return _compare(desk, lines, f"Does the display show {words!r} and nothing else?")


def _shown(desk: Desk) -> list[str]:
    """Lines of the simulated display that are not blank."""
    found = [str(line).rstrip() for line in desk.hands.state().get("lines", [])]
    return [line for line in found if line]


def _compare(desk: Desk, lines: list[str], question: str) -> str:
    if desk.hands.simulated:
        wanted, deadline = [line for line in lines if line], time.monotonic() + ARRIVES_S
        while (found := _shown(desk)) != wanted and time.monotonic() < deadline:
            time.sleep(0.02)
        if found != wanted:
            raise NotHeld(f"it shows {found}", _DIM, "garbled")
        return "as expected"
    if (good := desk.hands.confirm(question)) is None:
        raise LeftOut("nobody was asked; look at the display yourself")
    if not good:
        raise NotHeld("the person says no", _DIM, "garbled")
    return "the person says yes"

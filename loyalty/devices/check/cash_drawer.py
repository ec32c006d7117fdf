"""Steps of a cash drawer: closed at first, opened by the pulse, seen open, seen closed again."""

import time

from loyalty.devices.check.desk import Desk
from loyalty.devices.check.step import LeftOut, NotHeld, Step

_CONTACT = "The contact is wired the other way round: set the profile's `drawer_sensor` to the other value or `none`."
_CABLE = "Check the drawer's cable at the printer and the drawer's lock; try the other pin (2 or 5)."


def closed(desk: Desk) -> str:
    if (open_now := desk.driver.drawer_is_open()) is None:
        return "it has no contact, so nobody can tell"
    if open_now:
        raise NotHeld("it counts as open", f"Close the drawer. If it is closed: {_CONTACT}", "drawer_contact")
    return "closed"


def opened(desk: Desk) -> str:
    before = _pulses(desk)
    desk.driver.open_drawer()
    desk.notes["pulse"] = True
    if before is not None and _pulses(desk) == before:
        raise NotHeld("no pulse arrived", _CABLE, "drawer")
    if desk.hands.confirm("Did the drawer spring open?") is False:
        raise NotHeld("the person says that it did not open", _CABLE, "drawer")
    return "the pulse was given"


def seen_open(desk: Desk) -> str:
    if not desk.notes.get("pulse"):
        raise LeftOut("it was not opened")
    if (open_now := desk.driver.drawer_is_open()) is None:
        raise LeftOut("it has no contact")
    if not open_now:
        raise NotHeld("it counts as closed", f"{_CABLE} If it did open: {_CONTACT}", "drawer_contact")
    return "open"


def seen_closed(desk: Desk) -> str:
    if not desk.notes.get("pulse") or desk.driver.drawer_is_open() is None:
        raise LeftOut("it has no contact, or was not opened")
    desk.hands.do("Close the drawer.")
    end = time.monotonic() + desk.wait_s
    while desk.driver.drawer_is_open():
        if time.monotonic() > end:
            raise NotHeld("it still counts as open", f"Close the drawer. If it is closed: {_CONTACT}", "drawer_contact")
        time.sleep(0.2)
    return "closed"


STEPS = (
    Step("closed", "the drawer is closed at first", "closed", closed),
    Step("opened", "it opens", "a pulse", opened),
    Step("seen_open", "its contact says so", "open", seen_open),
    Step("shut", "it is pushed shut, and its contact says so", "closed", seen_closed),
)


def _pulses(desk: Desk) -> int | None:
    drawer = desk.hands.state().get("drawer")
    return int(drawer["pulses"]) if drawer else None

"""One print job: the card looked at, the document sent, its end watched. The card is inside afterwards."""

import contextlib
import time

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.easyprinter.troubles import UNKNOWN, UNTOUCHED, stage
from loyalty.devices.drivers.easyprinter.unit import Unit
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter.document import document, picture
from loyalty.devices.wire.easyprinter.geometry import FACE, WHOLE, Area
from loyalty.devices.wire.easyprinter.messages import Message
from loyalty.errors import DeviceError, Garbled, LinkLost, NoAnswer, NoCard, Rejected


def face_in(face: Raster, area: Area, profile: Profile) -> list[Message]:
    """The document that erases `area` and prints what `face` has there."""
    dots = list(picture(face, area, sparing=profile["sparing"]))
    return list(document([dots], WHOLE if area == FACE else area.erase_area(), turn=profile["turn_face"]))


def run(unit: Unit, profile: Profile, messages: list[Message]) -> None:
    """A document, its end watched; on any failure the memory is emptied where that can be."""
    try:
        _print(unit, profile, messages)
    except LinkLost:
        raise
    except DeviceError as error:
        if unit.holds_picture and not isinstance(error, NoAnswer):
            with contextlib.suppress(DeviceError):
                unit.forget_picture()
        raise


def _print(unit: Unit, profile: Profile, messages: list[Message]) -> None:
    with stage(UNTOUCHED):
        if unit.holds_picture:
            unit.forget_picture()
            raise NoCard("The card was given back: the unit had to be emptied first.", advice="Put it in again.")
        before = unit.need_card()
        if before.printing:
            raise Rejected("The unit is printing already.", advice="Wait until the card comes out.")
        unit.holds_picture = True
        unit.link.send(*messages[:-1])
        if profile["ask_before_start"]:
            after = unit.need_card()
            if after.printing or after.printed != before.printed:
                raise Garbled("The unit's state changed while the picture was sent.")
    with stage(UNKNOWN):
        unit.link.send(messages[-1])
        _await_end(unit, profile, was_printed=before.printed)


def _await_end(unit: Unit, profile: Profile, *, was_printed: bool) -> None:
    """Printed is believed when the unit says so twice and did not say so before, or was seen to print."""
    seen = False
    deadline = time.monotonic() + float(profile["start_s"])
    while True:
        state = unit.link.sure_state()
        unit.troubles.check(state)
        if not state.card_inside:
            raise NoCard("The card is gone from the unit in the middle of the job.", advice="Look at the card.")
        if state.printing and not seen:
            seen, deadline = True, time.monotonic() + float(profile["job_s"])
        if state.printed and not state.printing and (seen or not was_printed):
            return
        if time.monotonic() >= deadline:
            what = "has not finished printing" if seen else "took the order to print and does nothing"
            raise NoAnswer(f"The unit {what}.")
        time.sleep(float(profile["poll_s"]))

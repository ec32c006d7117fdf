"""Waiting for a card: until one is inside, nobody wants it any more, or time is up; the unit is never left waiting."""

import time

from loyalty.devices.drivers.star_tcp.link import SLICE_S
from loyalty.devices.drivers.star_tcp.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.wire.star_tcp import control
from loyalty.errors import Cancelled, Garbled, NoCard, Rejected


def take_in(unit: Unit, timeout_s: float, cancelled: AskCancelled) -> None:
    """A discharged card has to be taken out first: 53h would pull the last customer's card back in."""
    deadline = time.monotonic() + timeout_s
    hold = control.HoldAtFront()
    _wait_for_removal(unit, deadline, cancelled)
    stop = False
    try:
        response = unit.link.deliver(hold, waits=True)
        while response is None and not (stop := cancelled()) and time.monotonic() < deadline:
            response = unit.link.response(hold.code, SLICE_S)
    except (Garbled, Rejected):
        unit.link.cancel_wait(hold.code)
        raise
    called_off = response is None
    response = response or unit.link.cancel_wait(hold.code)
    if response:
        unit.judge(response)
    if called_off:
        _after_cancel(unit, stop)


def _wait_for_removal(unit: Unit, deadline: float, cancelled: AskCancelled) -> None:
    while unit.position() is CardPosition.REMOVAL_WAIT:
        if cancelled():
            raise Cancelled()
        if time.monotonic() >= deadline:
            raise NoCard("The last card is still in the slot.", advice="Take the card out, then put the next one in.")
        time.sleep(SLICE_S)


def _after_cancel(unit: Unit, wanted: bool) -> None:
    """A card that slipped in while the wait was called off: kept after a time-out, given back otherwise."""
    inside = unit.position() is CardPosition.INSIDE
    if wanted:
        unit.push_out()
        raise Cancelled()
    if not inside:
        raise NoCard("Nobody put a card in.")

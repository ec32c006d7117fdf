"""Waiting for a card, so that nobody is ever left waiting in the unit."""

import time

from loyalty.devices.drivers.sanwa.link import SLICE_S
from loyalty.devices.drivers.sanwa.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.wire.sanwa.block import State
from loyalty.devices.wire.sanwa.stripe import Length, ReadTracks
from loyalty.errors import Cancelled, DeviceError, NoCard

_UNDER_WAY = (State.RUNNING.value, State.WAITING_FOR_CARD.value)


def take_in(unit: Unit, timeout_s: float, cancelled: AskCancelled) -> None:
    """NoCard after timeout_s; Cancelled when cancelled() turns true, a card that slipped in being given back."""
    deadline = time.monotonic() + timeout_s
    _await_removal(unit, deadline, cancelled)
    unit.shutter(open=True)
    stop = _await_card(unit, deadline, cancelled)
    inside = unit.position() is CardPosition.INSIDE
    if stop:
        if inside:
            unit.give_back()
        raise Cancelled()
    if not inside:
        raise NoCard("Nobody put a card in.")
    unit.shutter(open=False)


def _await_card(unit: Unit, deadline: float, cancelled: AskCancelled) -> bool:
    """Until a card is in, or the wait was called off; True when it was cancelled."""
    command = ReadTracks(length=Length.CARD_ONLY)
    try:
        unit.link.deliver(command)
        while (reply := unit.link.enquire(command.number)).state in _UNDER_WAY:
            stop = cancelled()
            if stop or time.monotonic() >= deadline:
                unit.link.call_off()
                return stop
            time.sleep(SLICE_S / 2)
    except DeviceError:
        unit.link.call_off()
        raise
    unit.judge(reply)
    return False


def _await_removal(unit: Unit, deadline: float, cancelled: AskCancelled) -> None:
    """A card in the slot of which nobody knows whose it is now would be the last customer's."""
    while unit.position() is CardPosition.REMOVAL_WAIT:
        if cancelled():
            raise Cancelled()
        if time.monotonic() >= deadline:
            raise NoCard("The last card is still in the slot.", advice="Take the card out, then put the next one in.")
        time.sleep(SLICE_S)

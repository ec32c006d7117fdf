"""Waiting for a card: Si, called off with Scs.

Whether a printer answers Si at once or when the card is in is not known, nor for how long it waits by itself. Both
ways are served: a card counts as taken in when the state says so, and the wait is begun anew when the printer gave up.
"""

import time

from loyalty.devices.drivers.evolis.link import SLICE_S
from loyalty.devices.drivers.evolis.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.wire.evolis.messages import Command
from loyalty.devices.wire.evolis.replies import Reply
from loyalty.errors import Cancelled, NoCard

INSERT = Command("Si")


def take_in(unit: Unit, timeout_s: float, cancelled: AskCancelled) -> None:
    """A card inside; NoCard after timeout_s, Cancelled when cancelled() turns true."""
    deadline = time.monotonic() + timeout_s
    _wait_for_removal(unit, deadline, cancelled)
    position = unit.troubles.position(unit.ready())
    while position is not CardPosition.INSIDE:
        stop = _wait_once(unit, deadline, cancelled)
        position = unit.position()
        if stop:
            unit.give_back()
            raise Cancelled()
        if position is not CardPosition.INSIDE and time.monotonic() >= deadline:
            raise NoCard("Nobody put a card in.")


def _wait_once(unit: Unit, deadline: float, cancelled: AskCancelled) -> bool:
    """One Si until a card is in, the printer gives up, or time is out. True when the wait was cancelled."""
    unit.link.begin(INSERT)
    reply, stop = None, False
    while reply is None and not stop and time.monotonic() < deadline:
        reply = unit.link.poll(SLICE_S)
        stop = cancelled()
    if reply is None:
        unit.call_off()
        return stop
    if isinstance(reply, Reply) and not reply.refused:
        return _watch(unit, deadline, cancelled)
    error = unit.refusal(INSERT, reply)
    unit.call_off()
    if not isinstance(error, NoCard):
        raise error
    return False


def _watch(unit: Unit, deadline: float, cancelled: AskCancelled) -> bool:
    """The printer said OK: until the card is in, or it says that it has stopped waiting."""
    while True:
        status = unit.link.status()
        if unit.troubles.position(status) is CardPosition.INSIDE:
            return False
        if unit.troubles.failed(status):
            error = unit.troubles.of(status)
            unit.call_off()
            if error and not isinstance(error, NoCard):
                raise error
            return False
        stop = cancelled()
        if stop or time.monotonic() >= deadline:
            unit.call_off()
            return stop
        time.sleep(SLICE_S)


def _wait_for_removal(unit: Unit, deadline: float, cancelled: AskCancelled) -> None:
    while unit.position() is CardPosition.REMOVAL_WAIT:
        if cancelled():
            raise Cancelled()
        if time.monotonic() >= deadline:
            raise NoCard("The last card is still in the slot.", advice="Take the card out, then put the next one in.")
        time.sleep(SLICE_S)

"""Waiting for a card: at the front until somebody puts one in, or from the hopper."""

import time

from loyalty.devices.drivers.easyprinter.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter.messages import Move, Plain
from loyalty.errors import Cancelled, FeederEmpty, NoCard


def take_in(unit: Unit, profile: Profile, timeout_s: float, cancelled: AskCancelled) -> None:
    """A card inside; NoCard (FeederEmpty) after timeout_s, Cancelled when cancelled() turns true.

    A card that comes while the wait is called off is kept after a time-out and given back when cancelled.
    """
    deadline = time.monotonic() + timeout_s
    poll_s, by_hand = float(profile["poll_s"]), profile["feed"] == "front"
    if unit.holds_picture:
        unit.forget_picture()
    if by_hand:
        _wait_for_removal(unit, deadline, poll_s, cancelled)
    state = unit.link.sure_state()
    unit.troubles.check(state)
    if state.card_inside:
        return
    stop = False
    unit.link.send(Plain.FEED_FRONT if by_hand else Plain.FEED_HOPPER)
    try:
        while not stop and time.monotonic() < deadline:
            state = unit.link.state()
            if (state.card_inside or state.error) and unit.link.sure_state() == state:
                break
            time.sleep(poll_s)
            stop = cancelled()
    finally:
        if not state.card_inside:
            call_off(unit)
    _judge(unit, profile, stop)


def call_off(unit: Unit) -> None:
    """The unit does not wait for a card any more. Said twice: nothing tells whether it was heard."""
    unit.link.send(Plain.ABORT_FEED, Plain.ABORT_FEED)


def _judge(unit: Unit, profile: Profile, stop: bool) -> None:
    by_hand = profile["feed"] == "front"
    state = unit.link.sure_state()
    unit.troubles.check(state)
    if stop:
        unit.push_out()
        raise Cancelled()
    if not state.card_inside:
        raise NoCard("Nobody put a card in.") if by_hand else FeederEmpty("No card came from the hopper.")
    unit.handed_out = False
    if not by_hand:
        unit.link.send(Move(int(profile["hopper_steps"])))


def _wait_for_removal(unit: Unit, deadline: float, poll_s: float, cancelled: AskCancelled) -> None:
    """A card that was pushed out has to be taken first: the unit would pull it in again."""
    while unit.position() is CardPosition.REMOVAL_WAIT:
        if cancelled():
            raise Cancelled()
        if time.monotonic() >= deadline:
            raise NoCard("The last card is still in the slot.", advice="Take the card out, then put the next one in.")
        time.sleep(poll_s)

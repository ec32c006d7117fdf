"""A unit at the other end of the line: what is known of it, its card's way in and out, and its memory."""

import time
from collections.abc import Callable

from loyalty.devices.drivers.easyprinter.link import Link
from loyalty.devices.drivers.easyprinter.troubles import Troubles
from loyalty.devices.interfaces import CardPosition, Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter.messages import Plain
from loyalty.devices.wire.easyprinter.replies import State
from loyalty.errors import CardJam, NoAnswer, NoCard

EJECTS = 3
"""How often a unit that keeps its card is told to push it out."""
_LAST_CARD = "Take the card out, then put the next one in."


class Unit:
    """One verb at a time; the printer sees to that."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self.link = Link(transport, profile)
        self.troubles = Troubles(profile)
        self._poll_s, self._move_s = float(profile["poll_s"]), float(profile["move_s"])
        self._job_s = float(profile["job_s"])
        self.handed_out = False
        """A card that we pushed out has not been taken yet; the unit itself does not tell it from one put in."""
        self.holds_picture = True
        """Somebody's picture may be in its memory."""

    def position(self) -> CardPosition:
        state = self.link.sure_state()
        if state.card_inside:
            return CardPosition.INSIDE
        if not state.front_sensor:
            self.handed_out = False
            return CardPosition.NONE
        return CardPosition.REMOVAL_WAIT if self.handed_out else CardPosition.INLET

    def wait_for(self, holds: Callable[[State], bool], wait_s: float) -> State | None:
        """The first state of which this holds, twice the same; None when none has come within wait_s."""
        deadline = time.monotonic() + wait_s
        while True:
            if holds(self.link.state()):
                state = self.link.sure_state()
                if holds(state):
                    return state
            if time.monotonic() >= deadline:
                return None
            time.sleep(self._poll_s)

    def need_card(self) -> State:
        """The state with a card to work on inside; what keeps a job from beginning is raised."""
        state = self.link.sure_state()
        self.troubles.check(state)
        if not state.card_inside:
            advice = _LAST_CARD if state.front_sensor and self.handed_out else None
            raise NoCard(advice=advice)
        return state

    def push_out(self) -> None:
        """No card inside any more. CardJam when it stays there."""
        for _ in range(EJECTS):
            state = self.link.sure_state()
            if not state.card_inside:
                return
            self.link.send(Plain.EJECT)
            self.handed_out = True
            if self.wait_for(lambda state: not state.card_inside or state.error, self._move_s / EJECTS):
                self.troubles.check(self.link.sure_state())
        if self.link.sure_state().card_inside:
            self.handed_out = False
            raise CardJam("The unit does not push the card out.")

    def forget_picture(self) -> None:
        """Memory emptied: an order to print without a card throws away what was received (manual page 6).

        With a card inside the order would print, so that has to be outside, and a print that is running to its end.
        """
        if not self.wait_for(lambda state: not state.printing, self._job_s):
            raise NoAnswer("The unit has not finished printing.")
        self.push_out()
        self.link.send(Plain.START)
        self.troubles.check(self.link.sure_state())
        self.holds_picture = False

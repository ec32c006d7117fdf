"""A unit at the other end of the line: commands carried out or failed, where the card is, shutter, card out."""

import contextlib
import re

from loyalty.devices.drivers.sanwa.link import Link
from loyalty.devices.drivers.sanwa.troubles import Troubles
from loyalty.devices.interfaces import CardPosition, Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.block import Command, Reply, State
from loyalty.devices.wire.sanwa.control import AskStatus, AskVersion, Eject, Shutter
from loyalty.devices.wire.sanwa.place import Place, Whereabouts, read_place
from loyalty.errors import CardJam, DeviceError, Garbled, LinkLost, NeedsRepair, NoAnswer, NoCard, Rejected

_LINE = (NoAnswer, Garbled, LinkLost)
_INSIDE = (Place.HEAD, Place.THERMAL, Place.DISPENSER)


class Unit:
    """One command at a time; the printer sees to that."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self.link = Link(transport, profile)
        self.troubles = Troubles(profile)
        self._profile = profile
        self._op_s = float(profile["op_s"])
        self._handed_out = False
        """A card in the slot is one that we pushed out, as far as we know; BR units do not tell it apart."""
        self.fault: DeviceError | None = None
        """The last failure that only a person can mend; a unit's status does not repeat it."""
        self.notice = ""

    def greet(self) -> str:
        """The unit's own version, once it is known to be of this profile's family."""
        version = self.do(AskVersion()).data.decode("ascii", "replace")
        if not re.match(self._profile["version_reply"], version):
            raise Rejected(
                f"The unit calls itself {version.strip()!r}, which is no {self._profile.model}.",
                advice="Choose the profile of this unit; `loyalty devices profiles` lists them.",
            )
        return version

    def do(self, command: Command) -> Reply:
        """The answer to a command that was carried out; the error that it failed with otherwise."""
        reply = self.link.ask(command, self._op_s)
        if reply.state == State.WAITING_FOR_CARD.value:
            with contextlib.suppress(DeviceError):
                self.link.call_off()
        return self.judge(reply)

    def judge(self, reply: Reply) -> Reply:
        if trouble := self.troubles.of(reply):
            if isinstance(trouble, CardJam | NeedsRepair):
                self.fault = trouble
            raise trouble
        self.notice = self.troubles.notice(reply)
        return reply

    def work(self, command: Command) -> Reply:
        """A command that works on the card inside, which must still be there afterwards."""
        try:
            reply = self.do(command)
        except DeviceError as error:
            gone = not isinstance(error, _LINE) and self.position() is not CardPosition.INSIDE
            raise (NoCard("The card was pulled out.") if gone else error) from error
        if self._where(reply).place not in _INSIDE:
            raise NoCard("The card was pulled out.")
        return reply

    def whereabouts(self) -> Whereabouts:
        return self._where(self.do(AskStatus()))

    def position(self) -> CardPosition:
        place = self.whereabouts().place
        if place in _INSIDE:
            return CardPosition.INSIDE
        if place is Place.NONE:
            self._handed_out = False
            return CardPosition.NONE
        if place is Place.OUT or self._handed_out:
            return CardPosition.REMOVAL_WAIT
        return CardPosition.INLET

    def need_card(self) -> None:
        """NoCard unless there is one inside, so that no command is left waiting for it."""
        position = self.position()
        if position is CardPosition.REMOVAL_WAIT:
            raise NoCard("The card has been pushed out.", advice="Take the card out and put it in again.")
        if position is not CardPosition.INSIDE:
            raise NoCard()

    def give_back(self) -> None:
        """Push the card out; CardJam when it stays where it is."""
        self.shutter(open=True)
        self._handed_out = True
        reply = self.do(Eject())
        if self._where(reply).place in _INSIDE:
            self.fault = CardJam("The card is still inside although the unit says that it was pushed out.")
            raise self.fault

    def shutter(self, *, open: bool) -> None:
        """Nothing on a unit without one."""
        if self._profile["shutter"]:
            self.do(Shutter(open))

    def _where(self, reply: Reply) -> Whereabouts:
        try:
            return read_place(reply.place, self._profile["positions"])
        except ValueError as error:
            raise Garbled(f"The place of the card makes no sense: {error}.") from error

"""A printer with status words at the other end of the line: commands carried out or failed, state, reservation."""

import contextlib
import re
import socket
import time
import zlib
from collections.abc import Iterator

from loyalty.devices.drivers.evolis.link import SLICE_S, Link
from loyalty.devices.drivers.evolis.troubles import Troubles
from loyalty.devices.interfaces import CardPosition, Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.messages import Command
from loyalty.devices.wire.evolis.replies import Nack, Reply
from loyalty.devices.wire.evolis.status import Status
from loyalty.errors import CardJam, DeviceError, DeviceOffline, Garbled, NoAnswer, NoCard, Rejected

CLEAR, HOST_HANDLES_ERRORS, PRINTER_HANDLES_ERRORS = Command("Scs"), Command("Pem", ("2",)), Command("Pem", ("0",))


class Unit:
    """One command at a time; the printer sees to that.

    `session`, 1 to 65535, reserves the printer for a job. Unless one is given it is this machine's own number, so that
    a program that comes back after a pulled cable is not kept off by its own reservation.
    """

    def __init__(self, transport: Transport, profile: Profile, session: int | None = None) -> None:
        self.link = Link(transport, profile)
        self.troubles = Troubles(profile)
        self._profile = profile
        self._session = session or zlib.crc32(socket.gethostname().encode()) % 0xFFFF + 1
        self._move_s = float(profile["move_s"])

    def greet(self) -> tuple[str, str]:
        """Model and firmware, once the printer is known to be of this profile's family."""
        self.link.enable_status()
        model = self.link.value(Command("Rtp"))
        if not re.search(self._profile["model_reply"], model):
            raise Rejected(
                f"The printer calls itself {model.strip()!r}, which is no {self._profile.model}.",
                advice="Choose the profile of this printer; `loyalty devices profiles` lists them.",
            )
        return model, self.link.value(Command("Rfv"))

    def do(self, command: Command, wait_s: float | None = None) -> str:
        """The text that the printer answers once it has carried the command out; its error otherwise."""
        reply = self.link.ask(command, wait_s)
        if isinstance(reply, Reply) and not reply.text:
            raise Garbled(f"The printer answers {command} without a word.")
        if isinstance(reply, Reply) and not reply.refused:
            return reply.text
        raise self.refusal(command, reply)

    def move(self, command: Command) -> str:
        """A command that moves a card or a head."""
        return self.do(command, self._move_s)

    def refusal(self, command: Command, reply: object) -> DeviceError:
        """Why the printer did not carry out a command: its flags know more than its answer."""
        if isinstance(reply, Nack):
            return self.troubles.of_nack(reply)
        said = reply.text if isinstance(reply, Reply) else str(reply)
        trouble = self.troubles.of(self.link.status()) or self.troubles.of_text(said)
        return trouble or Rejected(f"The printer answers {command} with {said!r} and reports no cause.")

    def call_off(self) -> None:
        """End a wait and forget failures."""
        self.link.call_off(CLEAR)

    def ready(self) -> Status:
        """The state of a printer that can work; what it remembers of earlier failures is cleared first."""
        status = self.link.status()
        if self.troubles.failed(status):
            self.do(CLEAR)
            status = self.link.status()
        if trouble := self.troubles.of(status):
            raise trouble
        return status

    def position(self) -> CardPosition:
        return self.troubles.position(self.link.status())

    def need_card(self) -> None:
        """NoCard unless there is one to work on, so that no job is left waiting for it."""
        position = self.troubles.position(self.ready())
        if position is CardPosition.REMOVAL_WAIT:
            raise NoCard("The card has been pushed out.", advice="Take the card out and put it in again.")
        if position is not CardPosition.INSIDE and self._profile["input_tray"] not in "FB":
            raise NoCard()

    def settle(self, wait_s: float) -> Status:
        """The state once the printer has stopped working. A failure raises; NoAnswer when it works on and on."""
        deadline = time.monotonic() + wait_s
        while True:
            status = self.link.status()
            if trouble := self.troubles.of(status, work_only=True):
                raise trouble
            if not status.flags & {"INF_BUSY", "INF_PRINTING_RUNNING", "INF_ENCODING_RUNNING"}:
                return status
            if time.monotonic() >= deadline:
                raise NoAnswer(f"The printer has been at work for {wait_s:g} s.")
            time.sleep(SLICE_S)

    @contextlib.contextmanager
    def reserved(self, seconds: int) -> Iterator[None]:
        """Within, other programs that respect reservations keep off; DeviceOffline when one of them was first."""
        self.do(Command("Psid", (str(self._session), str(seconds))))
        holder = self.link.status().session
        if not holder:
            raise Rejected(f"The printer took the reservation {self._session} and does not show it.")
        if holder != self._session:
            advice = "Close the other program that uses the printer, or wait until it has finished."
            raise DeviceOffline(f"Another program (session {holder}) has reserved the printer.", advice=advice)
        try:
            yield
        finally:
            with contextlib.suppress(DeviceError):
                self.do(Command("Psid", ("0", "45")))

    def give_back(self) -> None:
        """Push out a card that is inside; nothing when there is none."""
        if self.position() is CardPosition.INSIDE:
            self.move(Command("Sce"))
            if self.position() is CardPosition.INSIDE:
                raise CardJam("The card is still inside although the printer says that it was pushed out.")

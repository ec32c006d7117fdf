"""Honeywell scanners on a serial line: codes as every serial scanner sends them, settings by menu commands.

==================  =======  ====================================================================
function            support  remarks
==================  =======  ====================================================================
codes               yes      see serial_scanner
settings            yes      asked and set until the next power cycle, each answered by the scanner
state               yes      it is asked for its revision
beep, trigger       yes
==================  =======  ====================================================================

Not for use from several threads at once.
"""

import time
from collections.abc import Callable

from loyalty.devices.drivers.serial_scanner import SerialScanner
from loyalty.devices.interfaces import Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import honeywell_menu as menu
from loyalty.errors import NoAnswer, Rejected


class HoneywellScanner(SerialScanner):
    """loyalty.devices.interfaces.Scanner."""

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(transport, profile, monotonic)
        self._revision = ""

    def status(self) -> UnitStatus:
        """READY with its revision, asked once; NoAnswer when it does not answer."""
        if not self._revision:
            self._revision = self.revision()
        self._listen(0.0)
        return UnitStatus(Health.READY, detail=self._revision)

    def revision(self) -> str:
        """The first line of what it says of itself."""
        lines = self._ask(menu.Command("REVINF", menu.STORED)).before.decode("latin-1").strip().splitlines()
        return lines[0] if lines else ""

    def setting(self, tag: str) -> str:
        """The present value of a setting named by tag and sub-tag, such as CBRENA. Rejected when it has no such one."""
        return self._ask(menu.Command(f"{tag}?")).text[len(tag) :]

    def set_setting(self, tag: str, value: str) -> None:
        """Until the next power cycle, which spares the scanner's memory. Rejected for a value that it does not take."""
        self._ask(menu.Command(f"{tag}{value}"))

    def beep(self) -> None:
        self._transport.write(menu.BEEP)

    def trigger(self, pulled: bool) -> None:
        """As if the trigger were pulled, or let go."""
        self._transport.write(menu.TRIGGER_ON if pulled else menu.TRIGGER_OFF)

    def _ask(self, command: menu.Command) -> menu.Answer:
        try:
            sent = menu.encode(command)
        except ValueError as error:
            raise Rejected(str(error)) from None
        while self._listen(0.0):  # codes that came before the question stay codes
            pass
        self._transport.write(sent)
        deadline, heard = self._now() + float(self._profile["answer_s"]), bytearray()
        while (left := deadline - self._now()) > 0:
            heard += self._transport.read(left)
            if answer := menu.answer_in(heard):
                self._heard.extend(self._decoder.feed(bytes(heard)))  # a code right behind the answer
                return _accepted(command, answer)
        raise NoAnswer(f"The scanner on {self._transport.url} does not answer {command.text}.")


def _accepted(command: menu.Command, answer: menu.Answer) -> menu.Answer:
    if answer.reply is menu.Reply.ENQ:
        raise Rejected(f"The scanner does not know the command {command.text}.")
    if answer.reply is menu.Reply.NAK:
        raise Rejected(f"The scanner does not take the value of {command.text}.")
    return answer


def open_driver(transport: Transport, profile: Profile) -> HoneywellScanner:
    """For loyalty.devices.registry."""
    return HoneywellScanner(transport, profile)

"""Barcode scanners in USB HID POS mode (usage page 8Ch): codes in reports, never as keys.

==================  =======  ================================================================
function            support  remarks
==================  =======  ================================================================
codes               yes      one report or several, each with its AIM identifier
symbology           yes      from the identifier; see HidPosScanner.last
GS1                 yes      member numbers and coupons, where the identifier says GS1
state               partly   READY while it is plugged in; a Honeywell tells its revision too
beep                partly   where the profile's `menu` is honeywell
==================  =======  ================================================================

Not for use from several threads at once.
"""

import time
from collections import deque
from collections.abc import Callable

from loyalty.devices.interfaces import Health, Reading, ReportLink, Seen, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import hid_pos as hp
from loyalty.devices.wire import honeywell_menu as menu
from loyalty.devices.wire.aim import symbology
from loyalty.devices.wire.scanned import MAX_CHARACTERS, Repeats, Scan, scan_of, token_of
from loyalty.errors import Garbled, NoAnswer, Rejected


class HidPosScanner:
    """loyalty.devices.interfaces.Scanner. Tokens are `barcode`, or what GS1 says they are.

    transport: open reports (hid:…, hid+unix://…). monotonic: seconds, for time-outs and repetitions only.
    """

    def __init__(
        self, transport: ReportLink, profile: Profile, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._assembly = hp.Assembly(4 * MAX_CHARACTERS)
        self._repeats = Repeats(profile["repeat_ignore_s"])
        self._codes: deque[tuple[bytes, str]] = deque()
        self._revision = ""

    @property
    def last(self) -> Scan | None:
        """The code seen last, with its symbology."""
        return self._repeats.last

    def poll(self, timeout_s: float) -> Reading | None:
        """The next code (always Seen), or None. Garbled: call again; LinkLost when it was unplugged."""
        deadline = self._now() + timeout_s
        while True:
            while self._codes:
                if reading := self._reading(*self._codes.popleft()):
                    return reading
            left = max(0.0, deadline - self._now())
            whole = self._hear(left)
            if whole is not None:
                self._codes.append(whole)
            elif not left:
                return None

    def status(self) -> UnitStatus:
        """READY; of a Honeywell with what it says of itself. LinkLost when it was unplugged."""
        if self._profile["menu"] == "honeywell" and not self._revision:
            self._revision = self.revision()
        return UnitStatus(Health.READY, detail=self._revision or "plugged in")

    def revision(self) -> str:
        """The first line of what a Honeywell says of itself; Rejected for other makes, NoAnswer when it is silent."""
        lines = self.menu("REVINF").splitlines()
        return lines[0] if lines else ""

    def menu(self, command: str) -> str:
        """Send a Honeywell menu command, such as REVINF or CBRENA?, kept until the next power cycle; its answer."""
        self._need_menu()
        try:
            sent = menu.encode(menu.Command(command, menu.STORED if command == "REVINF" else menu.UNTIL_POWER_OFF))
        except ValueError as error:
            raise Rejected(str(error)) from None
        self._transport.write(hp.encode_command(sent))
        deadline, heard = self._now() + float(self._profile["answer_s"]), bytearray()
        while (left := deadline - self._now()) > 0:
            if (whole := self._hear(left)) is None:
                continue
            data, aim = whole
            if aim not in (hp.MENU_ANSWER, "]X0"):
                self._codes.append(whole)
                continue
            heard += data
            if answer := menu.answer_in(heard):
                return _accepted(command, answer)
        raise NoAnswer(f"The scanner {self._transport.url} does not answer {command}.")

    def beep(self) -> None:
        """Rejected for makes whose order for that is not known."""
        self._need_menu()
        self._transport.write(hp.encode_command(menu.BEEP))

    def close(self) -> None:
        self._transport.close()

    def _need_menu(self) -> None:
        if self._profile["menu"] != "honeywell":
            raise Rejected(f"What a {self._profile.name} takes as commands is not known.")

    def _hear(self, timeout_s: float) -> tuple[bytes, str] | None:
        report = self._transport.read(timeout_s)
        if not report:
            return None
        try:
            return self._assembly.add(hp.decode(report))
        except hp.Malformed as error:
            self._assembly = hp.Assembly(4 * MAX_CHARACTERS)
            again = "Scan again; if it happens again, the profile may not fit this scanner."
            raise Garbled(f"The scanner {self._transport.url}: {error}", advice=again) from None

    def _reading(self, data: bytes, aim: str) -> Reading | None:
        if aim == hp.MENU_ANSWER:
            return None  # of a question that was given up
        name = symbology(aim, self._profile["symbologies"])
        scan = scan_of(data, name, f"The scanner {self._transport.url}")
        if self._repeats.again(scan, self._now()):
            return None
        return Seen(token_of(scan, self._profile["gs1"], self._transport.url))


def _accepted(command: str, answer: menu.Answer) -> str:
    """What the answer says; Rejected with the reason when it is a refusal."""
    if answer.reply is menu.Reply.ENQ:
        raise Rejected(f"The scanner does not know the command {command}.")
    if answer.reply is menu.Reply.NAK:
        raise Rejected(f"The scanner does not take the value of {command}.")
    before = answer.before.decode("latin-1").strip()
    return before or answer.text


def open_driver(transport: ReportLink, profile: Profile) -> HidPosScanner:
    """For loyalty.devices.registry."""
    return HidPosScanner(transport, profile)

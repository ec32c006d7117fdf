"""Verbs of an SSI scanner."""

import time
from collections.abc import Callable

from loyalty.devices.drivers.ssi_scanner.link import Link
from loyalty.devices.interfaces import Health, Reading, Seen, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import ssi
from loyalty.devices.wire.scanned import Repeats, Scan, scan_of, token_of
from loyalty.devices.wire.ssi import Opcode, Packet
from loyalty.errors import Rejected


class SsiScanner:
    """loyalty.devices.interfaces.Scanner. Tokens are `barcode`, or what GS1 says they are.

    transport: open, at the profile's line settings. monotonic: seconds, for time-outs and repetitions only.
    """

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._link = Link(transport, profile, monotonic)
        self._types = ssi.CODE_TYPES | {int(key, 16): name for key, name in profile["code_types"].items()}
        self._repeats = Repeats(profile["repeat_ignore_s"])
        self._set_up = False

    @property
    def last(self) -> Scan | None:
        """The code seen last, with its symbology."""
        return self._repeats.last

    def poll(self, timeout_s: float) -> Reading | None:
        """The next code (always Seen), or None after timeout_s. Garbled, NoAnswer, LinkLost; calling again is enough.

        A code counts once, however often the scanner had to send it.
        """
        deadline = self._now() + timeout_s
        self._ready()
        while True:
            while self._link.codes:
                if reading := self._reading(*self._link.codes.popleft()):
                    return reading
            left = max(0.0, deadline - self._now())
            if not self._link.listen(left) and not left:
                return None

    def status(self) -> UnitStatus:
        """READY with the scanner's revision; NoAnswer when it is silent."""
        self._ready()
        return UnitStatus(Health.READY, detail=f"revision {self.revision()}")

    def revision(self) -> str:
        reply = self._link.ask(Packet(Opcode.REQUEST_REVISION), Opcode.REPLY_REVISION)
        return reply.data.decode("ascii", "replace").strip("\x00 ")

    def enable(self) -> None:
        """The trigger works."""
        self._link.ask(Packet(Opcode.SCAN_ENABLE))

    def disable(self) -> None:
        """The trigger does nothing until enable()."""
        self._link.ask(Packet(Opcode.SCAN_DISABLE))

    def beep(self, code: int = 0) -> None:
        """code: 0 to 26, from one short high tone on (SSI guide, table of beep codes); Rejected for another."""
        if not 0 <= code <= 26:
            raise Rejected(f"There is no beep {code}; they go from 0 to 26.", advice="Choose another number.")
        self._link.ask(Packet(Opcode.BEEP, data=bytes([code])))

    def set_parameter(self, number: int, value: int) -> None:
        """One byte, until the next power cycle. The numbers stand in the maker's guide; Rejected when refused."""
        if not (0 <= number <= 0xEF and 0 <= value <= 0xFF):
            raise Rejected("A parameter is 0 to 239 and its value 0 to 255.", advice="Look it up in the guide.")
        self._link.ask(ssi.parameter(number, value))

    def close(self) -> None:
        self._transport.close()

    def _ready(self) -> None:
        """Handshake and packets, without which codes arrive bare and unconfirmed."""
        if not self._set_up:
            self._link.wake()
            self._link.ask(ssi.parameter(ssi.ACK_NAK, 1))
            self._link.ask(ssi.parameter(ssi.PACKETED_DECODE, 1))
            self.enable()
            self._set_up = True

    def _reading(self, code_type: int, data: bytes) -> Reading | None:
        if data == ssi.NO_READ and code_type in (0, 1):
            return None
        scan = scan_of(data, self._types.get(code_type, ""), f"The scanner on {self._transport.url}")
        if self._repeats.again(scan, self._now()):
            return None
        return Seen(token_of(scan, self._profile["gs1"], self._transport.url))


def open_driver(transport: Transport, profile: Profile) -> SsiScanner:
    """For loyalty.devices.registry."""
    return SsiScanner(transport, profile)

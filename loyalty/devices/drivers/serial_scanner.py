"""Barcode scanner on a serial line, or on USB as a virtual COM port, in its plain data mode.

===================  =======  ======================================================
function             support  remarks
===================  =======  ======================================================
codes                yes      any symbology the scanner is set to; up to 256 characters
AIM identifier       yes      taken off; see SerialScanner.last for it
GS1                  yes      member numbers and coupons, where the identifier says GS1
asking its state     no       the line goes one way only
keyboard emulation   no       set the scanner to serial or USB-COM
===================  =======  ======================================================

Not for use from several threads at once.
"""

import time
from collections import deque
from collections.abc import Callable

from loyalty.devices.interfaces import Health, Reading, Seen, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.aim import symbology
from loyalty.devices.wire.scanned import Scan, token_of
from loyalty.devices.wire.serial_scanner import SUFFIXES, Code, Decoder, Manner, Unreadable
from loyalty.errors import ConfigError, Garbled

_SCAN_AGAIN = "Scan again; if it happens often, check the cable, the line settings and the scanner's prefix and suffix."


class SerialScanner:
    """loyalty.devices.interfaces.Scanner. Tokens are `barcode`, or what GS1 says they are.

    transport: open, at the profile's line settings. monotonic: seconds, for silences and repeats only.
    """

    def __init__(
        self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._manner = manner_of(profile)
        self._silence_s = profile["suffix_wait_s"] if self._manner.suffix else profile["gap_s"]
        self._heard: deque[Code | Unreadable] = deque()
        self._decoder = Decoder(self._manner)
        self._byte_at = self._seen_at = monotonic()
        self.last: Code | None = None
        """The code seen last, with its AIM identifier where the scanner sends one."""

    def poll(self, timeout_s: float) -> Reading | None:
        """The next code scanned (always Seen), or None after timeout_s.

        Garbled when characters came that are no code, LinkLost when the port broke. Calling again is all that is
        needed after Garbled. The same code again within the profile's repeat_ignore_s is the same scan.
        """
        deadline = self._now() + timeout_s
        while True:
            while self._heard:
                if reading := self._reading(self._heard.popleft()):
                    return reading
            left = max(0.0, deadline - self._now())
            if not self._listen(left) and not left:
                return None

    def status(self) -> UnitStatus:
        """READY once a code has come; UNKNOWN before, for this kind of scanner cannot be asked. LinkLost when cut."""
        self._listen(0.0)
        if self.last:
            return UnitStatus(Health.READY, detail="The scanner has sent codes since the port was opened.")
        return UnitStatus(
            Health.UNKNOWN, advice="Scan any code to test the scanner.",
            detail="A scanner on a serial line cannot be asked; no code has come yet.",
        )  # fmt: skip

    def close(self) -> None:
        self._transport.close()

    def _listen(self, at_most_s: float) -> bool:
        """Take in what the line brings; True when something came or a silence ended a code."""
        wait_s = at_most_s
        if self._decoder.waiting:
            wait_s = min(at_most_s, max(0.0, self._byte_at + self._silence_s - self._now()))
        data = self._transport.read(wait_s)
        if data:
            self._byte_at = self._now()
            self._heard.extend(self._decoder.feed(data))
        elif self._decoder.waiting and self._now() - self._byte_at >= self._silence_s:
            self._heard.extend(self._decoder.flush())
        else:
            return False
        return True

    def _reading(self, heard: Code | Unreadable) -> Reading | None:
        if isinstance(heard, Unreadable):
            raise Garbled(f"The scanner on {self._transport.url}: {heard.reason}", advice=_SCAN_AGAIN)
        repeated = heard == self.last and self._byte_at - self._seen_at < self._profile["repeat_ignore_s"]
        self.last, self._seen_at = heard, self._byte_at
        if repeated:
            return None
        scan = Scan(heard.data, symbology(heard.aim, self._profile["symbologies"]))
        return Seen(token_of(scan, self._profile["gs1"], self._transport.url))


def manner_of(profile: Profile) -> Manner:
    """How a scanner of this profile sends; ConfigError for a suffix or prefix that cannot be."""
    suffix, prefix = profile["suffix"], profile["prefix"]
    if suffix not in SUFFIXES:
        raise ConfigError(f"The suffix {suffix!r} of {profile.name} is none of {', '.join(SUFFIXES)}.")
    try:
        return Manner(SUFFIXES[suffix], bytes.fromhex(prefix), bool(profile["aim_id"]))
    except ValueError as error:
        raise ConfigError(f"The prefix {prefix!r} of {profile.name} is not hex, such as 02 for STX.") from error


def open_driver(transport: Transport, profile: Profile) -> SerialScanner:
    """For loyalty.devices.registry."""
    return SerialScanner(transport, profile)

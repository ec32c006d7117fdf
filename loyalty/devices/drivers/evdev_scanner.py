"""Scanners that type (keyboard emulation), read as Linux input events: the scanner alone, whatever window is in front.

==================  =======  ======================================================================
function            support  remarks
==================  =======  ======================================================================
codes               yes      layout US; Shift, Caps Lock, Ctrl+], Alt with digits; Enter or Tab ends
AIM identifier      yes      taken off, where the scanner sends one
GS1                 yes      member numbers and coupons, where the identifier says GS1
a person's keys     never    the port names one device; no other one is opened or grabbed
asking its state    no       a keyboard goes one way only
Windows, macOS      no       set the scanner to HID POS or serial there
==================  =======  ======================================================================

Not for use from several threads at once.
"""

import time
from collections import deque
from collections.abc import Callable

from loyalty.devices.interfaces import Health, Reading, Seen, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import aim
from loyalty.devices.wire import evdev as ev
from loyalty.devices.wire.scanned import MAX_CHARACTERS, Repeats, Scan, scan_of, token_of
from loyalty.errors import Garbled

_ENDS = {"ENTER": ev.ENTER, "TAB": ev.TAB}
_AGAIN = "Scan again; if it happens often, set the scanner to a US keyboard, or to HID POS."


class EvdevScanner:
    """loyalty.devices.interfaces.Scanner. Tokens are `barcode`, or what GS1 says they are.

    transport: gives input events (evdev:…, hid+unix://…). monotonic: seconds, for silences and repetitions only.
    """

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._decoder, self._keyboard = ev.Decoder(), ev.Keyboard()
        self._typed = bytearray()
        self._spoilt = False
        self._codes: deque[bytes | None] = deque()
        self._repeats = Repeats(profile["repeat_ignore_s"])
        self._key_at = monotonic()

    @property
    def last(self) -> Scan | None:
        """The code seen last, with its symbology where the scanner sends AIM identifiers."""
        return self._repeats.last

    def poll(self, timeout_s: float) -> Reading | None:
        """The next code (always Seen), or None. Garbled: call again; LinkLost when it was unplugged."""
        deadline = self._now() + timeout_s
        while True:
            while self._codes:
                if reading := self._reading(self._codes.popleft()):
                    return reading
            left = max(0.0, deadline - self._now())
            if not self._listen(left) and not left:
                return None

    def status(self) -> UnitStatus:
        """READY once a code has come; UNKNOWN before. LinkLost when it was unplugged."""
        self._listen(0.0)
        if self.last:
            return UnitStatus(Health.READY, detail="The scanner has sent codes since it was opened.")
        return UnitStatus(
            Health.UNKNOWN, advice="Scan any code to test the scanner.",
            detail="A scanner that types cannot be asked; no code has come yet.",
        )  # fmt: skip

    def close(self) -> None:
        self._transport.close()

    def _listen(self, at_most_s: float) -> bool:
        """Take in what was typed; True when something came or a silence ended a code."""
        gap_s, begun = self._profile["gap_s"], bool(self._typed) or self._spoilt
        wait_s = min(at_most_s, max(0.0, self._key_at + gap_s - self._now())) if begun else at_most_s
        data = self._transport.read(wait_s)
        if data:
            self._key_at = self._now()
            for event in self._decoder.feed(data):
                self._press(event)
        elif begun and self._now() - self._key_at >= gap_s:
            self._end()
        else:
            return False
        return True

    def _press(self, event: ev.Event) -> None:
        typed = self._keyboard.press(event)
        if isinstance(typed, ev.Lost):
            self._spoilt = True
        elif isinstance(typed, ev.Ended):
            if typed.key == _ENDS.get(self._profile["ends_with"], typed.key):
                self._end()
            else:
                self._type("\t" if typed.key == ev.TAB else "\r")
        elif typed:
            self._type(typed)

    def _type(self, character: str) -> None:
        if len(self._typed) <= MAX_CHARACTERS + aim.LENGTH:
            self._typed += character.encode("latin-1")

    def _end(self) -> None:
        if self._typed or self._spoilt:
            self._codes.append(None if self._spoilt else bytes(self._typed))
        self._typed.clear()
        self._spoilt = False

    def _reading(self, typed: bytes | None) -> Reading | None:
        if typed is None:
            raise Garbled(f"Keys of the scanner {self._transport.url} were lost.", advice=_AGAIN)
        identifier, text = aim.split(typed.decode("latin-1"))
        name = aim.symbology(identifier, self._profile["symbologies"])
        scan = scan_of(text.encode("latin-1"), name, f"The scanner {self._transport.url}")
        if self._repeats.again(scan, self._now()):
            return None
        return Seen(token_of(scan, self._profile["gs1"], self._transport.url))


def open_driver(transport: Transport, profile: Profile) -> EvdevScanner:
    """For loyalty.devices.registry."""
    return EvdevScanner(transport, profile)

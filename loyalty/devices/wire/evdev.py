"""Keys as Linux gives them to a program that reads an input device: events, and the characters that they type.

Sources: linux/input.h (struct input_event) and linux/input-event-codes.h; layout US. A scanner that emulates a keyboard
types the code and Enter or Tab; GS comes as Ctrl+], what the layout lacks as Alt with digits of the key pad.
"""

import struct
from dataclasses import dataclass

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value: as large as this machine's kernel makes it."""
SYN, KEY = 0, 1
DROPPED = 3
"""A SYN of this code: the kernel had to throw events away."""
UP, DOWN, REPEATED = 0, 1, 2
ENTER, KEYPAD_ENTER, TAB = 28, 96, 15
_SHIFTS, _CTRLS, _ALTS, _CAPS_LOCK = (42, 54), (29, 97), (56, 100), 58
_ROWS = (
    # first key code, plain, with shift
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
US: dict[int, tuple[str, str]] = {
    first + at: pair for first, plain, shifted in _ROWS for at, pair in enumerate(zip(plain, shifted, strict=True))
}
KEYPAD = {71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1", 80: "2", 81: "3", 82: "0",
          83: ".", 55: "*", 98: "/"}  # fmt: skip
_LARGEST_ALT_CODE = 255


@dataclass(frozen=True)
class Event:
    """type: SYN, KEY or another; value: UP, DOWN or REPEATED for a key."""

    type: int
    code: int
    value: int


@dataclass(frozen=True)
class Lost:
    """Keys are missing here: the kernel dropped some."""


@dataclass(frozen=True)
class Ended:
    """Enter or Tab."""

    key: int


Typed = str | Ended | Lost
SYNCED = Event(SYN, 0, 0)


def encode(event: Event, at_s: float = 0.0) -> bytes:
    return EVENT.pack(int(at_s), int(at_s % 1 * 1_000_000), event.type, event.code, event.value)


class Decoder:
    """Bytes in any pieces in, whole events out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Event]:
        self._buffer += data
        whole = len(self._buffer) // EVENT.size * EVENT.size
        rows = list(EVENT.iter_unpack(bytes(self._buffer[:whole])))
        del self._buffer[:whole]
        return [Event(*row[2:]) for row in rows]


class Keyboard:
    """Which keys are held, and what a key types meanwhile. Keys that type nothing are passed over."""

    def __init__(self) -> None:
        self._held: set[int] = set()
        self._caps, self._alt_digits = False, ""

    def press(self, event: Event) -> Typed | None:
        """What this event types: a character, an end, or nothing."""
        if event.type == SYN and event.code == DROPPED:
            self._held.clear()
            self._alt_digits = ""
            return Lost()
        if event.type != KEY:
            return None
        if event.value == UP:
            self._held.discard(event.code)
            return self._alt_character() if event.code in _ALTS else None
        if event.code in (*_SHIFTS, *_CTRLS, *_ALTS):
            self._held.add(event.code)
            return None
        if event.code == _CAPS_LOCK:
            self._caps ^= event.value == DOWN
            return None
        return self._typed(event.code)

    def _typed(self, code: int) -> Typed | None:
        if code in (ENTER, KEYPAD_ENTER, TAB):
            return Ended(TAB if code == TAB else ENTER)
        if self._any(_ALTS):
            digit = KEYPAD.get(code, "")
            self._alt_digits = (self._alt_digits + digit)[-4:] if digit.isdigit() else self._alt_digits
            return None
        if code in KEYPAD:
            return KEYPAD[code]
        if code not in US:
            return None
        plain, shifted = US[code]
        if self._any(_CTRLS):
            return chr(ord(shifted if plain.isalpha() else plain) & 0x1F) if "@" <= shifted.upper() <= "~" else None
        return shifted if self._any(_SHIFTS) != (self._caps and plain.isalpha()) else plain

    def _alt_character(self) -> str | None:
        digits, self._alt_digits = self._alt_digits, ""
        number = int(digits or 0)
        return bytes([number]).decode("latin-1") if 0 < number <= _LARGEST_ALT_CODE else None

    def _any(self, keys: tuple[int, int]) -> bool:
        return bool(self._held.intersection(keys))


def keys_for(text: str) -> list[Event]:
    """The events with which a scanner types `text` (latin-1). ValueError for what it cannot type."""
    events: list[Event] = []
    for character in text:
        events += _keys_of(character)
    return events


def stroke(code: int) -> list[Event]:
    return [Event(KEY, code, DOWN), SYNCED, Event(KEY, code, UP), SYNCED]


def _keys_of(character: str) -> list[Event]:
    for code, (plain, shifted) in US.items():
        if character == plain:
            return stroke(code)
        if character == shifted:
            return _with(_SHIFTS[0], stroke(code))
    if character == "\x1d":
        return _with(_CTRLS[0], stroke(27))
    if ord(character) > _LARGEST_ALT_CODE:
        raise ValueError(f"A keyboard scanner cannot type {character!r}.")
    codes = {digit: code for code, digit in KEYPAD.items()}
    return _with(_ALTS[0], [key for digit in f"{ord(character):04d}" for key in stroke(codes[digit])])


def _with(modifier: int, keys: list[Event]) -> list[Event]:
    return [Event(KEY, modifier, DOWN), SYNCED, *keys, Event(KEY, modifier, UP), SYNCED]

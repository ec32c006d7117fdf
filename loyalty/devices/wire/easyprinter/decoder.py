"""Bytes from the host -> messages, in any pieces, whatever arrives.

The language has neither frames nor checks: what a lost byte does to a real unit is not known. Here a number that is
none ends its command, so that the next ESC is heard again; a column or a display text of binary bytes runs to its
length, whatever is in it.
"""

from collections.abc import Callable, Iterator

from loyalty.devices.wire.easyprinter.messages import (
    DISPLAY_COLUMNS,
    DISPLAY_LINES,
    ESC,
    MAX_TEXT,
    START,
    Across,
    Along,
    Column,
    DisplayText,
    DoubleHeight,
    DoubleWidth,
    EraseArea,
    Message,
    Move,
    Plain,
    PrintWindow,
    Text,
    Unknown,
)

_ALONE = {START: Plain.START, Plain.STATE.value[0]: Plain.STATE}
_PLAIN = {kind.value: kind for kind in Plain}
_DIGITS: dict[bytes, tuple[int, ...]] = {
    b"\x1b%d": (4, 4), b"\x1bL1": (2, 4, 2, 4), b"\x1b%x": (2,), b"\x1b%y": (4,), b"\x1bb": (1,), b"\x1bw": (1,),
}  # fmt: skip
"""Commands followed by decimal numbers, with the length of each."""
_FORMS: dict[bytes, Callable[..., Message]] = {
    b"\x1b%d": PrintWindow, b"\x1bL1": EraseArea, b"\x1b%x": Across, b"\x1b%y": Along,
    b"\x1bb": lambda on: DoubleWidth(on == 1), b"\x1bw": lambda on: DoubleHeight(on == 1),
}  # fmt: skip
_BINARY = {b"\x1bj": 2, b"\x1bk": 2, b"\x1b$D1": DISPLAY_LINES * DISPLAY_COLUMNS}
"""Commands followed by so many bytes of any kind."""
_COLUMN = b"\x1bQ"
_NAMES = {*_PLAIN, *_DIGITS, *_BINARY, _COLUMN}
_BEGINNINGS = {name[:size] for name in _NAMES for size in range(1, len(name))}


class Decoder:
    """Keeps at most one command or one text."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As after power-on: nothing is half heard."""
        self._text, self._command = bytearray(), bytearray()
        self._name = b""
        self._wanted = 0
        """Bytes still to come behind the name; -1 when the next one says how many."""

    @property
    def idle(self) -> bool:
        """No command is half heard."""
        return not self._command

    def feed(self, data: bytes) -> list[Message]:
        return [message for byte in data for message in self._heard(byte)]

    def _heard(self, byte: int) -> Iterator[Message]:
        if self._name:
            yield from self._parameter(byte)
        elif self._command:
            yield from self._letter(byte)
        elif byte == ESC or byte in _ALONE:
            yield from self._text_ends()
            if byte == ESC:
                self._command.append(byte)
            else:
                yield _ALONE[byte]
        else:
            self._text.append(byte)
            if len(self._text) >= MAX_TEXT:
                yield from self._text_ends()

    def _letter(self, byte: int) -> Iterator[Message]:
        self._command.append(byte)
        name = bytes(self._command)
        if name in _PLAIN:
            self._command.clear()
            yield _PLAIN[name]
        elif name in _NAMES:
            self._name, self._wanted = name, _BINARY.get(name, sum(_DIGITS.get(name, ())) or -1)
        elif name not in _BEGINNINGS:
            yield from self._breaks_off(byte)

    def _parameter(self, byte: int) -> Iterator[Message]:
        self._command.append(byte)
        if self._name in _DIGITS and not 0x30 <= byte <= 0x39:
            yield from self._breaks_off(byte)
            return
        self._wanted = byte if self._wanted < 0 else self._wanted - 1
        if self._wanted == 0:
            message = self._message(bytes(self._command[len(self._name) :]))
            self._command.clear()
            self._name = b""
            yield message

    def _breaks_off(self, byte: int) -> Iterator[Message]:
        """What was heard is no command; its last byte may begin the next one."""
        begins = byte == ESC or byte in _ALONE
        data = bytes(self._command[:-1] if begins else self._command)
        self._command.clear()
        self._name = b""
        yield Unknown(data)
        if begins:
            yield from self._heard(byte)

    def _message(self, given: bytes) -> Message:
        if self._name == _COLUMN:
            return Column(given[1:]) if given[1:] else Unknown(_COLUMN + given)
        if self._name in _DIGITS:
            return _FORMS[self._name](*self._numbers(given))
        if self._name == b"\x1b$D1":
            try:
                text = given.decode("ascii")
            except UnicodeDecodeError:
                return Unknown(self._name + given)
            if not text.isprintable():
                return Unknown(self._name + given)
            size = DISPLAY_COLUMNS
            return DisplayText(tuple(text[at : at + size].rstrip() for at in range(0, len(text), size)))
        return Move(int.from_bytes(given), self._name == b"\x1bk")

    def _numbers(self, given: bytes) -> Iterator[int]:
        for size in _DIGITS[self._name]:
            yield int(given[:size])
            given = given[size:]

    def _text_ends(self) -> Iterator[Message]:
        if self._text:
            text = self._text.decode("latin-1")
            self._text.clear()
            yield Text(text)

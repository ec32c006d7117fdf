"""The printer's side: bytes in any pieces in, whole messages out."""

from collections.abc import Mapping

from loyalty.devices.wire.escpos.messages import Command, Message, Printable, RealTime, Unknown
from loyalty.devices.wire.escpos.tables import DLE, DO_NOW, ESCPOS, REAL_TIME, Layout, Rest

LONGEST = 512 * 1024
"""Bytes of one command. A raster of 576 dots and 7,000 rows fits; a damaged length of four bytes does not."""
LONGEST_LIST = 8192
"""Bytes of a command that goes on until a sign ends it, such as bars in form A."""


class Decoder:
    """Keeps what has not ended yet. `pending` tells how many bytes that is.

    A command longer than LONGEST is taken for damage: its code is Unknown, and what follows is heard as it comes.
    """

    def __init__(self, language: Mapping[bytes, Layout] = ESCPOS) -> None:
        self._language = language
        self._leads = {code[0] for code in language if len(code) > 1}
        self._buffer = bytearray()
        self._wanted = 0
        """Bytes of the buffer below which nothing can have ended: a picture is looked at once and not at each piece."""

    @property
    def pending(self) -> int:
        return len(self._buffer)

    def clear(self) -> None:
        """Forget what has not ended: the printer's power went or its buffer was cleared."""
        self._buffer.clear()
        self._wanted = 0

    def feed(self, data: bytes) -> list[Message]:
        """The messages that `data` completes."""
        self._buffer += data
        if len(self._buffer) < self._wanted:
            return []
        self._wanted = 0
        found, at = [], 0
        view = bytes(self._buffer)
        while at < len(view):
            message, size = self._next(view, at)
            if message is None:
                self._wanted = size
                break
            found.append(message)
            at += size
        del self._buffer[:at]
        return found

    def _next(self, view: bytes, at: int) -> tuple[Message | None, int]:
        """The message at `at` and its length; None and what is needed (0: one byte more) while it is not whole."""
        first = view[at]
        if first >= 0x20:
            end = at
            while end < len(view) and view[end] >= 0x20:
                end += 1
            return Printable(view[at:end]), end - at
        if first == DLE[0]:
            return real_time(view, at)
        if first not in self._leads:
            layout = self._language.get(view[at : at + 1])
            return self._command(layout, view, at, 1) if layout else (Unknown(view[at : at + 1]), 1)
        return self._led(view, at)

    def _led(self, view: bytes, at: int) -> tuple[Message | None, int]:
        """A command that starts with ESC, FS, GS or the like; the longest code that fits wins."""
        longest = max(len(code) for code in self._language if code[0] == view[at])
        for length in range(min(longest, len(view) - at), 1, -1):
            if layout := self._language.get(view[at : at + length]):
                return self._command(layout, view, at, length)
        if len(view) - at < 2 or self._unfinished(view[at : at + longest]):
            return None, 0
        return Unknown(view[at : at + 2]), 2

    def _unfinished(self, head: bytes) -> bool:
        return any(len(code) > len(head) and code.startswith(head) for code in self._language)

    @staticmethod
    def _command(layout: Layout, view: bytes, at: int, code: int) -> tuple[Message | None, int]:
        start = at + code
        fixed = view[start : start + layout.fixed]
        if len(fixed) < layout.fixed:
            return None, 0
        start += layout.fixed
        size = _length(layout.rest, fixed, view, start) if layout.rest else 0
        if size is None:
            return None, 0
        if size > LONGEST:
            return Unknown(view[at : at + code]), code
        if start + size > len(view):
            return None, start + size - at
        return Command(layout.name, fixed, view[start : start + size]), start + size - at


def _length(rest: Rest, fixed: bytes, view: bytes, start: int) -> int | None:
    """As Rest says it, from no more of the data than it needs; over LONGEST for a list that does not end."""
    looked_at, size = LONGEST_LIST, None
    while True:
        data = view[start : start + looked_at]
        before, size = size, rest(fixed, data)
        if size is None:
            return LONGEST + 1 if len(data) >= LONGEST_LIST else None
        if size == before or size <= len(data) or len(data) < looked_at or size > LONGEST:
            return size
        looked_at = size


def real_time(view: bytes, at: int = 0) -> tuple[Message | None, int]:
    """The real-time command at `at` and its length; (None, 0) while it is not whole, Unknown when it is none."""
    if len(view) - at < 2:
        return None, 0
    name = REAL_TIME.get(view[at : at + 2])
    if name is None:
        return Unknown(view[at : at + 1]), 1
    if len(view) - at < 3:
        return None, 0
    size = 3 + (DO_NOW.get(view[at + 2], 0) if name == "do now" else 0)
    if len(view) - at < size:
        return None, 0
    return RealTime(name, view[at + 2 : at + size]), size


class RealTimeEar:
    """Hears real-time commands wherever they stand, inside a picture's bytes too: so do printers, and a picture that
    happens to contain one opens the drawer. Encoders must keep them out; see encode.harmless."""

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, data: bytes) -> list[tuple[int, RealTime]]:
        """The commands that `data` completes, each with the place in `data` where it ends."""
        view, found, at = self._tail + data, [], 0
        before = len(self._tail)
        while (at := view.find(DLE, at)) >= 0:
            message, size = real_time(view, at)
            if message is None:
                break
            if isinstance(message, RealTime):
                found.append((at + size - before, message))
            at += size
        self._tail = view[at:] if at >= 0 else b""
        return found

"""Tracks as text on a line. One way only; a swipe ends when the line falls silent.

ID TECH form: `%…?` CR `;…?` CR `;…?` CR. UIC form: STX, the track, its LRC where the reader is set to send it, and DLE
or ETX. Source: MiniMag RS-232 User's Manual, page 14 (Output Format Selection), and for the keyboard's the same lines
ended by Enter: MiniMag manual, Appendix A. How an unreadable track shows (`%E?`) is what MagTek's keyboard readers do;
of ID TECH's it is not known.
"""

from dataclasses import dataclass, field

from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire.magstripe.swipe import Swipe, bare

FORMS = ("idtech", "uic")
STX, ETX, CR, DLE = 0x02, 0x03, 0x0D, 0x10
LONGEST = 512
"""Of one swipe: three full tracks and what stands between them."""
_UNREADABLE = "E"
_STARTS = {"%": (1, 3), ";": (2, 3), "@": (2,), "+": (3,), "#": (3,), "!": (3,), "&": (3,)}
"""Which tracks a sentinel may begin; the first of them that has not come yet."""


@dataclass(frozen=True)
class Manner:
    """How a reader is set up. lrc: in the UIC form each track's check character follows its end sentinel."""

    form: str = "idtech"
    lrc: bool = False


@dataclass
class Passed:
    """What one swipe brought so far. `reason` says why it cannot be used, and never holds what was on the card."""

    tracks: dict[int, str] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)
    reason: str = ""

    def swipe(self) -> Swipe:
        return Swipe(dict(self.tracks), tuple(self.damaged))


def encode(swipe: Swipe, manner: Manner) -> bytes:
    """What the reader sends for a swipe."""
    out = bytearray()
    for track in sorted({*swipe.tracks, *swipe.damaged}):
        form = ms.ISO[track]
        text = _UNREADABLE if track in swipe.damaged else swipe.tracks[track]
        line = chr(form.start + form.base) + text + "?"
        if manner.form == "uic":
            ending = bytes([ETX if track == 3 else DLE])
            out += bytes([STX]) + line.encode("ascii") + (_lrc(track, line) if manner.lrc else b"") + ending
        else:
            out += line.encode("ascii") + bytes([CR])
    return bytes(out)


class Decoder:
    """Bytes in any pieces in; only the receiver knows the time, and calls finish() after a silence."""

    def __init__(self, manner: Manner) -> None:
        self._manner, self._buffer = manner, bytearray()

    @property
    def waiting(self) -> bool:
        """True while a swipe lies here whose end has not come."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> None:
        """More than a swipe can be is kept as one byte too many, however much comes."""
        self._buffer += data[: LONGEST + 1 - len(self._buffer)]

    def finish(self) -> Passed:
        """The line has been silent: what came is one swipe."""
        data, self._buffer = bytes(self._buffer), bytearray()
        passed = Passed()
        if len(data) > LONGEST:
            passed.reason = "More came than a card holds."
            return passed
        lines = self._framed(data) if self._manner.form == "uic" else self._ended(data)
        if lines is None:
            passed.reason = "It began or ended in the middle of a track."
            return passed
        for line, tracks in lines:
            self._take(line, tracks, passed)
        return passed

    def _ended(self, data: bytes) -> list[tuple[bytes, tuple[int, ...]]] | None:
        """Lines, with the tracks that each may be; None when the last has no end."""
        lines = data.split(bytes([CR]))
        return [(line, (1, 2, 3)) for line in lines[:-1]] if not lines[-1].strip(b"\n") else None

    def _framed(self, data: bytes) -> list[tuple[bytes, tuple[int, ...]]] | None:
        """The same; track 3 ends with ETX, the others with DLE."""
        lines: list[tuple[bytes, tuple[int, ...]]] = []
        start = 0
        for at, byte in enumerate(data):
            if byte in (DLE, ETX):
                if data[start] != STX:
                    return None
                lines.append((data[start + 1 : at], (3,) if byte == ETX else (1, 2)))
                start = at + 1
        return lines if start == len(data) else None

    def _take(self, line: bytes, tracks: tuple[int, ...], passed: Passed) -> None:
        text = line.decode("latin-1").strip("\n")
        open_tracks = [n for n in tracks if n not in passed.tracks and n not in passed.damaged]
        track = next((n for n in _STARTS.get(text[:1], ()) if n in open_tracks), None)
        if track is None:
            passed.reason = passed.reason or "Characters came that begin no track."
        elif not self._sound(track, text):
            passed.damaged.append(track)
        else:
            passed.tracks[track] = bare(text[:-1] if self._manner.lrc else text)

    def _sound(self, track: int, text: str) -> bool:
        if self._manner.form == "uic" and self._manner.lrc:
            text, check = text[:-1], text[-1:]
            if not text.endswith("?") or _lrc(track, text) != check.encode("latin-1"):
                return False
        inside = bare(text)
        form = ms.ISO[1] if text[:1] == "%" else ms.ISO[track]  # track 3 of AAMVA has the alphabet of track 1
        return len(text) > 2 and text.endswith("?") and inside != _UNREADABLE and form.fault_of(inside) is None


def _lrc(track: int, line: str) -> bytes:
    """The check character as text: exclusive or over the codes from start to end sentinel."""
    base, value = ms.ISO[track].base, 0
    for sign in line:
        value ^= ord(sign) - base
    return bytes([(value & 0x3F if base == 0x20 else value & 0x0F) + base])

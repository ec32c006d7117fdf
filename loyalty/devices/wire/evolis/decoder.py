"""Bytes from the host -> messages, in any pieces, whatever arrives.

Planes are binary and may hold any byte, so their length comes from the geometry (Db, Dbx) or from the command (Dbc).
A start character within a command means that the rest of the first one got lost. After the end of a command the next
one may begin without its start character (guide A5013, page 4).
"""

from collections.abc import Iterator

from loyalty.devices.wire.evolis.messages import (
    PROBE,
    Broken,
    Command,
    CompressedPlane,
    Framing,
    Geometry,
    Message,
    Nul,
    Plane,
    Probe,
    Tag,
)

MAX_COMMAND, MAX_TAG = 512, 80
"""Longer ones are taken for noise. Track data, the longest parameter, has 107 characters."""
BITS = {2: 1, 32: 5, 64: 6, 128: 7}
"""Levels of a plane -> bits to the dot (guide A5013, page 14)."""
_BINARY = {"Db": 3, "Dbx": 5, "Dbc": 5}
"""Commands with binary data -> separators before it."""
_MAX_STEPS = 4
"""Dbx: 1200 dpi is four times the 300 of a plain plane."""


class Decoder:
    """Keeps at most one plane or command."""

    def __init__(self, geometry: Geometry | None = None) -> None:
        self.geometry = geometry or Geometry()
        self.reset()

    def reset(self) -> None:
        """As after power-on: framing, and nothing half heard."""
        self.framing = Framing()
        self.noise = 0
        """Bytes that belonged to nothing."""
        self._kind = ""
        """What is being heard: "" nothing, "command", "tag", "probe", "plane"."""
        self._heard = bytearray()
        self._fields: list[str] = []
        self._wanted = 0
        self._after_end = False

    @property
    def idle(self) -> bool:
        """Nothing is half heard."""
        return not self._kind

    def feed(self, data: bytes) -> list[Message]:
        return list(self._messages(data))

    def _messages(self, data: bytes) -> Iterator[Message]:
        at = 0
        while at < len(data):
            if self._kind == "plane" and len(self._heard) < self._wanted:
                piece = data[at : at + self._wanted - len(self._heard)]
                self._heard += piece
                at += len(piece)
                continue
            byte = data[at]
            at += 1
            if self._kind == "plane":
                yield from self._plane_ends(byte)
            elif self._kind:
                yield from getattr(self, f"_in_{self._kind}")(byte)
            else:
                yield from self._idle(byte)

    def _idle(self, byte: int) -> Iterator[Message]:
        after_end, self._after_end = self._after_end, False
        if byte == self.framing.start:
            self._begin("command")
        elif byte == 0:
            self._after_end = after_end
            yield Nul()
        elif byte == 0x3C:
            self._begin("tag")
        elif byte == PROBE[0]:
            self._begin("probe", byte)
        elif after_end and chr(byte).isascii() and chr(byte).isalpha():
            self._begin("command", byte)
        else:
            self.noise += 1

    def _begin(self, kind: str, first: int | None = None) -> None:
        self._kind = kind
        self._heard = bytearray() if first is None else bytearray([first])

    def _in_command(self, byte: int) -> Iterator[Message]:
        if byte == self.framing.end:
            yield self._command()
        elif byte == self.framing.start:
            yield self._broken()
            self._begin("command")
        elif byte == 0:
            yield self._broken()
            yield Nul()
        elif len(self._heard) >= MAX_COMMAND:
            yield self._broken()
        else:
            self._heard.append(byte)
            if byte == self.framing.separator:
                self._perhaps_plane()

    def _command(self) -> Message:
        name, *params = self._split()
        self._kind, self._after_end = "", True
        command = Command(name, tuple(params))
        self.framing = self.framing.after(command)
        return command

    def _split(self) -> list[str]:
        separator = bytes([self.framing.separator])
        return [part.decode("latin-1") for part in bytes(self._heard).split(separator)]

    def _broken(self) -> Message:
        text = bytes(self._heard).decode("latin-1")
        self._kind = ""
        return Broken(text)

    def _perhaps_plane(self) -> None:
        *fields, _ = self._split()
        if len(fields) != _BINARY.get(fields[0]):
            return
        wanted = self._plane_bytes(fields)
        if wanted:
            self._begin("plane")
            self._fields, self._wanted = fields, wanted

    def _plane_bytes(self, fields: list[str]) -> int:
        """How many bytes of data follow; 0 when the numbers make no sense and the command is heard to its end."""
        numbers = [int(text) if text.isdecimal() and len(text) <= 6 else -1 for text in fields[2:]]
        bits = BITS.get(numbers[0], 0)
        if fields[0] == "Db":
            return bits * self.geometry.plane_bytes
        if fields[0] == "Dbx":
            along, across = numbers[1:]
            steps = along // 300 if along > 0 and along % 300 == 0 and across == 300 else 0
            return bits * self.geometry.plane_bytes * steps if steps <= _MAX_STEPS else 0
        most = self.geometry.width * (self.geometry.line_bytes + 1)
        return numbers[2] if bits and 0 <= numbers[1] < self.geometry.width and 0 < numbers[2] <= most else 0

    def _plane_ends(self, byte: int) -> Iterator[Message]:
        fields, data = self._fields, bytes(self._heard)
        self._kind, self._heard = "", bytearray()
        if byte != self.framing.end:
            yield Broken(";".join(fields))
            yield from self._idle(byte)
            return
        self._after_end = True
        if fields[0] == "Dbc":
            yield CompressedPlane(fields[1], int(fields[2]), int(fields[3]), data)
        else:
            dpi = (int(fields[3]), int(fields[4])) if fields[0] == "Dbx" else None
            yield Plane(fields[1], int(fields[2]), data, dpi)

    def _in_tag(self, byte: int) -> Iterator[Message]:
        if byte == 0x3E:
            self._kind = ""
            yield Tag(self._heard.decode("ascii"))
        elif not 0x20 <= byte < 0x7F or byte == 0x3C or len(self._heard) >= MAX_TAG:
            self.noise += len(self._heard) + 1
            self._kind = ""
            yield from self._idle(byte)
        else:
            self._heard.append(byte)

    def _in_probe(self, byte: int) -> Iterator[Message]:
        if byte != PROBE[len(self._heard)]:
            self.noise += len(self._heard)
            self._kind = ""
            yield from self._idle(byte)
            return
        self._heard.append(byte)
        if len(self._heard) == len(PROBE):
            self._kind = ""
            yield Probe()

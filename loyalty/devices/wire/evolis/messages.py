"""What a host says to an Evolis printer.

Evolis Card Printers Programming Guide A5013 Rev. E (2004): a command is a start character, its name, parameters after
separators, an end character; ESC ; CR unless Psc changes them. Print streams of the vendor's library 9.4.1 add plain
tags between the commands, and a NUL behind each request.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Framing:
    """The three characters that frame a command. Psc;start;sep;end changes them, a bare Psc restores them (page 19)."""

    start: int = 0x1B
    separator: int = 0x3B
    end: int = 0x0D

    def after(self, command: "Command") -> "Framing":
        """The framing that holds once `command` was obeyed; numbers that cannot work change nothing."""
        if command.name != "Psc":
            return self
        if not command.params:
            return Framing()
        numbers = [int(text) for text in command.params if text.isdecimal() and len(text) <= 3]
        if len(numbers) != 3 or len(set(numbers)) != 3 or not all(0 < number < 256 for number in numbers):
            return self
        return Framing(*numbers)


@dataclass(frozen=True)
class Geometry:
    """What a plane measures. `width` lines of `height` dots travel: the card goes through the printer lengthwise."""

    width: int = 1016
    height: int = 648
    given_bytes: int = 0
    """Bytes of a plane with one bit to the dot, where they are not lines times bytes: the guide of 2004 says 84,624."""

    @property
    def line_bytes(self) -> int:
        return (self.height + 7) // 8

    @property
    def plane_bytes(self) -> int:
        return self.given_bytes or self.width * self.line_bytes


@dataclass(frozen=True)
class Command:
    """`Rfv`, `Pem;2`, `Dm;2;0412` …: a name and parameters, without binary data."""

    name: str
    params: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Command":
        """From the way manuals write it, parts separated by semicolons."""
        name, *params = text.split(";")
        return cls(name, tuple(params))

    def __str__(self) -> str:
        return ";".join((self.name, *self.params))


@dataclass(frozen=True)
class Plane:
    """Db: all dots of one panel: k writes, o erases (rewritable) or varnishes (ribbon). `levels` 2 is a bit to the dot.

    Dbx: the same at another resolution, `dpi` along and across the card.
    """

    panel: str
    levels: int
    dots: bytes = field(repr=False)
    dpi: tuple[int, int] | None = None


@dataclass(frozen=True)
class CompressedPlane:
    """Dbc: black and white lines from `first_line` on, see raster.expanded()."""

    panel: str
    levels: int
    first_line: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Tag:
    """`<HEADER>`, `</CARD>` …: marks for people and spoolers in a print stream; the printer does nothing with them."""

    text: str


@dataclass(frozen=True)
class Nul:
    """Ends a request on TCP and pads print streams."""


@dataclass(frozen=True)
class Probe:
    """1C 6E 00 00 00 00: the vendor's library asks whether this is an Avansia; others close without a word."""


@dataclass(frozen=True)
class Broken:
    """The beginning of a command whose rest got lost, or a plane that does not end where it should."""

    text: str


Message = Command | Plane | CompressedPlane | Tag | Nul | Probe | Broken

PROBE = bytes.fromhex("1C6E00000000")
_PLAIN = Framing()


def encode(message: Message, framing: Framing = _PLAIN) -> bytes:
    """The bytes of a message under this framing; ValueError for a command that the framing cannot carry."""
    match message:
        case Command(name, params):
            return _framed(framing, (name, *params))
        case Plane(panel, levels, dots, None):
            return _framed(framing, ("Db", panel, str(levels)), dots)
        case Plane(panel, levels, dots, (along, across)):
            return _framed(framing, ("Dbx", panel, str(levels), str(along), str(across)), dots)
        case CompressedPlane(panel, levels, first, data):
            return _framed(framing, ("Dbc", panel, str(levels), str(first), str(len(data))), data)
        case Tag(text):
            return f"<{text}>".encode("ascii")
        case Nul():
            return b"\0"
        case Probe():
            return PROBE
        case Broken(text):
            return bytes([framing.start]) + text.encode("latin-1")
    raise TypeError(f"{message!r} is no message to an Evolis printer")


def _framed(framing: Framing, parts: tuple[str, ...], data: bytes | None = None) -> bytes:
    fields = [part.encode("latin-1") for part in parts]
    reserved = {framing.start, framing.separator, framing.end, 0}
    if any(reserved & set(part) for part in fields):
        raise ValueError(f"{parts} holds a character that frames commands")
    body = bytes([framing.separator]).join(fields)
    if data is not None:
        body += bytes([framing.separator]) + data
    return bytes([framing.start]) + body + bytes([framing.end])

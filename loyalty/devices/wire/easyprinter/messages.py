"""What a host says to an EasyPrinter S3.

ANA-U, EasyPrinter S3 Programmer's Manual 1.3 (19 April 2012), page 6; the other commands as a free client for it sends
them (Portalum.TrwPrinter 2022, PrinterClient.cs and the elements under Models). All numbers are decimal digits, but for
the two binary bytes of Move and the length of a Column.
"""

from dataclasses import dataclass, field
from enum import Enum

ESC, START = 0x1B, 0x0C
DISPLAY_LINES, DISPLAY_COLUMNS = 4, 20
MAX_COLUMN, MAX_TEXT = 255, 512
"""Bytes of a column; bytes of a text, of which a longer one is taken in pieces."""


class Plain(Enum):
    """Commands without parameters; the value is all that travels."""

    STATE = b"\x1a"
    FIRMWARE = b"\x1ba"
    SERIAL_NUMBER = b"\x1b%oS"
    REBOOT = b"\x1b$R"
    FEED_FRONT = b"\x1b1"
    FEED_HOPPER = b"\x1bc"
    ABORT_FEED = b"\x1b2"
    EJECT = b"\x1b3"
    CARD_UID = b"\x1b\xa7"
    CARD_DIRECTION = b"\x1b#"
    TOGGLE_CARD = b"\x1bB"
    MIFARE_UID = b"\x1b$$U"
    DISPLAY_DEFAULT = b"\x1b$D0"
    TURN_FACE = b"\x1bU"
    """The whole face by 180 degrees; the free client begins every document with it."""
    TEXT_ALONG = b"\x1bN"
    TEXT_ACROSS = b"\x1bO"
    TEXT_SMALL = b"\x1bC"
    TEXT_MEDIUM = b"\x1bD"
    TEXT_LARGE = b"\x1bE"
    START = b"\x0c"
    """Erase, then print what was received; without a card what was received is thrown away (manual page 6)."""


@dataclass(frozen=True)
class Move:
    """A card inside by so many microsteps; `back` in the other direction."""

    steps: int
    back: bool = False


@dataclass(frozen=True)
class DisplayText:
    """Up to four lines of 20 characters."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class PrintWindow:
    """Nothing is printed outside these positions along the card, 0 to 9999."""

    start: int
    end: int


@dataclass(frozen=True)
class EraseArea:
    """What is erased before printing: across the card in units of 8 dots (0 to 99), along it in dots (0 to 9999)."""

    across: int
    along: int
    across_end: int
    along_end: int


@dataclass(frozen=True)
class DoubleWidth:
    on: bool


@dataclass(frozen=True)
class DoubleHeight:
    on: bool


@dataclass(frozen=True)
class Across:
    """Where the next element begins across the card, in units of 8 dots."""

    units: int


@dataclass(frozen=True)
class Along:
    """Where the next element begins along the card, in dots."""

    dots: int


@dataclass(frozen=True)
class Text:
    """ISO 8859-1 without an end of its own; the next command ends it."""

    text: str


@dataclass(frozen=True)
class Column:
    """One column of dots: a byte for 8 dots across the card, the high bit first; the next one lies beside it."""

    dots: bytes = field(repr=False)


@dataclass(frozen=True)
class Unknown:
    """Bytes after an ESC that are no command that we know."""

    data: bytes


Message = (
    Plain | Move | DisplayText | PrintWindow | EraseArea | DoubleWidth | DoubleHeight | Across | Along | Text | Column
    | Unknown
)  # fmt: skip


def encode(message: Message) -> bytes:
    """The bytes of a message; ValueError for numbers or texts that the language cannot carry."""
    match message:
        case Plain():
            return message.value
        case Move(steps, back):
            _check(0 <= steps <= 0xFFFF, f"{steps} microsteps")
            return (b"\x1bk" if back else b"\x1bj") + steps.to_bytes(2)
        case DisplayText(lines):
            return b"\x1b$D1" + _display(lines)
        case PrintWindow(start, end):
            return b"\x1b%d" + _digits(start, 4) + _digits(end, 4)
        case EraseArea(across, along, across_end, along_end):
            numbers = ((across, 2), (along, 4), (across_end, 2), (along_end, 4))
            return b"\x1bL1" + b"".join(_digits(number, size) for number, size in numbers)
        case DoubleWidth(on) | DoubleHeight(on):
            return (b"\x1bb" if isinstance(message, DoubleWidth) else b"\x1bw") + (b"1" if on else b"0")
        case Across(units):
            return b"\x1b%x" + _digits(units, 2)
        case Along(dots):
            return b"\x1b%y" + _digits(dots, 4)
        case Text(text):
            return _latin(text)
        case Column(dots):
            _check(0 < len(dots) <= MAX_COLUMN, f"a column of {len(dots)} bytes")
            return b"\x1bQ" + bytes([len(dots)]) + dots
        case Unknown(data):
            return data
    raise TypeError(f"{message!r} is no message to an EasyPrinter")


def _display(lines: tuple[str, ...]) -> bytes:
    _check(len(lines) <= DISPLAY_LINES, f"{len(lines)} lines")
    padded = [line.ljust(DISPLAY_COLUMNS) for line in (*lines, *[""] * (DISPLAY_LINES - len(lines)))]
    _check(all(len(line) == DISPLAY_COLUMNS and line.isascii() and line.isprintable() for line in padded), str(lines))
    return "".join(padded).encode("ascii")


def _latin(text: str) -> bytes:
    """Control characters would end the text or be taken for commands."""
    data = text.encode("latin-1", "replace")
    _check(0 < len(data) <= MAX_TEXT and min(data) >= 0x20 and data.decode("latin-1") == text, f"the text {text!r}")
    return data


def _digits(number: int, size: int) -> bytes:
    _check(0 <= number < 10**size, f"the number {number} in {size} digits")
    return b"%0*d" % (size, number)


def _check(fits: bool, what: str) -> None:
    if not fits:
        raise ValueError(f"An EasyPrinter cannot take {what}.")

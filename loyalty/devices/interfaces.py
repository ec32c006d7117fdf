"""What a device can do, by role, and what every driver is given. Protocols only; no I/O lives here."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from loyalty.contract.paper import Part
from loyalty.contract.raster import Raster
from loyalty.contract.token import Token

ROLES = ("card_printer", "card_reader", "magstripe", "scanner", "receipt_printer", "cash_drawer", "line_display")


class Transport(Protocol):
    """Bytes to and from one device. Already open when a driver receives it."""

    url: str

    def write(self, data: bytes) -> None:
        """All of `data`, or LinkLost."""

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, waiting at most timeout_s for the first byte; b"" when nothing came; LinkLost when cut."""

    def close(self) -> None: ...


class ReportLink(Transport, Protocol):
    """A HID device: write() sends one output report, read() gives one whole input report, without report number."""

    def set_feature(self, data: bytes) -> None:
        """Give the device its feature report, or LinkLost."""

    def get_feature(self, size: int) -> bytes:
        """The device's feature report, `size` bytes; LinkLost or NoAnswer."""


@dataclass(frozen=True)
class Inserted:
    """A chip card was put in or laid down. atr: its answer to reset as the reader gave it; empty when it is mute."""

    atr: bytes


@dataclass(frozen=True)
class Removed:
    """The chip card was taken away."""


class CardLink(Protocol):
    """Commands and answers to the card in a reader, where the system's service (PC/SC) speaks with the reader.

    Open when a driver receives it. A reader or service that went away is LinkLost; calling again is all that is needed
    once it is back, and what had been in the reader then counts as removed.
    """

    url: str

    def watch(self, timeout_s: float) -> Inserted | Removed | None:
        """What happens next to the card, waiting at most timeout_s. One changed for another is Removed, Inserted."""

    def exchange(self, command: bytes, timeout_s: float) -> bytes:
        """The card's answer with its status word, 2 bytes or more.

        NoCard when the card is gone or went meanwhile: whether it did the command is then unknown. A card that took its
        place is not asked before watch() has told of it. NoAnswer after timeout_s, or when another program reset the
        card. InUse, WrongCard for a card that does not answer its reset.
        """

    def control(self, command: bytes, timeout_s: float) -> bytes:
        """The answer of the reader itself, card or not. Rejected when reader or system have no way for that."""

    def alone(self, timeout_s: float) -> AbstractContextManager[None]:
        """Inside, no other program's commands reach the card. Keep it short: Windows resets a card held idle 5 s."""

    def in_use(self) -> bool:
        """Does another program hold the reader for itself?"""

    def close(self) -> None: ...


Port = Transport | CardLink  # what opening a port gives, by the port's name


def one_way(port: Port) -> bool:
    """Does nothing ever come back from this port? Such a transport says so with an attribute of this name."""
    return bool(getattr(port, "one_way", False))


class Health(Enum):
    """How a device is. UNKNOWN is never shown as ready."""

    UNKNOWN = "unknown"
    READY = "ready"
    BUSY = "busy"
    NEEDS_PERSON = "needs_person"
    FAULT = "fault"
    OFFLINE = "offline"


@dataclass(frozen=True)
class UnitStatus:
    """What the unit said about itself just now. `cause` is one of the codes of loyalty.errors, or empty."""

    health: Health
    cause: str = ""
    advice: str = ""
    detail: str = ""


class CardPosition(Enum):
    NONE = "none"
    INLET = "inlet"
    INSIDE = "inside"
    REMOVAL_WAIT = "removal_wait"


@dataclass(frozen=True)
class Seen:
    """A credential appeared."""

    token: Token


@dataclass(frozen=True)
class Gone:
    """The card that was there has been taken away."""

    token: Token


Reading = Seen | Gone
Cancelled = Callable[[], bool]
"""Asked between waits; True ends the wait with loyalty.errors.Cancelled."""


class Device(Protocol):
    def status(self) -> UnitStatus:
        """Ask the unit; raises LinkLost or NoAnswer when it cannot be asked."""

    def close(self) -> None: ...


@runtime_checkable
class CardPrinter(Device, Protocol):
    """A visual-card unit. Measured against UnifiedPOS PointCardRW."""

    face_dots: tuple[int, int]
    """Width and height of the raster that rewrite() takes."""

    def position(self) -> CardPosition: ...

    def take_in(self, timeout_s: float, cancelled: Cancelled) -> None:
        """Wait for a card and hold it inside; NoCard after timeout_s, Cancelled when cancelled() turns true."""

    def read_stripe(self, track: int) -> str | None:
        """The track's data without sentinels; None when the card carries none; StripeUnreadable otherwise."""

    def write_stripe(self, tracks: dict[int, str]) -> None: ...

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Erase, print, push the card out. On return the face is on the card and the unit's buffers are empty.

        `present` is what the card shows now, None when that is not certain. A unit then does the least it can: nothing
        but push an unchanged card out, erase only what has to vanish where it can erase a part, else the whole face.
        """

    def erase(self) -> None: ...

    def eject(self) -> None: ...

    def reset(self) -> None: ...


@runtime_checkable
class CardMaker(CardPrinter, Protocol):
    def make(self, face: Raster, tracks: dict[int, str], present: Raster | None = None, order: str = "") -> None:
        """Stripe and face as one job, in either order: loyalty.devices.card_order."""


@runtime_checkable
class CardReader(Device, Protocol):
    def poll(self, timeout_s: float) -> Reading | None:
        """The next card seen or gone, or None."""


@runtime_checkable
class StripeReader(Device, Protocol):
    """A slot through which a person draws a card. Nothing of a bank card ever leaves it: BankCardRefused."""

    def poll(self, timeout_s: float) -> Reading | None:
        """The next card drawn (always Seen), or None. StripeUnreadable when it has to be drawn again."""

    def read(self, timeout_s: float, cancelled: Cancelled) -> dict[int, str]:
        """Track -> data without sentinels of the next card drawn, blank tracks left out.

        NoCard after timeout_s, Cancelled when cancelled() turns true, StripeUnreadable when any track is damaged.
        """


@runtime_checkable
class MagstripeUnit(StripeReader, Protocol):
    """One that writes too: the card is drawn through once the call has been made."""

    def write(self, tracks: dict[int, str], timeout_s: float, cancelled: Cancelled) -> None:
        """Other tracks stay as they are. StripeWriteFailed, or the errors of read(); `half` says how far it got."""

    def erase(self, tracks: Sequence[int], timeout_s: float, cancelled: Cancelled) -> None: ...


@runtime_checkable
class Scanner(Device, Protocol):
    def poll(self, timeout_s: float) -> Reading | None:
        """The next code scanned (always Seen), or None."""


@runtime_checkable
class ReceiptPrinter(Device, Protocol):
    paper_dots: int
    columns: int

    def print(self, parts: Sequence[Part]) -> None:
        """On return the unit has taken every byte and reports no trouble."""

    def can_encode(self, text: str) -> bool:
        """Has the unit's own font every character of `text`? Otherwise it has to come as a Picture."""


@runtime_checkable
class CashDrawer(Device, Protocol):
    def open_drawer(self, pin: int = 2) -> None:
        """A pulse on pin 2 or 5 of the drawer's connector; returns when it has been given."""

    def drawer_is_open(self) -> bool | None:
        """What the drawer's contact says; None where there is none."""


@runtime_checkable
class LineDisplay(Device, Protocol):
    """A customer display of a few lines."""

    columns: int
    lines: int

    def show(self, lines: Sequence[str]) -> None:
        """These lines and nothing else; Rejected before anything changes when one is too long or cannot be shown."""

    def clear(self) -> None: ...

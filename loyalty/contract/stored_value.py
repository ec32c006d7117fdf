"""What a counter tells of value held for a member: bought, its visits used, stamps given by hand, each undone."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class TopUp:
    """Money was paid for stored value: a top-up of the programme by its name, or just so much into `wallet`.

    `pay` is what the member paid, in money; it has to be the price of `topup`.
    """

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    member: str
    pay: Decimal
    topup: str | None = None
    wallet: str | None = None
    staff: str | None = None
    type: Literal["top_up"] = "top_up"


@dataclass(frozen=True)
class UndoTopUp:
    """The money goes back to the member, and all that came with it; only while nothing of it is used.

    `topup` is the id of the TopUp.
    """

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    topup: str
    staff: str | None = None
    type: Literal["undo_top_up"] = "undo_top_up"


@dataclass(frozen=True)
class UsePass:
    """The member comes in on a pass: `count` visits of `wallet`, paid for beforehand, are used."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    member: str
    wallet: str
    count: int = 1
    staff: str | None = None
    type: Literal["use_pass"] = "use_pass"


@dataclass(frozen=True)
class GivePieces:
    """`count` stamps of `wallet` by the cashier's hand. `reason`: one of `REASONS`."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    member: str
    wallet: str
    reason: str
    count: int = 1
    staff: str | None = None
    type: Literal["give_pieces"] = "give_pieces"


@dataclass(frozen=True)
class UndoPieces:
    """A UsePass or GivePieces did not happen; `of` is its id. Stamps that are used already stay used."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    of: str
    staff: str | None = None
    type: Literal["undo_pieces"] = "undo_pieces"


REASONS = ("missed_sale", "goodwill", "correction")
"""Why a cashier gives a stamp: words of the adjustments in the back office."""
MOST = 50
"""Pieces of one command."""

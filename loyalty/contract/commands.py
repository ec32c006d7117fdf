"""What a counter tells the server. Stored on the counter's disk first, then sent; the ids are the counter's."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from loyalty.contract.token import Token


@dataclass(frozen=True)
class Line:
    """One receipt line. quantity > 0; amount is for the whole line, in the programme's currency."""

    amount: Decimal
    quantity: Decimal = Decimal(1)
    sku: str | None = None
    category: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordPurchase:
    """A sale. Either `member` (an id) or `token`; either `lines` or `amount`."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    member: str | None = None
    token: Token | None = None
    amount: Decimal | None = None
    lines: tuple[Line, ...] = ()
    store: str | None = None
    staff: str | None = None
    channel: str | None = None
    tender: str | None = None
    codes: tuple[str, ...] = ()
    type: Literal["record_purchase"] = "record_purchase"


@dataclass(frozen=True)
class CancelPurchase:
    """Undo: a return of all that is left of `purchase`, which also gives back limits and stock."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    purchase: str
    staff: str | None = None
    type: Literal["cancel_purchase"] = "cancel_purchase"


Command = RecordPurchase | CancelPurchase

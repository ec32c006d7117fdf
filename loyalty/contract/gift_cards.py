"""Gift cards between a counter and the server: sold, asked, paying, replaced. They belong to whoever holds them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from loyalty.contract.receipts import ReceiptData


@dataclass(frozen=True)
class GiftPay:
    """What was held of a gift card pays a sale: `amount` of money at most, never more than is due."""

    hold: str
    amount: Decimal


@dataclass(frozen=True)
class SellGift:
    """`pay` was paid for the card with the code `token`: a new one becomes a gift card, one in use gets more."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    token: str
    pay: Decimal
    staff: str | None = None
    type: Literal["sell_gift"] = "sell_gift"


@dataclass(frozen=True)
class HoldGift:
    """At most `amount` of the card is set aside for `minutes`: as much as it has. `id` is the name of the hold."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    token: str
    amount: Decimal
    minutes: int = 30
    staff: str | None = None
    type: Literal["hold_gift"] = "hold_gift"


@dataclass(frozen=True)
class PayGift:
    """A sale of nobody is paid with what `hold` has set aside, wholly or in part."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    hold: str
    amount: Decimal
    staff: str | None = None
    type: Literal["pay_gift"] = "pay_gift"


@dataclass(frozen=True)
class UndoGift:
    """A SellGift of which nothing was used, or a PayGift, is taken back; `of` is its id."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    of: str
    staff: str | None = None
    type: Literal["undo_gift"] = "undo_gift"


@dataclass(frozen=True)
class ReplaceGift:
    """A gift card was lost: `receipt`, the number of its sale, was shown, and `token` is the card in its place."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    receipt: str
    token: str
    staff: str | None = None
    type: Literal["replace_gift"] = "replace_gift"


GiftCommand = SellGift | HoldGift | PayGift | UndoGift | ReplaceGift
GIFT_KINDS: dict[str, type[GiftCommand]] = {
    "sell_gift": SellGift,
    "hold_gift": HoldGift,
    "pay_gift": PayGift,
    "undo_gift": UndoGift,
    "replace_gift": ReplaceGift,
}


@dataclass(frozen=True)
class GiftOutcome:
    """Answer to all. `gift`: the card's last digits; `amount`: money that moved, `balance` what is there now."""

    id: str
    gift: str
    status: str
    """`sold`, `added`, `held`, `paid`, `undone`, `replaced`."""
    amount: Decimal
    balance: Decimal
    sentence: str
    receipt: ReceiptData | None = None
    member: None = None
    face: None = None

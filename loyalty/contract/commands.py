"""What a counter tells the server. Stored on the counter's disk first, then sent; the ids are the counter's."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from loyalty.contract.gift_cards import GIFT_KINDS, GiftCommand, GiftPay
from loyalty.contract.stored_value import GivePieces as GivePieces
from loyalty.contract.stored_value import TopUp as TopUp
from loyalty.contract.stored_value import UndoPieces as UndoPieces
from loyalty.contract.stored_value import UndoTopUp as UndoTopUp
from loyalty.contract.stored_value import UsePass as UsePass
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
class Redeem:
    """A reward that lowers a sale: so many pieces, or so many points where a point is worth money.

    `hold` names the hold whose points pay for it: it is given up in the transaction that books the sale. `promised`
    says that the customer has had it already; `value` is the money that was then taken off.
    """

    reward: str
    quantity: int | None = None
    points: Decimal | Literal["max"] | None = None
    hold: str | None = None
    value: Decimal | None = None
    promised: bool = False


@dataclass(frozen=True)
class Pay:
    """Stored value that pays a part of a sale, in the wallet's unit; `max` takes what is there."""

    wallet: str
    amount: Decimal | Literal["max"]


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
    redeem: tuple[Redeem, ...] = ()
    vouchers: tuple[str, ...] = ()
    pay: tuple[Pay, ...] = ()
    discount: Decimal | None = None
    """Taken off by the till itself, in money."""
    gifts: tuple[GiftPay, ...] = ()
    type: Literal["record_purchase"] = "record_purchase"


@dataclass(frozen=True)
class CancelPurchase:
    """Undo: a return of all that is left of `purchase`, which also gives back limits and stock.

    `captures` are the ids of CaptureHold commands of rewards handed out with it: those are undone too.
    """

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    purchase: str
    staff: str | None = None
    captures: tuple[str, ...] = ()
    type: Literal["cancel_purchase"] = "cancel_purchase"


@dataclass(frozen=True)
class ReturnLine:
    sku: str
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True)
class ReturnPurchase:
    """Part of `purchase` comes back: lines by quantity, an amount of its total, or all that is left."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    purchase: str
    lines: tuple[ReturnLine, ...] = ()
    amount: Decimal | None = None
    all: bool = False
    staff: str | None = None
    type: Literal["return_purchase"] = "return_purchase"


@dataclass(frozen=True)
class MovePurchase:
    """`purchase` was booked for the wrong member: it is undone and `sale` booked instead, both or neither.

    The sale's id is the command's; its moment is that of the first booking.
    """

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    purchase: str
    sale: RecordPurchase
    reason: str
    staff: str | None = None
    type: Literal["move_purchase"] = "move_purchase"


@dataclass(frozen=True)
class HoldReward:
    """The price of a reward is set aside for `minutes`. `id` is the name of the hold."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    member: str
    reward: str
    quantity: int | None = None
    points: Decimal | Literal["max"] | None = None
    minutes: int = 30
    store: str | None = None
    channel: str | None = None
    staff: str | None = None
    type: Literal["hold_reward"] = "hold_reward"


@dataclass(frozen=True)
class CaptureHold:
    """The reward is in the customer's hands: what is held is spent.

    `member` and `reward` say what to take where there is no hold, because the counter could not ask for one.
    """

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    hold: str
    member: str | None = None
    reward: str | None = None
    quantity: int | None = None
    staff: str | None = None
    type: Literal["capture_hold"] = "capture_hold"


@dataclass(frozen=True)
class ReleaseHold:
    """The reward was not handed out: what is held goes back. `reason` is a word for the log."""

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    hold: str
    reason: str = ""
    staff: str | None = None
    type: Literal["release_hold"] = "release_hold"


@dataclass(frozen=True)
class ReportUnreadable:
    """A till of another make handed over what is no receipt: a person has to look at it.

    `till` is its id at the counter, `sentence` why it cannot be read, `text` what came, without personal data.
    """

    id: str
    counter: str
    seq: int
    occurred_at: datetime
    till: str
    sentence: str
    text: str
    type: Literal["report_unreadable"] = "report_unreadable"


Command = (
    RecordPurchase | CancelPurchase | ReturnPurchase | MovePurchase | HoldReward | CaptureHold | ReleaseHold
    | TopUp | UndoTopUp | UsePass | GivePieces | UndoPieces | GiftCommand | ReportUnreadable
)  # fmt: skip
KINDS: dict[str, type[Command]] = {
    "record_purchase": RecordPurchase,
    "cancel_purchase": CancelPurchase,
    "return_purchase": ReturnPurchase,
    "move_purchase": MovePurchase,
    "hold_reward": HoldReward,
    "capture_hold": CaptureHold,
    "release_hold": ReleaseHold,
    "top_up": TopUp,
    "undo_top_up": UndoTopUp,
    "use_pass": UsePass,
    "give_pieces": GivePieces,
    "undo_pieces": UndoPieces,
    "report_unreadable": ReportUnreadable,
    **GIFT_KINDS,
}
"""By the word that stands in `type`."""

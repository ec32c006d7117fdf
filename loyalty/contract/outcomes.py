"""What the server answers. Kept under the command's id: the same id gets the same answer for ever."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from loyalty.contract.gift_cards import GiftOutcome as GiftOutcome
from loyalty.contract.receipts import ReceiptData as ReceiptData
from loyalty.contract.receipts import ReceiptLine as ReceiptLine


@dataclass(frozen=True)
class Expiring:
    on: date  # the last day on which these points can be used
    amount: Decimal


@dataclass(frozen=True)
class WalletView:
    """Amounts in the wallet's own unit (points, money, stamps)."""

    available: Decimal
    pending: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    expiring: tuple[Expiring, ...] = ()
    decimals: int = 0
    kind: str = "points"


@dataclass(frozen=True)
class NextTier:
    name: str
    missing: Decimal  # in the programme's metric: money for spend, a count for purchases, points for earned


@dataclass(frozen=True)
class TierView:
    name: str
    rank: int = 0  # 0 is the lowest level; colours and icons follow the rank
    ranks: int = 1
    since: date | None = None
    until: date | None = None
    next: NextTier | None = None
    progress: float = 1.0  # 0..1 on the way to the next level, for bars only


@dataclass(frozen=True)
class RewardOffer:
    """A reward the member could redeem now."""

    name: str
    cost: Decimal
    wallet: str
    worth: str  # in words with unit, such as `$50 off`
    kind: str = ""  # `product`, `voucher`, `amount`, `percent`, or `per_point`: how it is given
    money: Decimal | None = None  # money off a piece (`amount`) or a point (`per_point`)


@dataclass(frozen=True)
class VoucherView:
    """A voucher in hand, usable on a sale by its id. Days are included; None is at once and open."""

    id: str
    worth: str
    active_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class MemberView:
    """A member as a counter may see them. `masked_name` is for screens that others can read."""

    id: str
    number: str
    name: str
    masked_name: str
    language: str
    tier: TierView | None
    wallets: dict[str, WalletView]
    rewards: tuple[RewardOffer, ...] = ()
    cards: tuple[str, ...] = ()
    """`kind:value` of every credential in use, so that a counter recognises the card in its printer."""
    as_of: datetime | None = None
    vouchers: tuple[VoucherView, ...] = ()


@dataclass(frozen=True)
class FaceData:
    """All that a card's face shows. Language: en, zh-Hant or zh-Hans."""

    shop: str
    name: str
    number: str
    balance: str
    unit: str
    tier: str
    tier_rank: int
    language: str
    as_of: datetime
    visited_on: date
    expiring: Expiring | None = None


@dataclass(frozen=True)
class Why:
    """One reason of the award: which rule gave how much, in words."""

    rule: str
    wallet: str
    points: Decimal
    why: str


@dataclass(frozen=True)
class PurchaseOutcome:
    """Answer to RecordPurchase."""

    id: str
    purchase: str
    status: str
    """`booked`; `unmatched` when the credential is unknown (staff work, the sale is kept); `claimable` when it waits
    for whoever claims it by the code on its receipt."""
    total: Decimal
    due: Decimal
    earned: dict[str, Decimal]
    explanation: tuple[Why, ...]
    member: MemberView | None
    tier_before: str | None
    tier_after: str | None
    sentence: str  # the result in one sentence, in the counter's language
    face: FaceData | None = None
    receipt: ReceiptData | None = None
    redeemed: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    """Money taken off by offers, the till and vouchers."""
    value: Decimal = Decimal(0)
    """Money taken off by rewards."""
    paid: dict[str, Decimal] = field(default_factory=dict)
    """Stored value that paid, by wallet."""
    vouchers: tuple[VoucherView, ...] = ()
    """New ones that the sale gave."""
    gifts: dict[str, Decimal] = field(default_factory=dict)
    """Money of gift cards that paid, of what is `due`, by the last digits of the card."""


@dataclass(frozen=True)
class CancelOutcome:
    """Answer to CancelPurchase and ReturnPurchase."""

    id: str
    purchase: str
    status: str
    reversed: dict[str, Decimal]
    refund: Decimal
    member: MemberView | None
    sentence: str
    face: FaceData | None = None
    given_back: dict[str, Decimal] = field(default_factory=dict)
    """Points spent on rewards that came back, by wallet."""
    gifts: dict[str, Decimal] = field(default_factory=dict)
    """Money of the `refund` that went back to gift cards, by their last digits."""


@dataclass(frozen=True)
class HoldOutcome:
    """Answer to HoldReward, CaptureHold and ReleaseHold."""

    id: str
    hold: str
    status: str
    """`held`; `captured`; `redeemed`: the hold had timed out and the points were taken again; `owed`: they were not
    there any more (staff work); `released`; `none`: nothing was held."""
    reward: str
    wallet: str
    points: Decimal
    """Held, spent or given back by this command."""
    member: MemberView | None
    sentence: str
    kind: str = ""
    """As in RewardOffer."""
    handed: bool = False
    """Something is given into the customer's hands; else the reward lowers the sale that it is booked with."""
    expires_at: datetime | None = None
    """When an open hold times out."""
    face: FaceData | None = None


@dataclass(frozen=True)
class TopUpOutcome:
    """Answer to TopUp (`booked`), UsePass (`used`), GivePieces (`given`), and to their undoing (`undone`).

    `topup` is the id of what was booked or undone. `paid`: money paid, or given back; 0 for visits and stamps.
    `credited` by wallet, bonus and gifts included; below zero for what is taken.
    """

    id: str
    topup: str
    status: str
    name: str
    wallet: str
    paid: Decimal
    credited: dict[str, Decimal]
    member: MemberView | None
    sentence: str
    face: FaceData | None = None
    receipt: ReceiptData | None = None


@dataclass(frozen=True)
class Refusal:
    """A command that the server will never book, with the code and the sentence for the person."""

    id: str
    code: str
    sentence: str
    status: str = field(default="refused")


@dataclass(frozen=True)
class NotedOutcome:
    """Answer to ReportUnreadable: it stands on the list of what staff have to look at."""

    id: str
    status: str = "noted"


Booked = PurchaseOutcome | CancelOutcome | HoldOutcome | TopUpOutcome | GiftOutcome | Refusal
"""What a cashier is told of."""
Outcome = Booked | NotedOutcome

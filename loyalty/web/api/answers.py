"""What answers look like, for the API's description. The tests hold every answer they get against these.

Points are whole numbers, or decimal text in wallets with decimals; money is decimal text; days are ISO dates, moments
RFC 3339 in UTC. Entries that a step has nothing to say about may be missing: they count as 0 or empty.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Points = int | Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Money = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T")]
PerWallet = dict[str, Points]


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ExpiringAnswer(Given):
    on: Day
    amount: Points


class WalletAnswer(Given):
    available: Points
    pending: Points
    held: Points
    expiring: list[ExpiringAnswer]
    decimals: int
    kind: str


class NextTierAnswer(Given):
    name: str
    missing: Money | int


class TierAnswer(Given):
    name: str
    rank: int
    ranks: int
    since: Day | None
    until: Day | None
    next: NextTierAnswer | None
    progress: float


class RewardAnswer(Given):
    name: str
    cost: Points
    wallet: str
    worth: str
    kind: str
    money: Money | None


class InHandAnswer(Given):
    id: str
    worth: str
    active_on: Day | None
    expires_on: Day | None


class CardAnswer(Given):
    id: str
    member: str
    kind: str
    token: str
    status: str
    issued_at: Moment
    replaced_by: str | None


class ViewAnswer(Given):
    """A member as counters show them."""

    id: str
    number: str
    name: str
    masked_name: str
    language: str
    tier: TierAnswer | None
    wallets: dict[str, WalletAnswer]
    rewards: list[RewardAnswer]
    cards: list[str]
    as_of: Moment | None
    vouchers: list[InHandAnswer]


class MemberAnswer(ViewAnswer):
    phone: str | None
    email: str | None
    birthday: Day | None
    joined_at: Moment
    notes: str
    status: str
    version: int
    credentials: list[CardAnswer]


class MembersAnswer(Given):
    members: list[MemberAnswer]
    next: str | None


class SnapshotAnswer(Given):
    members: list[ViewAnswer]
    next: str
    more: bool


class FaultAnswer(Given):
    id: str
    sentence: str


class OutboxAnswer(Given):
    outcomes: list[dict[str, Any]]
    missing: list[list[int]]
    fault: FaultAnswer | None
    """The command after the last one answered, which the server could not book for a fault of its own: nothing of it
    stands and what follows was not looked at. Send it again later, and the others without it."""


class WhyAnswer(Given):
    rule: str
    wallet: str
    points: Points
    why: str


class OfferAnswer(Given):
    name: str
    amount: Money


class VoucherAnswer(Given):
    id: str
    kind: str
    value: str
    active_on: Day | None
    expires_on: Day | None


class LastAnswer(Given):
    """What a step says, as `last` in scenario files; only the explanation is one list over all wallets."""

    earned: PerWallet = {}
    spent: PerWallet = {}
    reversed: PerWallet = {}
    given_back: PerWallet = {}
    credited: PerWallet = {}
    removed: PerWallet = {}
    paid: PerWallet = {}
    refund_wallets: PerWallet = {}
    redeemed: Points = 0
    total: Money = "0"
    due: Money = "0"
    discount: Money = "0"
    value: Money = "0"
    refund: Money = "0"
    cost: Money = "0"
    explanation: list[WhyAnswer] = []
    offers: list[OfferAnswer] = []
    free_items: dict[str, int] = {}
    vouchers: list[VoucherAnswer] = []
    unused_codes: list[str] = []


class StepAnswer(LastAnswer):
    wallets: dict[str, WalletAnswer]
    tier: TierAnswer | None


class BookedAnswer(StepAnswer):
    id: str
    member: str | None


class QuoteAnswer(StepAnswer):
    rewards: list[RewardAnswer]


class FaceAnswer(Given):
    shop: str
    name: str
    number: str
    balance: str
    unit: str
    tier: str
    tier_rank: int
    language: str
    as_of: Moment
    visited_on: Day
    expiring: ExpiringAnswer | None


class ReceiptLineAnswer(Given):
    text: str
    amount: str


class ReceiptAnswer(Given):
    shop: str
    title: str
    printed_at: Moment
    purchase: str
    masked_name: str
    number: str
    currency: str
    total: Money
    earned: str
    balance: str
    unit: str
    tier: str
    language: str
    lines: list[ReceiptLineAnswer]
    notes: list[str]
    claim: str


class PurchaseAnswer(StepAnswer):
    purchase: str
    member: str
    face: FaceAnswer
    receipt: ReceiptAnswer


class ReturnAnswer(StepAnswer):
    purchase: str
    member: str

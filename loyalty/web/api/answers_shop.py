"""What answers about the shop and about a member's whole standing look like; see answers.py."""

from typing import Any

from pydantic import Field

from loyalty.web.api.answers import Day, Given, Moment, Money, NextTierAnswer, PerWallet, Points, VoucherAnswer


class VersionAnswer(Given):
    version: int
    effective_at: Moment


class NamedVersionAnswer(VersionAnswer):
    name: str


class HistoryAnswer(Given):
    versions: list[NamedVersionAnswer]


class RewardsAnswer(Given):
    rewards: list[dict[str, Any]]


class TiersAnswer(Given):
    metric: str | None
    tiers: list[dict[str, Any]]


class LotAnswer(Given):
    points: Points
    expires_on: Day | None
    expires_at: Moment | None
    cost: Money
    active: bool


class StandingWalletAnswer(Given):
    available: Points
    pending: Points
    held: Points
    total: Points
    deficit: Points
    earned: Points
    cost: Money
    held_cost: Money
    liability: Money
    lots: list[LotAnswer]
    rows: dict[str, int]
    expiring_by: PerWallet


class StandingAnswer(Given):
    """How a member stands, in the names of `expect` in scenario files."""

    member: str
    at: Moment
    balance: Points
    wallets: dict[str, StandingWalletAnswer]
    tier: str | None
    tier_since: Day | None
    tier_until: Day | None
    to_next: NextTierAnswer | None
    purchases: int
    spend: Money
    vouchers: list[VoucherAnswer]


class SegmentsAnswer(Given):
    segments: list[str]


class SegmentMembersAnswer(Given):
    members: list[str]
    next: str | None = Field(description="Ask again with this cursor; null at the end.")


class LiabilityAnswer(Given):
    report: str
    at: Moment
    liability: dict[str, Money]


class SoldLineAnswer(Given):
    sku: str | None
    category: str | None
    quantity: Money
    left: Money
    paid: Money


class SoldAnswer(Given):
    """A sale as it stands; `left` of its total has not come back yet."""

    purchase: str
    member: str
    occurred_at: Moment
    store: str | None
    total: Money
    left: Money
    lines: list[SoldLineAnswer]


class SalesAnswer(Given):
    purchases: list[SoldAnswer]

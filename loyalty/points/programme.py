"""A programme as values: what `programme_read` makes of a document. Spec: programme, section 1.

Amounts of money and points are scaled to smallest units when they are read (see facts.py); rates that turn one into
the other are scaled alike, so that no calculation ever looks at decimals again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loyalty.points.facts import Duration, Exact
from loyalty.points.programme_offers import NO_RULES, Criteria, Offer, TopUpOffer, Transfers
from loyalty.points.programme_rules import NEVER, NO_CONDITION, Expiry, Limit, When

__all__ = [
    *("EarnRule", "Expiry", "Lasts", "Level", "Limit", "Programme", "Reward", "Tiers", "Value", "Wallet", "When"),
    "Window",
]


@dataclass(frozen=True, slots=True)
class Wallet:
    name: str
    kind: str = "points"  # points, money, count
    decimals: int = 0
    rounding: str = "floor"  # floor, half_up, half_even, ceil
    pending: int = 0  # days
    expiry: Expiry = NEVER
    spend_order: str = "earliest_expiry"  # or oldest_first
    may_go_negative: bool = False
    on_return: str = "within_balance"  # pending_only, within_balance, allow_negative
    max_balance: int | None = None
    value_per_point: Exact = 0  # whole money for one whole point
    transferable: bool = False
    bearer: bool = False
    """Held by gift cards, never by members."""


@dataclass(frozen=True, slots=True)
class EarnRule:
    name: str
    wallet: str
    award: str  # per_amount, per_unit, fixed, multiply, bonus
    points: Exact  # P, N or X
    per: Exact = 1  # A or N
    whole: bool = True
    phase: str = "base"  # base, multiply, bonus
    on: str = "purchase"
    to_other: bool = False
    when: When = NO_CONDITION
    group: str | None = None
    alone: bool = False
    priority: Exact = 0
    stop: bool = False
    limits: tuple[Limit, ...] = ()
    expiry: Expiry | None = None
    pending: int | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    kind: str = "lifetime"  # lifetime, calendar, rolling
    unit: str | None = None  # month, quarter, year
    duration: Duration | None = None


LIFETIME = Window()


@dataclass(frozen=True, slots=True)
class Lasts:
    kind: str = "while_qualified"  # for_ever, while_qualified, end_of_period, end_of_next_period, term
    duration: Duration | None = None

    @property
    def is_term(self) -> bool:
        return self.kind in ("end_of_period", "end_of_next_period", "term")


AS_LONG_AS_QUALIFIED = Lasts()


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    rank: int  # 0 = lowest
    threshold: Exact  # `from`, in the metric's smallest unit
    window: Window = LIFETIME
    lasts: Lasts = AS_LONG_AS_QUALIFIED
    next_period: bool = False
    period: str = "year"
    keep_from: Exact | None = None
    keep_window: Window | None = None  # None = the term
    benefits: Mapping[str, Any] = field(default_factory=dict)
    earn_multiplier: Exact = 1
    discount_percent: Exact = 0


@dataclass(frozen=True, slots=True)
class Tiers:
    metric: str  # spend, purchases, earned, balance
    metric_wallet: str | None
    levels: tuple[Level, ...]
    extend: Duration | None = None
    grace: Duration | None = None
    grace_round_up: str | None = None
    downgrade: str = "to_qualified"  # none, one_level, to_qualified
    earn_at_after: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What a reward or voucher is worth: one of percent, amount, product."""

    percent: Exact | None = None
    amount: int | None = None
    product: str | None = None
    quantity: int = 1
    voucher: bool = False  # the value comes as a voucher


NOTHING = Value()


@dataclass(frozen=True, slots=True)
class Reward:
    name: str
    wallet: str
    cost: int | None = None
    per_point: Exact | None = None  # money units per smallest part
    step: int = 1
    min_points: int = 0
    max_percent: Exact | None = None
    refuse: bool = False
    value: Value = NOTHING
    when: When = NO_CONDITION
    tiers: tuple[str, ...] = ()
    stock: int | None = None
    limits: tuple[Limit, ...] = ()
    valid: Duration | None = None
    active_after: Duration | None = None
    lowers_earning: bool = True
    use_current: bool = False
    refundable: bool = True
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    name: str
    currency: str
    digits: int  # of the currency
    timezone: str
    wallets: Mapping[str, Wallet]  # in the order listed: the first is the default
    earn: tuple[EarnRule, ...] = ()
    tiers: Tiers | None = None
    rewards: Mapping[str, Reward] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    topups: Mapping[str, TopUpOffer] = field(default_factory=dict)
    transfers: Transfers = NO_RULES
    segments: Mapping[str, tuple[Criteria, ...]] = field(default_factory=dict)
    retired: Mapping[str, Wallet] = field(default_factory=dict)  # of earlier versions: points may still lie there

    @property
    def first_wallet(self) -> str:
        return next(iter(self.wallets))

    def wallet(self, name: str) -> Wallet:
        """The wallet, also a retired one. KeyError for a name that never was."""
        return self.wallets[name] if name in self.wallets else self.retired[name]

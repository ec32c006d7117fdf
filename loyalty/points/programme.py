"""A programme as values: what `programme_read` makes of a document. Spec: programme, section 1.

Amounts of money and points are scaled to smallest units when they are read (see facts.py); rates that turn one into
the other are scaled alike, so that no calculation ever looks at decimals again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from fractions import Fraction
from typing import Any

from loyalty.points.facts import Duration, Exact


@dataclass(frozen=True, slots=True)
class Expiry:
    kind: str = "never"  # never, after, on, inactivity
    duration: Duration | None = None  # after, inactivity
    round_up: str | None = None  # month, quarter, year
    month: int = 0  # on
    day: int = 0
    years_later: int = 0


@dataclass(frozen=True, slots=True)
class Wallet:
    name: str
    kind: str = "points"  # points, money, count
    decimals: int = 0
    rounding: str = "floor"  # floor, half_up, half_even, ceil
    pending: int = 0  # days
    expiry: Expiry = Expiry()
    spend_order: str = "earliest_expiry"  # or oldest_first
    may_go_negative: bool = False
    on_return: str = "within_balance"  # pending_only, within_balance, allow_negative
    max_balance: int | None = None
    value_per_point: Exact = 0  # whole money for one whole point
    transferable: bool = False


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Each tuple means "one of these"; empty = no condition."""

    sku: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    not_sku: tuple[str, ...] = ()
    not_category: tuple[str, ...] = ()
    not_label: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basket:
    lines: LineFilter
    min_amount: Exact | None = None
    min_quantity: Exact | None = None


@dataclass(frozen=True, slots=True)
class When:
    lines: LineFilter = LineFilter()
    store: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    tender: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    min_amount: Exact | None = None
    min_quantity: Exact | None = None
    basket: Basket | None = None
    weekday: tuple[int, ...] = ()  # Monday = 0
    time_from: time | None = None
    time_to: time | None = None
    date_from: date | None = None
    date_to: date | None = None
    purchase_number: tuple[int, ...] = ()
    first_purchase: bool | None = None
    birthday: str | None = None  # day, month
    of_lines: bool = False  # some condition here can only hold for purchases with lines
    always: bool = True  # nothing is asked


@dataclass(frozen=True, slots=True)
class Limit:
    times: int | None = None
    points: Exact | None = None
    per: str = "ever"  # event, day, week, month, year, ever
    scope: str = "member"  # member, all
    reusable: bool = True
    refuse: bool = False


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
    when: When = When()
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


@dataclass(frozen=True, slots=True)
class Lasts:
    kind: str = "while_qualified"  # for_ever, while_qualified, end_of_period, end_of_next_period, term
    duration: Duration | None = None

    @property
    def is_term(self) -> bool:
        return self.kind in ("end_of_period", "end_of_next_period", "term")


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    rank: int  # 0 = lowest
    threshold: Exact  # `from`, in the metric's smallest unit
    window: Window = Window()
    lasts: Lasts = Lasts()
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
    value: Value = Value()
    when: When = When()
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
class Offer:
    name: str
    kind: str  # percent, amount, buy_x_get_y, cheapest
    percent: Exact = 0
    amount: int = 0
    each: bool = False
    buy: int = 0
    get: int = 0
    add: bool = False
    when: When = When()
    cap: int | None = None
    priority: Exact = 0
    exclusive: bool = False
    group: str | None = None
    limits: tuple[Limit, ...] = ()
    lowers_earning: bool = True
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Bonus:
    """`joined`: part of the paid lot. Otherwise `parts` lots of their own, `every` apart."""

    amount: int
    joined: bool = True
    parts: int = 1
    every: Duration | None = None
    expiry: Expiry | None = None


@dataclass(frozen=True, slots=True)
class TopUpOffer:
    name: str
    wallet: str
    pay: int
    bonus: Bonus | None = None
    gifts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Transfers:
    restart: bool = False
    min: int | None = None
    max: int | None = None
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    min: Fraction | None = None
    max: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """All must hold; spend, average and single in money units, last_days in days."""

    store: tuple[str, ...] = ()
    purchases: Range | None = None
    spend: Range | None = None
    average: Range | None = None
    single: Range | None = None
    last_days: Range | None = None


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
    transfers: Transfers = Transfers()
    segments: Mapping[str, tuple[Criteria, ...]] = field(default_factory=dict)
    retired: Mapping[str, Wallet] = field(default_factory=dict)  # of earlier versions: points may still lie there

    @property
    def first_wallet(self) -> str:
        return next(iter(self.wallets))

    def wallet(self, name: str) -> Wallet:
        """The wallet, also a retired one. KeyError for a name that never was."""
        return self.wallets[name] if name in self.wallets else self.retired[name]

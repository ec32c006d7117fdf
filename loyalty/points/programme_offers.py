"""Offers, top-ups, transfers and segments of a programme, as values. Scaled as in programme.py."""

from dataclasses import dataclass

from loyalty.points.facts import Duration, Exact
from loyalty.points.programme_rules import NO_CONDITION, Expiry, Limit, When


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
    when: When = NO_CONDITION
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
    """`gives`: what the wallet gets for the money, such as the visits of a pass; None: as much as is paid."""

    name: str
    wallet: str
    pay: int
    bonus: Bonus | None = None
    gifts: tuple[tuple[str, int], ...] = ()
    gives: int | None = None
    expiry: Expiry | None = None


@dataclass(frozen=True, slots=True)
class Transfers:
    restart: bool = False
    min: Exact | None = None  # whole points, for wallets of any decimals
    max: Exact | None = None
    limits: tuple[Limit, ...] = ()


NO_RULES = Transfers()


@dataclass(frozen=True, slots=True)
class Range:
    min: Exact | None = None
    max: Exact | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """All must hold; spend, average and single in money units, last_days in days."""

    store: tuple[str, ...] = ()
    purchases: Range | None = None
    spend: Range | None = None
    average: Range | None = None
    single: Range | None = None
    last_days: Range | None = None

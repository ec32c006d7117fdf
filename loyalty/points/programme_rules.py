"""What the rules of a programme share: expiry policies, conditions, limits. Scaled as in programme.py."""

from dataclasses import dataclass
from datetime import date, time

from loyalty.points.facts import Duration, Exact


@dataclass(frozen=True, slots=True)
class Expiry:
    kind: str = "never"  # never, after, on, inactivity
    duration: Duration | None = None  # after, inactivity
    round_up: str | None = None  # month, quarter, year
    month: int = 0  # on
    day: int = 0
    years_later: int = 0


NEVER = Expiry()


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Each tuple means "one of these"; empty = no condition."""

    sku: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    not_sku: tuple[str, ...] = ()
    not_category: tuple[str, ...] = ()
    not_label: tuple[str, ...] = ()


ANY_LINE = LineFilter()


@dataclass(frozen=True, slots=True)
class Basket:
    lines: LineFilter
    min_amount: Exact | None = None
    min_quantity: Exact | None = None


@dataclass(frozen=True, slots=True)
class When:
    lines: LineFilter = ANY_LINE
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


NO_CONDITION = When()


@dataclass(frozen=True, slots=True)
class Limit:
    times: int | None = None
    points: Exact | None = None
    per: str = "ever"  # event, day, week, month, year, ever
    scope: str = "member"  # member, all
    reusable: bool = True
    refuse: bool = False

"""What the ledger knows of sales: purchases and their lines, awards with their reasons, uses, vouchers, top-ups.

Units and *kept*/*replaced* as in facts.py.
"""

from dataclasses import dataclass
from datetime import date, datetime

from loyalty.points.facts import Exact
from loyalty.points.quick_rows import quick


@dataclass(frozen=True, slots=True)
class Purchase:
    """Kept. A sale as it was booked. `total` is after everything but stored value, `due` after that too."""

    id: str
    number: int
    member: str
    day: date
    occurred_at: datetime
    total: int
    due: int
    discount: int
    programme: int
    store: str | None = None
    channel: str | None = None
    tender: str | None = None
    codes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """Kept. `value` is the line before vouchers and rewards, `paid` after all but stored value: shares stay exact.

    `points` are the exact points of each lot of the sale that lie on this line.
    """

    purchase: str
    position: int
    sku: str | None
    category: str | None
    labels: tuple[str, ...]
    quantity: Exact
    amount: int
    value: Exact
    paid: Exact
    points: tuple[tuple[int, Exact], ...] = ()  # (lot number, exact points)

    @property
    def key(self) -> tuple[str, int]:
        return self.purchase, self.position


@dataclass(frozen=True, slots=True)
class PurchaseState:
    """Replaced. How much of a purchase stands. A row of its own so that the sale itself is never touched.

    It repeats member, day and number: one index over them serves every `spend` and `purchases` figure.
    """

    purchase: str
    member: str
    day: date
    number: int
    net: int  # total less what was refunded of it, in money and stored value
    counts: bool = True  # False when returned in full
    refunded: int = 0  # share of the total given back so far, stored value included
    returned: tuple[Exact, ...] = ()  # share 0..1 of each line; empty = nothing
    cancelled: bool = False

    @property
    def key(self) -> str:
        return self.purchase


@dataclass(frozen=True, slots=True)
class AwardEntry:
    """One line of an explanation: what a rule contributed, exactly, and the arithmetic that gave it."""

    rule: str
    points: Exact
    why: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """Kept. Why one booking gave one receiver points of one wallet; `points` is the sum after rounding."""

    number: int
    booking: str | None
    member: str
    wallet: str
    programme: int
    entries: tuple[AwardEntry, ...]
    points: int
    lots: tuple[int, ...]

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class RuleUse:
    """Replaced (only `undone` changes). A rule, offer, reward or transfer that counted: limits and stock add these up.

    `times` are pieces for rewards. `undone`: given back by a cancellation; limits that are not reusable still count it.
    """

    number: int
    section: str  # earn, offer, reward, transfer
    name: str
    member: str
    day: date
    booking: str | None  # whose undoing gives it back; None: made by the clock or an `auto` reward
    times: int = 1
    points: Exact = 0  # transfers: whole points, not smallest units
    undone: bool = False

    @property
    def key(self) -> int:
        return self.number

    @property
    def points_over(self) -> int:
        return self.points.numerator

    @property
    def points_under(self) -> int:
        return self.points.denominator


@dataclass(frozen=True, slots=True)
class Voucher:
    """Replaced. Exactly one of percent, amount, product. Usable from `active_on` to the end of `expires_on`."""

    id: str
    number: int
    member: str
    percent: Exact | None = None
    amount: int | None = None
    product: str | None = None
    quantity: int = 1
    active_on: date | None = None  # None = at once
    expires_on: date | None = None  # None = open
    status: str = "open"  # open, used, void
    ordinal: int = 0  # counts the vouchers ever issued, from 1; 0 = was in hand when the member was enrolled
    booking: str | None = None  # whose undoing voids it; None: in hand, or issued by an `auto` reward
    used_by: str | None = None
    taken_off: int = 0  # what it took off the purchase that used it
    given_back: int = 0  # of taken_off, as new vouchers

    @property
    def key(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class TopUp:
    """Replaced. Money paid for stored value, and its bonus where that lies in lots of its own."""

    id: str
    number: int
    member: str
    wallet: str
    paid: int
    bonus: int  # of the lots in `bonus_lots`, all told
    principal_lot: int
    bonus_lots: tuple[int, ...] = ()
    refunded: int = 0  # principal paid back so far
    bonus_taken: int = 0  # of the bonus, by refunds
    open: bool = True

    @property
    def key(self) -> str:
        return self.id


for _kind in (Purchase, PurchaseLine, PurchaseState, AwardEntry, Award, RuleUse, Voucher, TopUp):
    quick(_kind)

"""What the ledger knows, as frozen rows: members, accounts, lots, transfers, spends, holds, bookings.

Units everywhere: points are whole numbers of the wallet's smallest unit (2 decimals: 12.50 is 1250), money of the
currency's (cents); `Exact` values are in the same units but may be fractions. Moments are aware datetimes in UTC,
days are local days of the programme's zone. Rows marked *kept* are written once; rows marked *replaced* are cached
state: a plan holds the whole new row, found by its `key`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from loyalty.points.quick_rows import quick

Exact = int | Fraction


@dataclass(frozen=True, slots=True)
class Duration:
    """Adding months or years keeps the day, or takes the month's last one."""

    unit: str  # days, months, years
    count: int


@dataclass(frozen=True, slots=True)
class Member:
    """Replaced. Somebody whose points are counted. `segments` are the fixed ones."""

    id: str
    joined: date
    birthday: date | None = None
    segments: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Standing:
    """Replaced. One member's running figures, and the row to lock while a step for that member is decided."""

    member: str
    spend: int = 0  # lifetime: totals less refunds
    purchases: int = 0  # lifetime: without those returned in full
    tier: str | None = None
    tier_since: date | None = None
    floor: str | None = None  # assigned by hand: the tier is never below it
    floor_until: date | None = None  # its last day; None = open
    review_on: date | None = None  # the next local midnight at which time alone may change a level
    birthday_at: datetime | None = None  # the next birthday event
    due_at: datetime | None = None  # never later than the first moment at which the clock has something to do
    started: bool = False  # levels were tested once
    version: int = 0  # of the programme that the member was last looked at with

    @property
    def key(self) -> str:
        return self.member


@dataclass(frozen=True, slots=True)
class Account:
    """Replaced. One wallet of one member. balance = sum of its transfers = active + pending + held - deficit."""

    member: str
    wallet: str
    active: int = 0  # remaining of active lots
    pending: int = 0  # remaining of lots not yet active
    held: int = 0
    deficit: int = 0
    cost: int = 0  # money paid for active and pending, without what is held
    held_cost: int = 0
    earned: int = 0  # lifetime: points earned that became active, less reversals
    activity: date | None = None  # last activity, kept while the wallet's policy is `inactivity`
    inactivity: Duration | None = None  # the policy at that activity

    @property
    def key(self) -> tuple[str, str]:
        return self.member, self.wallet

    @property
    def available(self) -> int:
        return self.active - self.deficit

    @property
    def balance(self) -> int:
        return self.active + self.pending + self.held - self.deficit


@dataclass(frozen=True, slots=True)
class Lot:
    """Replaced. Points that came together and die together. `number` is the booking order. amount = remaining + held +
    what was spent, taken back or expired. Cost of taking d: d * base_cost / base_amount."""

    number: int
    member: str
    wallet: str
    booking: str | None  # None: made by the clock
    kind: str  # kind of the transfer that made it
    credited_at: datetime
    active_at: datetime
    active: bool  # False while pending
    amount: int
    remaining: int
    cost: int = 0  # of `remaining`
    held: int = 0
    held_cost: int = 0
    base_amount: int = 0  # T
    base_cost: int = 0  # C
    expires_at: datetime | None = None  # gone at this very moment; None with follows_activity: see lots.expiry_of
    last_day: date | None = None  # where the expiry is a whole day
    follows_activity: bool = False  # dies `account.inactivity` after the account's last activity
    start_day: date | None = None  # local day on which it becomes active
    earned: int = 0  # what counts for `earned:<wallet>`, less reversals
    reversed: int = 0  # what returns have asked back so far, also where it was waived
    expired: int = 0
    forgiven: int = 0  # of `expired`: counted as taken by returns
    topup: str | None = None  # booking of the top-up it is principal or bonus of
    part: int = 0  # 0 principal, 1.. parts of the bonus

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class LotMove:
    """What a transfer put into (above zero) or took out of one lot, with the cost it carried."""

    lot: int
    amount: int
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Kept. One debit account, one credit account, one amount above zero: balanced by construction.

    Crediting `member:<id>:<wallet>` raises the balance. House accounts are in `posting.HOUSE`. `moves` name the lots
    touched; a part without a lot is deficit (made or cancelled).
    """

    number: int
    booking: str | None
    kind: str  # earn credit spend debit expire return restore transfer topup refund
    member: str
    wallet: str
    debit: str
    credit: str
    amount: int
    occurred_at: datetime
    recorded_at: datetime
    moves: tuple[LotMove, ...] = ()
    reverses: int | None = None  # number of the transfer it takes back, wholly or in part
    reason: str | None = None

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class Settlement:
    """Kept. A deficit paid off from lots (moves below zero): no transfer, for the balance stays. The moves of all
    transfers and settlements of a lot add up to its remaining + held."""

    number: int
    spend: int
    member: str
    wallet: str
    at: datetime
    moves: tuple[LotMove, ...]

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class Booking:
    """Kept. A step that was done, under its id: asked again with the same body it is answered with `result`."""

    id: str
    number: int
    verb: str
    digest: str  # of verb and body, numbers by value
    member: str | None
    occurred_at: datetime
    recorded_at: datetime
    programme: int  # version
    result: Mapping[str, Any]  # JSON-able; amounts as decimal text

    @property
    def key(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Spend:
    """Replaced. What one booking consumed of one wallet, lot by lot, so that it can be put back. A deficit that is
    paid off later moves from `unpaid` into a further take."""

    number: int
    booking: str | None  # None: made by the clock
    member: str
    wallet: str
    kind: str  # reward, auto, debit, capture, pay, transfer, return
    amount: int
    takes: tuple[LotMove, ...]  # amounts and costs above zero, in the order consumed
    unpaid: int = 0
    restored: int = 0  # given back so far, cancelled deficit included
    refundable: bool = True
    reward: str | None = None
    pieces: int = 0
    transfer: int | None = None

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class Hold:
    """Replaced. Points set aside. `takes` is what is still held, in the order it was taken."""

    id: str
    number: int
    member: str
    wallet: str
    takes: tuple[LotMove, ...]
    until: datetime | None = None
    status: str = "open"  # open, captured, released, expired
    reward: str | None = None
    pieces: int = 0

    @property
    def key(self) -> str:
        return self.id

    @property
    def amount(self) -> int:
        return sum(take.amount for take in self.takes)


for _kind in (Duration, Member, Standing, Account, Lot, LotMove, Transfer, Settlement, Booking, Spend, Hold):
    quick(_kind)

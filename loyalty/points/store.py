"""What the engine asks (`Facts`) and what it answers (`Plan`).

`Facts` is every question the rules may put to the ledger; each can be answered by one indexed query. `Plan` collects
what one step changes, as rows; it answers the same questions with its own changes laid over them. A step that fails
just drops its plan. A store posts a plan once, all of it or nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Protocol

from loyalty.points.facts import Account, Booking, Exact, Hold, Lot, Member, Spend, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse, TopUp, Voucher
from loyalty.points.facts_tier import Entitlement, TierSpell
from loyalty.points.programme import Programme


@dataclass(frozen=True, slots=True)
class ProgrammeVersion:
    """A programme in force from `at`, read from its document. `number` counts from 1.

    `switched`: wallets whose expiry becomes `inactivity` with this version.
    """

    number: int
    at: datetime
    programme: Programme
    document: Mapping[str, Any]
    switched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Days:
    """Local days from `first` to `last`, both included; None = open."""

    first: date | None = None
    last: date | None = None

    def hold(self, day: date | None) -> bool:
        """Whether `day` is one of them."""
        if day is None or (self.first is not None and day < self.first):
            return False
        return self.last is None or day <= self.last


ALWAYS = Days()


class Facts(Protocol):
    """Read access to the ledger. Unknown keys give None or nothing, never an error."""

    # one row by its key
    def member(self, id: str) -> Member | None: ...
    def standing(self, member: str) -> Standing | None: ...
    def account(self, member: str, wallet: str) -> Account | None: ...
    def booking(self, id: str) -> Booking | None: ...
    def lot(self, number: int) -> Lot | None: ...
    def spend(self, number: int) -> Spend | None: ...
    def hold(self, id: str) -> Hold | None: ...
    def voucher(self, id: str) -> Voucher | None: ...
    def purchase(self, id: str) -> Purchase | None: ...
    def purchase_state(self, id: str) -> PurchaseState | None: ...
    def topup(self, id: str) -> TopUp | None: ...

    # rows of one booking, in order of their numbers (lines by position)
    def lines_of(self, purchase: str) -> Sequence[PurchaseLine]: ...
    def lots_of(self, booking: str) -> Sequence[Lot]: ...
    def spends_of(self, booking: str) -> Sequence[Spend]: ...
    def vouchers_of(self, booking: str) -> Sequence[Voucher]: ...  # issued by it
    def vouchers_used_by(self, booking: str) -> Sequence[Voucher]: ...
    def uses_of(self, booking: str) -> Sequence[RuleUse]: ...
    def awards_of(self, booking: str) -> Sequence[Award]: ...
    def transfers_of(self, booking: str) -> Sequence[Transfer]: ...

    # open rows of one member, in order of their numbers
    def accounts(self, member: str) -> Sequence[Account]: ...
    def open_lots(self, member: str, wallet: str) -> Sequence[Lot]: ...  # remaining or held above zero
    def unpaid_spends(self, member: str, wallet: str) -> Sequence[Spend]: ...
    def open_holds(self, member: str, wallet: str | None = None) -> Sequence[Hold]: ...
    def open_vouchers(self, member: str) -> Sequence[Voucher]: ...
    def open_topups(self, member: str, wallet: str) -> Sequence[TopUp]: ...
    def entitlements(self, member: str) -> Sequence[Entitlement]: ...  # not ended

    # figures
    def spent(self, member: str, days: Days, after: int = 0) -> int: ...

    """Sum of PurchaseState.net with its day in `days` and its number above `after`."""

    def bought(self, member: str, days: Days, after: int = 0) -> int: ...

    """Number of purchases that count, likewise."""

    def earned(self, member: str, wallet: str, days: Days, after: int = 0) -> int: ...

    """Sum of Lot.earned of active lots with start_day in `days` and number above `after`."""

    def bought_before(self, member: str, moment: datetime) -> int: ...

    """Number of purchases that count with occurred_at before `moment` (late bookings)."""

    def first_day(self, member: str, metric: str, wallet: str | None, days: Days) -> date | None: ...

    """First day in `days` that adds to a metric: `spend`, `purchases`, or `earned` of the wallet."""

    def last_bought(self, member: str) -> date | None: ...

    """Day of the last purchase that counts."""

    def bought_at(self, member: str, stores: Iterable[str]) -> bool: ...

    """Whether a purchase that counts was made at one of these stores."""

    def bought_for(self, member: str, low: Fraction | None, high: Fraction | None) -> bool: ...

    """Whether a purchase that counts has its net within these bounds, both included."""

    def uses(self, section: str, name: str, member: str | None, days: Days, undone: bool) -> tuple[int, Exact]: ...

    """(times, points) that counted; member None = all members; `undone`: those given back are counted too."""

    def tier_at(self, member: str, moment: datetime) -> TierSpell | None: ...

    """The last spell that began at or before `moment`."""

    def vouchers_issued(self) -> int: ...

    """The highest Voucher.ordinal, all members; 0 when none was issued."""

    # the programme and the clock (versions: see versions.chain)
    def version(self, moment: datetime) -> ProgrammeVersion | None: ...

    """The version in force at `moment` (the first one when `moment` is before it)."""

    def versions(self, after: int) -> Sequence[ProgrammeVersion]: ...

    """Those with a number above `after`, in order."""

    def latest(self) -> ProgrammeVersion | None: ...
    def clock(self) -> datetime | None: ...

    """Up to which moment the clock has run for everybody."""

    def members_due(self, upto: datetime, limit: int) -> Sequence[tuple[datetime, str]]: ...

    """(due_at, member) not after `upto`, earliest first, then in order of the members' arrival."""

    def next_lot_moment(self, member: str, after: datetime | None) -> datetime | None: ...

    """Earliest active_at of pending lots and expires_at of lots with something remaining, later than `after`."""

    def pending_lots(self, member: str, upto: datetime) -> Sequence[Lot]: ...

    """Open lots not yet active whose active_at is not after `upto`, by (active_at, number)."""

    def dying_lots(self, member: str, upto: datetime) -> Sequence[Lot]: ...

    """Lots with remaining whose expires_at is set and not after `upto`, by (expires_at, number)."""


class Numbers(Protocol):
    """Gives strictly increasing whole numbers above zero; gaps are allowed."""

    def __call__(self) -> int: ...

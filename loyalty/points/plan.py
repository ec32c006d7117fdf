"""A plan: the rows that one step changes, laid over the facts it was decided on. See store.py."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from loyalty.points.facts import Account, Booking, Exact, Hold, Lot, Member, Spend, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse, TopUp, Voucher
from loyalty.points.facts_tier import Entitlement, ReviewAll, TierSpell
from loyalty.points.store import Days, Facts, Numbers, ProgrammeVersion

Row = TypeVar("Row")


class Plan:
    """Facts with pending changes. `rows` holds, by type and key, each new or changed row in the order first put.

    A store writes `rows[type].values()` (insert where `before` gives None, else replace), then `orders`, then the
    clock. Nothing else of a plan needs to be looked at.
    """

    def __init__(self, facts: Facts, numbers: Numbers) -> None:
        self.facts = facts
        self.number = numbers
        self.rows: dict[type, dict[Any, Any]] = {}
        self.orders: list[ReviewAll] = []
        self.clock_to: datetime | None = None  # the clock has run for everybody up to here
        self._read: dict[type, dict[Any, Any]] = {}

    # -- writing

    def put(self, row: Any) -> None:
        """Adds a new row or replaces the one with the same key. Read a row through the plan before replacing it."""
        self.rows.setdefault(type(row), {})[row.key] = row

    def changed(self, kind: type[Row]) -> Sequence[Row]:
        """New and replaced rows of one type, in the order they were first put."""
        return list(self.rows.get(kind, {}).values())

    def before(self, kind: type[Row], key: Any) -> Row | None:
        """The row as the facts have it; None for a new one."""
        row: Row | None = self._read.get(kind, {}).get(key)
        return row

    @property
    def empty(self) -> bool:
        return not self.rows and not self.orders and self.clock_to is None

    # -- laying changes over answers

    def _one(self, kind: type[Row], key: Any, ask: Callable[[], Row | None]) -> Row | None:
        changed = self.rows.get(kind)
        if changed is not None and key in changed:
            row: Row | None = changed[key]
            return row
        read = self._read.setdefault(kind, {})
        if key not in read:
            read[key] = ask()
        return read[key]  # type: ignore[no-any-return]

    def _many(self, kind: type[Row], stored: Iterable[Row], fits: Callable[[Row], bool]) -> list[Row]:
        read = self._read.setdefault(kind, {})
        changed = self.rows.get(kind, {})
        found = []
        for row in stored:
            key = row.key  # type: ignore[attr-defined]
            read.setdefault(key, row)
            if key not in changed:
                found.append(row)
        found.extend(row for row in changed.values() if fits(row))
        return found

    def _added(self, kind: type[Row], worth: Callable[[Row], Any]) -> Any:
        """What the changes add to a sum over `worth`."""
        read = self._read.get(kind, {})
        total: Any = 0
        for key, row in self.rows.get(kind, {}).items():
            total += worth(row)
            if read.get(key) is not None:
                total -= worth(read[key])
        return total

    # -- one row by its key

    def member(self, id: str) -> Member | None:
        return self._one(Member, id, lambda: self.facts.member(id))

    def standing(self, member: str) -> Standing | None:
        return self._one(Standing, member, lambda: self.facts.standing(member))

    def account(self, member: str, wallet: str) -> Account | None:
        return self._one(Account, (member, wallet), lambda: self.facts.account(member, wallet))

    def booking(self, id: str) -> Booking | None:
        return self._one(Booking, id, lambda: self.facts.booking(id))

    def lot(self, number: int) -> Lot | None:
        return self._one(Lot, number, lambda: self.facts.lot(number))

    def spend(self, number: int) -> Spend | None:
        return self._one(Spend, number, lambda: self.facts.spend(number))

    def hold(self, id: str) -> Hold | None:
        return self._one(Hold, id, lambda: self.facts.hold(id))

    def voucher(self, id: str) -> Voucher | None:
        return self._one(Voucher, id, lambda: self.facts.voucher(id))

    def purchase(self, id: str) -> Purchase | None:
        return self._one(Purchase, id, lambda: self.facts.purchase(id))

    def purchase_state(self, id: str) -> PurchaseState | None:
        return self._one(PurchaseState, id, lambda: self.facts.purchase_state(id))

    def topup(self, id: str) -> TopUp | None:
        return self._one(TopUp, id, lambda: self.facts.topup(id))

    # -- rows of one booking

    def lines_of(self, purchase: str) -> Sequence[PurchaseLine]:
        return self._many(PurchaseLine, self.facts.lines_of(purchase), lambda row: row.purchase == purchase)

    def lots_of(self, booking: str) -> Sequence[Lot]:
        return _ordered(self._many(Lot, self.facts.lots_of(booking), lambda row: row.booking == booking))

    def spends_of(self, booking: str) -> Sequence[Spend]:
        return _ordered(self._many(Spend, self.facts.spends_of(booking), lambda row: row.booking == booking))

    def vouchers_of(self, booking: str) -> Sequence[Voucher]:
        return _ordered(self._many(Voucher, self.facts.vouchers_of(booking), lambda row: row.booking == booking))

    def vouchers_used_by(self, booking: str) -> Sequence[Voucher]:
        stored = self.facts.vouchers_used_by(booking)
        return _ordered(self._many(Voucher, stored, lambda row: row.used_by == booking))

    def uses_of(self, booking: str) -> Sequence[RuleUse]:
        return _ordered(self._many(RuleUse, self.facts.uses_of(booking), lambda row: row.booking == booking))

    def awards_of(self, booking: str) -> Sequence[Award]:
        return _ordered(self._many(Award, self.facts.awards_of(booking), lambda row: row.booking == booking))

    def transfers_of(self, booking: str) -> Sequence[Transfer]:
        return _ordered(self._many(Transfer, self.facts.transfers_of(booking), lambda row: row.booking == booking))

    # -- open rows of one member

    def accounts(self, member: str) -> Sequence[Account]:
        return self._many(Account, self.facts.accounts(member), lambda row: row.member == member)

    def open_lots(self, member: str, wallet: str) -> Sequence[Lot]:
        def fits(row: Lot) -> bool:
            return row.member == member and row.wallet == wallet and (row.remaining > 0 or row.held > 0)

        return _ordered(self._many(Lot, self.facts.open_lots(member, wallet), fits))

    def unpaid_spends(self, member: str, wallet: str) -> Sequence[Spend]:
        def fits(row: Spend) -> bool:
            return row.member == member and row.wallet == wallet and row.unpaid > 0

        return _ordered(self._many(Spend, self.facts.unpaid_spends(member, wallet), fits))

    def open_holds(self, member: str, wallet: str | None = None) -> Sequence[Hold]:
        def fits(row: Hold) -> bool:
            return row.member == member and wallet in (None, row.wallet) and row.status == "open"

        return _ordered(self._many(Hold, self.facts.open_holds(member, wallet), fits))

    def open_vouchers(self, member: str) -> Sequence[Voucher]:
        def fits(row: Voucher) -> bool:
            return row.member == member and row.status == "open"

        return _ordered(self._many(Voucher, self.facts.open_vouchers(member), fits))

    def open_topups(self, member: str, wallet: str) -> Sequence[TopUp]:
        def fits(row: TopUp) -> bool:
            return row.member == member and row.wallet == wallet and row.open

        return _ordered(self._many(TopUp, self.facts.open_topups(member, wallet), fits))

    def entitlements(self, member: str) -> Sequence[Entitlement]:
        def fits(row: Entitlement) -> bool:
            return row.member == member and row.status != "ended"

        return self._many(Entitlement, self.facts.entitlements(member), fits)

    # -- figures

    def spent(self, member: str, days: Days, after: int = 0) -> int:
        def worth(row: PurchaseState) -> int:
            return row.net if row.member == member and row.number > after and days.hold(row.day) else 0

        return self.facts.spent(member, days, after) + int(self._added(PurchaseState, worth))

    def bought(self, member: str, days: Days, after: int = 0) -> int:
        def worth(row: PurchaseState) -> int:
            return int(row.counts and row.member == member and row.number > after and days.hold(row.day))

        return self.facts.bought(member, days, after) + int(self._added(PurchaseState, worth))

    def earned(self, member: str, wallet: str, days: Days, after: int = 0) -> int:
        def worth(row: Lot) -> int:
            fits = row.member == member and row.wallet == wallet and row.active and row.number > after
            return row.earned if fits and days.hold(row.start_day) else 0

        return self.facts.earned(member, wallet, days, after) + int(self._added(Lot, worth))

    def bought_before(self, member: str, moment: datetime) -> int:
        return self.facts.bought_before(member, moment)

    def first_day(self, member: str, metric: str, wallet: str | None, days: Days) -> date | None:
        found = [self.facts.first_day(member, metric, wallet, days)]
        if metric == "earned":
            found += [row.start_day for row in self.changed(Lot) if row.member == member and row.earned]
        else:
            found += [row.day for row in self.changed(PurchaseState) if row.member == member]
        return min((day for day in found if day is not None and days.hold(day)), default=None)

    def last_bought(self, member: str) -> date | None:
        return self.facts.last_bought(member)

    def bought_at(self, member: str, stores: Iterable[str]) -> bool:
        return self.facts.bought_at(member, stores)

    def bought_for(self, member: str, low: Fraction | None, high: Fraction | None) -> bool:
        return self.facts.bought_for(member, low, high)

    def uses(self, section: str, name: str, member: str | None, days: Days, undone: bool) -> tuple[int, Exact]:
        def fits(row: RuleUse) -> bool:
            if row.section != section or row.name != name or (row.undone and not undone):
                return False
            return member in (None, row.member) and days.hold(row.day)

        times, points = self.facts.uses(section, name, member, days, undone)
        times += self._added(RuleUse, lambda row: row.times if fits(row) else 0)
        return times, points + self._added(RuleUse, lambda row: row.points if fits(row) else 0)

    def tier_at(self, member: str, moment: datetime) -> TierSpell | None:
        mine = [row for row in self.changed(TierSpell) if row.member == member and row.at <= moment]
        return mine[-1] if mine else self.facts.tier_at(member, moment)

    def vouchers_issued(self) -> int:
        return max([self.facts.vouchers_issued(), *(row.ordinal for row in self.changed(Voucher))])

    # -- the programme and the clock

    def version(self, moment: datetime) -> ProgrammeVersion | None:
        return self.facts.version(moment)

    def versions(self, after: int) -> Sequence[ProgrammeVersion]:
        return self.facts.versions(after)

    def latest(self) -> ProgrammeVersion | None:
        return self.facts.latest()

    def clock(self) -> datetime | None:
        return self.facts.clock()

    def members_due(self, upto: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        return self.facts.members_due(upto, limit)

    def next_lot_moment(self, member: str, after: datetime | None) -> datetime | None:
        moments = [self.facts.next_lot_moment(member, after)]  # early where the lot has changed: that does no harm
        for row in self.changed(Lot):
            if row.member == member and row.remaining > 0:
                moments += [row.expires_at, None if row.active else row.active_at]
        later = (moment for moment in moments if moment is not None and (after is None or moment > after))
        return min(later, default=None)

    def pending_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        def fits(row: Lot) -> bool:
            return row.member == member and not row.active and row.remaining > 0 and row.active_at <= upto

        rows = self._many(Lot, self.facts.pending_lots(member, upto), fits)
        return sorted(rows, key=lambda row: (row.active_at, row.number))

    def dying_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        def fits(row: Lot) -> bool:
            return row.member == member and row.remaining > 0 and row.expires_at is not None and row.expires_at <= upto

        rows = self._many(Lot, self.facts.dying_lots(member, upto), fits)
        return sorted(rows, key=lambda row: (row.expires_at or upto, row.number))


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.number)  # type: ignore[attr-defined]

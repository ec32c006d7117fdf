"""Facts in memory: for scenarios, trials and tests. The same questions as the database answers, in plain Python."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from itertools import count
from typing import Any, TypeVar

from loyalty.points import versions
from loyalty.points.exact import tidy
from loyalty.points.facts import Account, Booking, Exact, Hold, Lot, Member, Spend, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse, TopUp, Voucher
from loyalty.points.facts_tier import Entitlement, TierSpell, VersionRow
from loyalty.points.plan import Plan
from loyalty.points.store import Days, ProgrammeVersion

Row = TypeVar("Row")

_BY_BOOKING: dict[type, Callable[[Any], Any]] = {
    PurchaseLine: lambda row: row.purchase,
    **{kind: lambda row: row.booking for kind in (Lot, Spend, Voucher, RuleUse, Award, Transfer)},
}


class MemoryFacts:
    """A whole ledger in dictionaries. `absorb` posts a plan."""

    def __init__(self) -> None:
        self.rows: dict[type, dict[Any, Any]] = defaultdict(dict)
        self._of_booking: dict[tuple[type, Any], dict[Any, None]] = defaultdict(dict)
        self._of_member: dict[tuple[type, str], dict[Any, None]] = defaultdict(dict)
        self._uses: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
        self._versions: list[ProgrammeVersion] = []
        self._clock: datetime | None = None
        self.numbers = count(1).__next__

    def absorb(self, plan: Plan) -> None:
        for kind, rows in plan.rows.items():
            stored = self.rows[kind]
            by_booking = _BY_BOOKING.get(kind)
            for key, row in rows.items():
                if key in stored and by_booking is not None:
                    self._of_booking[kind, by_booking(stored[key])].pop(key, None)
                stored[key] = row
                if by_booking is not None:
                    self._of_booking[kind, by_booking(row)][key] = None
                if hasattr(row, "member"):
                    self._of_member[kind, row.member][key] = None
                if isinstance(row, RuleUse):
                    self._uses[row.section, row.name][key] = None
        for row in plan.changed(VersionRow):
            self._versions.append(versions.follow(self._versions[-1] if self._versions else None, row))
        for order in plan.orders:
            self._review_all(order.at)
        if plan.clock_to is not None:
            self._clock = plan.clock_to

    def _review_all(self, at: datetime) -> None:
        standings = self.rows[Standing]
        for key, row in standings.items():
            standings[key] = replace(row, due_at=at if row.due_at is None else min(at, row.due_at))

    # -- one row by its key

    def member(self, id: str) -> Member | None:
        return self.rows[Member].get(id)

    def standing(self, member: str) -> Standing | None:
        return self.rows[Standing].get(member)

    def account(self, member: str, wallet: str) -> Account | None:
        return self.rows[Account].get((member, wallet))

    def booking(self, id: str) -> Booking | None:
        return self.rows[Booking].get(id)

    def lot(self, number: int) -> Lot | None:
        return self.rows[Lot].get(number)

    def spend(self, number: int) -> Spend | None:
        return self.rows[Spend].get(number)

    def hold(self, id: str) -> Hold | None:
        return self.rows[Hold].get(id)

    def voucher(self, id: str) -> Voucher | None:
        return self.rows[Voucher].get(id)

    def purchase(self, id: str) -> Purchase | None:
        return self.rows[Purchase].get(id)

    def purchase_state(self, id: str) -> PurchaseState | None:
        return self.rows[PurchaseState].get(id)

    def topup(self, id: str) -> TopUp | None:
        return self.rows[TopUp].get(id)

    # -- rows of one booking, of one member

    def _booked(self, kind: type[Row], booking: str) -> list[Row]:
        stored = self.rows[kind]
        return [stored[key] for key in self._of_booking.get((kind, booking), ())]

    def of_member(self, kind: type[Row], member: str) -> list[Row]:
        """All rows of one type of one member, in the order they came."""
        stored = self.rows[kind]
        return [stored[key] for key in self._of_member.get((kind, member), ())]

    def lines_of(self, purchase: str) -> Sequence[PurchaseLine]:
        return self._booked(PurchaseLine, purchase)

    def lots_of(self, booking: str) -> Sequence[Lot]:
        return self._booked(Lot, booking)

    def spends_of(self, booking: str) -> Sequence[Spend]:
        return self._booked(Spend, booking)

    def vouchers_of(self, booking: str) -> Sequence[Voucher]:
        return self._booked(Voucher, booking)

    def vouchers_used_by(self, booking: str) -> Sequence[Voucher]:
        return [row for row in self.rows[Voucher].values() if row.used_by == booking]

    def uses_of(self, booking: str) -> Sequence[RuleUse]:
        return self._booked(RuleUse, booking)

    def awards_of(self, booking: str) -> Sequence[Award]:
        return self._booked(Award, booking)

    def transfers_of(self, booking: str) -> Sequence[Transfer]:
        return self._booked(Transfer, booking)

    def accounts(self, member: str) -> Sequence[Account]:
        return self.of_member(Account, member)

    def open_lots(self, member: str, wallet: str) -> Sequence[Lot]:
        lots = self.of_member(Lot, member)
        return [row for row in lots if row.wallet == wallet and (row.remaining or row.held)]

    def unpaid_spends(self, member: str, wallet: str) -> Sequence[Spend]:
        return [row for row in self.of_member(Spend, member) if row.wallet == wallet and row.unpaid]

    def open_holds(self, member: str, wallet: str | None = None) -> Sequence[Hold]:
        holds = self.of_member(Hold, member)
        return [row for row in holds if row.status == "open" and wallet in (None, row.wallet)]

    def open_vouchers(self, member: str) -> Sequence[Voucher]:
        return [row for row in self.of_member(Voucher, member) if row.status == "open"]

    def open_topups(self, member: str, wallet: str) -> Sequence[TopUp]:
        return [row for row in self.of_member(TopUp, member) if row.wallet == wallet and row.open]

    def entitlements(self, member: str) -> Sequence[Entitlement]:
        return [row for row in self.of_member(Entitlement, member) if row.status != "ended"]

    # -- figures

    def _states(self, member: str, days: Days, after: int) -> Iterable[PurchaseState]:
        states = self.of_member(PurchaseState, member)
        return (row for row in states if row.number > after and days.hold(row.day))

    def spent(self, member: str, days: Days, after: int = 0) -> int:
        return sum(row.net for row in self._states(member, days, after))

    def bought(self, member: str, days: Days, after: int = 0) -> int:
        return sum(1 for row in self._states(member, days, after) if row.counts)

    def earned(self, member: str, wallet: str, days: Days, after: int = 0) -> int:
        lots = (row for row in self.of_member(Lot, member) if row.wallet == wallet and row.active)
        return sum(row.earned for row in lots if row.number > after and days.hold(row.start_day))

    def _counting(self, member: str) -> list[tuple[PurchaseState, Purchase]]:
        purchases = self.rows[Purchase]
        states = self.of_member(PurchaseState, member)
        return [(row, purchases[row.purchase]) for row in states if row.counts]

    def bought_before(self, member: str, moment: datetime) -> int:
        return sum(1 for _, purchase in self._counting(member) if purchase.occurred_at < moment)

    def first_day(self, member: str, metric: str, wallet: str | None, days: Days) -> date | None:
        if metric == "earned":
            lots = (row for row in self.of_member(Lot, member) if row.wallet == wallet and row.earned and row.active)
            return min((row.start_day for row in lots if days.hold(row.start_day)), default=None)  # type: ignore[type-var]
        states = self._states(member, days, 0)
        return min((row.day for row in states if (row.net if metric == "spend" else row.counts)), default=None)

    def last_bought(self, member: str) -> date | None:
        return max((row.day for row, _ in self._counting(member)), default=None)

    def bought_at(self, member: str, stores: Iterable[str]) -> bool:
        return any(purchase.store in stores for _, purchase in self._counting(member))

    def bought_for(self, member: str, low: Fraction | None, high: Fraction | None) -> bool:
        nets = [row.net for row, _ in self._counting(member)]
        return any((low is None or net >= low) and (high is None or net <= high) for net in nets)

    def uses(self, section: str, name: str, member: str | None, days: Days, undone: bool) -> tuple[int, Exact]:
        stored = self.rows[RuleUse]
        rows = [stored[key] for key in self._uses.get((section, name), ())]
        fits = [
            row
            for row in rows
            if (undone or not row.undone) and member in (None, row.member) and days.hold(row.day)
        ]
        return sum(row.times for row in fits), tidy(sum((row.points for row in fits), start=Fraction(0)))

    def tier_at(self, member: str, moment: datetime) -> TierSpell | None:
        spells = [row for row in self.of_member(TierSpell, member) if row.at <= moment]
        return spells[-1] if spells else None

    def vouchers_issued(self) -> int:
        return max((row.ordinal for row in self.rows[Voucher].values()), default=0)

    # -- the programme and the clock

    def version(self, moment: datetime) -> ProgrammeVersion | None:
        found = [each for each in self._versions if each.at <= moment]
        return found[-1] if found else self._versions[0] if self._versions else None

    def versions(self, after: int) -> Sequence[ProgrammeVersion]:
        return [each for each in self._versions if each.number > after]

    def latest(self) -> ProgrammeVersion | None:
        return self._versions[-1] if self._versions else None

    def clock(self) -> datetime | None:
        return self._clock

    def members_due(self, upto: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        standings = self.rows[Standing].values()
        due = [(row.due_at, row.member) for row in standings if row.due_at is not None and row.due_at <= upto]
        return sorted(due, key=lambda each: each[0])[:limit]

    def next_lot_moment(self, member: str, after: datetime | None) -> datetime | None:
        moments: list[datetime | None] = []
        for row in self.of_member(Lot, member):
            if row.remaining:
                moments += [row.expires_at, None if row.active else row.active_at]
        later = (moment for moment in moments if moment is not None and (after is None or moment > after))
        return min(later, default=None)

    def pending_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        lots = self.of_member(Lot, member)
        return [row for row in lots if not row.active and row.remaining and row.active_at <= upto]

    def dying_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        lots = self.of_member(Lot, member)
        return [row for row in lots if row.remaining and row.expires_at is not None and row.expires_at <= upto]

    # -- figures for people

    def members(self) -> Sequence[str]:
        return list(self.rows[Member])

    def row_counts(self, member: str, wallet: str) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for row in self.of_member(Transfer, member):
            if row.wallet == wallet:
                found[row.kind] += 1
        return found

    def outstanding(self, wallet: str) -> int:
        return sum(row.balance for row in self.rows[Account].values() if row.wallet == wallet)

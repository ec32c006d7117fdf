"""A plan: the rows that one step changes, laid over the facts it was decided on. See store.py."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction

from loyalty.points.facts import Exact, Lot
from loyalty.points.facts_sale import PurchaseState, RuleUse, Voucher
from loyalty.points.facts_tier import TierSpell
from loyalty.points.overlay import Overlay
from loyalty.points.store import Days, ProgrammeVersion


class Plan(Overlay):
    """Facts with pending changes: it answers every question of `Facts` as if it had been posted.

    A store writes `rows[type].values()` (insert where `before` gives None, else replace), then `orders`, then the
    clock. Nothing else of a plan needs to be looked at.
    """

    # -- figures

    def spent(self, member: str, days: Days, after: int = 0) -> int:
        def worth(row: PurchaseState) -> int:
            return row.net if row.member == member and row.number > after and days.hold(row.day) else 0

        return self.facts.spent(member, days, after) + int(self.added(PurchaseState, worth))

    def bought(self, member: str, days: Days, after: int = 0) -> int:
        def worth(row: PurchaseState) -> int:
            return int(row.counts and row.member == member and row.number > after and days.hold(row.day))

        return self.facts.bought(member, days, after) + int(self.added(PurchaseState, worth))

    def earned(self, member: str, wallet: str, days: Days, after: int = 0) -> int:
        def worth(row: Lot) -> int:
            fits = row.member == member and row.wallet == wallet and row.active and row.number > after
            return row.earned if fits and days.hold(row.start_day) else 0

        return self.facts.earned(member, wallet, days, after) + int(self.added(Lot, worth))

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
        times += self.added(RuleUse, lambda row: row.times if fits(row) else 0)
        return times, points + self.added(RuleUse, lambda row: row.points if fits(row) else 0)

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

        rows = self.many(Lot, self.facts.pending_lots(member, upto), fits)
        return sorted(rows, key=lambda row: (row.active_at, row.number))

    def dying_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        def fits(row: Lot) -> bool:
            return row.member == member and row.remaining > 0 and row.expires_at is not None and row.expires_at <= upto

        rows = self.many(Lot, self.facts.dying_lots(member, upto), fits)
        return sorted(rows, key=lambda row: (row.expires_at or upto, row.number))

"""Facts in memory: for scenarios, trials and tests. The same questions as the database answers, in plain Python."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction

from loyalty.points.exact import added_up
from loyalty.points.facts import Account, Exact, Lot, Member, Standing, Transfer
from loyalty.points.facts_sale import Purchase, PurchaseState, RuleUse, Voucher
from loyalty.points.facts_tier import TierSpell
from loyalty.points.memory_rows import MemoryRows
from loyalty.points.store import Days, ProgrammeVersion


class MemoryFacts(MemoryRows):
    """A whole ledger in dictionaries. `absorb` posts a plan."""

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
        wanted = set(stores)
        return any(purchase.store in wanted for _, purchase in self._counting(member))

    def bought_for(self, member: str, low: Fraction | None, high: Fraction | None) -> bool:
        nets = [row.net for row, _ in self._counting(member)]
        return any((low is None or net >= low) and (high is None or net <= high) for net in nets)

    def uses(self, section: str, name: str, member: str | None, days: Days, undone: bool) -> tuple[int, Exact]:
        stored = self.rows[RuleUse]
        rows = [stored[key] for key in self.uses_by_name.get((section, name), ())]
        fits = [
            row for row in rows if (undone or not row.undone) and member in (None, row.member) and days.hold(row.day)
        ]
        return sum(row.times for row in fits), added_up([row.points for row in fits])

    def tier_at(self, member: str, moment: datetime) -> TierSpell | None:
        spells = [row for row in self.of_member(TierSpell, member) if row.at <= moment]
        return spells[-1] if spells else None

    def vouchers_issued(self) -> int:
        return max((row.ordinal for row in self.rows[Voucher].values()), default=0)

    # -- the programme and the clock

    def version(self, moment: datetime) -> ProgrammeVersion | None:
        found = [each for each in self.known_versions if each.at <= moment]
        return found[-1] if found else self.known_versions[0] if self.known_versions else None

    def versions(self, after: int) -> Sequence[ProgrammeVersion]:
        return [each for each in self.known_versions if each.number > after]

    def latest(self) -> ProgrammeVersion | None:
        return self.known_versions[-1] if self.known_versions else None

    def clock(self) -> datetime | None:
        return self.clock_at

    def members_due(self, upto: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        standings = self.rows[Standing].values()
        due = [(row.due_at, row.member) for row in standings if row.due_at is not None and row.due_at <= upto]
        return sorted(due, key=lambda each: each[0])[:limit]

    def next_lot_moment(self, member: str, after: datetime | None) -> datetime | None:
        moments: list[datetime | None] = []
        for row in self.live_lots(member):
            if row.remaining:
                moments += [row.expires_at, None if row.active else row.active_at]
        later = (moment for moment in moments if moment is not None and (after is None or moment > after))
        return min(later, default=None)

    def pending_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        lots = self.live_lots(member)
        return [row for row in lots if not row.active and row.remaining and row.active_at <= upto]

    def dying_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        lots = self.live_lots(member)
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

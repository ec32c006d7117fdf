"""The engine's facts in memory, lean enough for a chain's year: what nobody asks for again is counted and dropped."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from loyalty.campaigns.day_sums import DaySums, UseSums
from loyalty.points.exact import added_up
from loyalty.points.facts import Booking, Exact, Lot, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse
from loyalty.points.facts_tier import TierSpell
from loyalty.points.memory import MemoryFacts
from loyalty.points.plan import Plan
from loyalty.points.store import Days

DROPPED = (Booking, Transfer, Award, PurchaseLine)
"""Kinds that only returns and people read, and a trial does neither."""


@dataclass
class Tally:
    """What went through the books: points in smallest units by (member, wallet), money in the currency's."""

    earned: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    spent: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    expired: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    discount: int = 0
    sales: int = 0
    total: int = 0
    moves: list[tuple[str, str | None, str | None]] = field(default_factory=list)  # member, old level, new level


_KINDS = {"earn": "earned", "credit": "earned", "spend": "spent", "expire": "expired"}
"""Credits by hand are not replayed: those in a trial are gifts of a campaign."""


class TrialFacts(MemoryFacts):
    """As `MemoryFacts`. What is posted while `counting` is set goes into `tally`. Nothing is found by its booking: that
    is for what is taken back, and a trial books only what stood.
    """

    of_bookings = {}

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally()
        self.counting = False
        self._uses_of: dict[tuple[str, str, str], dict[int, None]] = defaultdict(dict)
        self._uses_of_all: dict[tuple[str, str], UseSums] = defaultdict(UseSums)
        self._lots: dict[str, dict[int, Lot]] = defaultdict(dict)
        self._sold: dict[str, DaySums] = defaultdict(DaySums)

    def absorb(self, plan: Plan) -> None:
        if self.counting:
            self._count(plan)
        for row in plan.changed(RuleUse):
            self._uses_of[row.section, row.name, row.member][row.key] = None
            self._uses_of_all[row.section, row.name].change(self.rows[RuleUse].get(row.key), row)
        for lot in plan.changed(Lot):
            if lot.remaining or lot.held:
                self._lots[lot.member][lot.number] = lot
            else:
                self._lots[lot.member].pop(lot.number, None)
        for state in plan.changed(PurchaseState):
            self._sold[state.member].change(self.purchase_state(state.key), state)
        for kind in DROPPED:
            plan.rows.pop(kind, None)
        super().absorb(plan)

    def _count(self, plan: Plan) -> None:
        for row in plan.changed(Transfer):
            if row.kind in _KINDS:
                getattr(self.tally, _KINDS[row.kind])[row.member, row.wallet] += row.amount
        for sale in plan.changed(Purchase):
            self.tally.sales += 1
            self.tally.total += sale.total
            self.tally.discount += sale.discount
        for spell in plan.changed(TierSpell):
            before: Standing | None = plan.before(Standing, spell.member)
            if before is not None:
                self.tally.moves.append((spell.member, before.tier, spell.tier))

    def live_lots(self, member: str) -> Sequence[Lot]:
        return list(self._lots[member].values())

    def spent(self, member: str, days: Days, after: int = 0) -> int:
        return super().spent(member, days, after) if after else self._sold[member].sums(days)[0]

    def bought(self, member: str, days: Days, after: int = 0) -> int:
        return super().bought(member, days, after) if after else self._sold[member].sums(days)[1]

    def first_day(self, member: str, metric: str, wallet: str | None, days: Days) -> date | None:
        if metric == "earned":
            return super().first_day(member, metric, wallet, days)
        return self._sold[member].first(days, 0 if metric == "spend" else 1)

    def uses(self, section: str, name: str, member: str | None, days: Days, undone: bool) -> tuple[int, Exact]:
        if member is None and not undone:
            return self._uses_of_all[section, name].within(days)
        if member is None:
            return super().uses(section, name, member, days, undone)
        stored = self.rows[RuleUse]
        mine: Sequence[RuleUse] = [stored[key] for key in self._uses_of.get((section, name, member), ())]
        fits = [row for row in mine if (undone or not row.undone) and days.hold(row.day)]
        return sum(row.times for row in fits), added_up([row.points for row in fits])

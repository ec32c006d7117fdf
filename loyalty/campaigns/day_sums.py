"""Sums that a trial keeps, so that rows are not added up again: what a member bought, how often a rule was used."""

from bisect import bisect_left, bisect_right, insort
from datetime import date

from loyalty.points.exact import tidy
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import PurchaseState, RuleUse
from loyalty.points.store import ALWAYS, Days


class DaySums:
    """Of one member: money (the currency's smallest unit) and purchases that count, up to and including each day with a
    sale. A sum over any days takes two looks, however many sales there are.
    """

    def __init__(self) -> None:
        self._days: list[date] = []
        self._sums: tuple[list[int], list[int]] = ([], [])

    def change(self, before: PurchaseState | None, after: PurchaseState) -> None:
        """A sale came (`before` is None) or stands otherwise now."""
        if before is not None:
            self._add(before.day, -before.net, -int(before.counts))
        self._add(after.day, after.net, int(after.counts))

    def _add(self, day: date, net: int, times: int) -> None:
        place = bisect_left(self._days, day)
        if place == len(self._days) or self._days[place] != day:
            insort(self._days, day)
            for sums in self._sums:
                sums.insert(place, sums[place - 1] if place else 0)
        for sums, more in zip(self._sums, (net, times), strict=True):
            for later in range(place, len(sums)):
                sums[later] += more

    def sums(self, days: Days) -> tuple[int, int]:
        """(money, purchases) of these days."""
        first, last = self._range(days)
        if last <= first:
            return 0, 0
        money, times = ((sums[last - 1] - (sums[first - 1] if first else 0)) for sums in self._sums)
        return money, times

    def first(self, days: Days, which: int) -> date | None:
        """The first of these days with money (0) or a purchase that counts (1)."""
        sums = self._sums[which]
        grew = (at for at in range(*self._range(days)) if sums[at] != (sums[at - 1] if at else 0))
        return next((self._days[at] for at in grew), None)

    def _range(self, days: Days) -> tuple[int, int]:
        first = 0 if days.first is None else bisect_left(self._days, days.first)
        last = len(self._days) if days.last is None else bisect_right(self._days, days.last)
        return first, last


class UseSums:
    """Of one rule: times and points of the uses by all members that were not undone, for each day and in all."""

    def __init__(self) -> None:
        self._all: tuple[int, Exact] = (0, 0)
        self._by_day: dict[date, tuple[int, Exact]] = {}

    def change(self, before: RuleUse | None, after: RuleUse) -> None:
        """A use came (`before` is None) or stands otherwise now."""
        for use, sign in ((before, -1), (after, 1)):
            if use is not None and not use.undone:
                more = sign * use.times, sign * use.points
                self._all = _plus(self._all, more)
                self._by_day[use.day] = _plus(self._by_day.get(use.day, (0, 0)), more)

    def within(self, days: Days) -> tuple[int, Exact]:
        """(times, points) of these days."""
        if days == ALWAYS:
            return self._all
        found: tuple[int, Exact] = (0, 0)
        for day, sums in self._by_day.items():
            if days.hold(day):
                found = _plus(found, sums)
        return found


def _plus(one: tuple[int, Exact], other: tuple[int, Exact]) -> tuple[int, Exact]:
    return one[0] + other[0], tidy(one[1] + other[1])

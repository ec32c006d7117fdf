"""What one member bought, added up from the first day on: a sum over any days takes two looks, however many sales."""

from bisect import bisect_left, bisect_right, insort
from datetime import date

from loyalty.points.facts_sale import PurchaseState
from loyalty.points.store import Days


class DaySums:
    """Money (the currency's smallest unit) and purchases that count, up to and including each day with a sale."""

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

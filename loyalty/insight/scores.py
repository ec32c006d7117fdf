"""Places among all customers: fifths for recency, frequency and money, the 80/20 line, the customer pyramid."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

PYRAMID = (("top", 10), ("big", 50), ("medium", 200), ("small", 1000))
"""Classes of buyers by their place, in thousandths up to which each reaches: 1 %, 4 %, 15 % and 80 % (Curry and Curry,
The Customer Marketing Method, 2000); who bought nothing in the year is `inactive`."""
CLASSES = (*(name for name, _edge in PYRAMID), "inactive")


def fifths(values: Sequence[int]) -> list[int]:
    """A score from 1 to 5 for each value, 5 for the highest fifth; equal values have equal scores."""
    ordered = sorted(values)
    return [1 + 5 * bisect_left(ordered, value) // len(ordered) for value in values]


def places(spent: Sequence[int]) -> list[tuple[int, int, str]]:
    """(place, share, class) of each: the place among all with sales in thousandths, rounded up; what share of all sales
    those before it bring, in thousandths rounded down; the class of the pyramid. The order breaks ties.
    """
    buyers = sorted((-each, place) for place, each in enumerate(spent) if each > 0)
    total = -sum(value for value, _place in buyers)
    before = [0, *accumulate(-value for value, _place in buyers)]
    found = [(1000, 1000, "inactive")] * len(spent)
    for rank, (_value, place) in enumerate(buyers, 1):
        share = -(-1000 * rank // len(buyers))
        found[place] = (share, 1000 * before[rank - 1] // total, pyramid_class(rank, len(buyers)))
    return found


def pyramid_class(rank: int, buyers: int) -> str:
    """The class of who stands at `rank` of `buyers`; each class that has an edge holds at least one."""
    return next(name for name, edge in PYRAMID if rank <= max(1, -(-buyers * edge // 1000)))

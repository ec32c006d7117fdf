"""Product: which categories are bought together, as a page and as hints for who sells."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, groupby

import sqlalchemy as sa

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, part
from loyalty.insight.marked import N_
from loyalty.insight.report import Cell
from loyalty.points.tables_sale import purchase_lines

LATEST = 50_000
"""Purchases that pairs are counted in: the latest of the time asked about."""
LEAST_TIMES, LEAST_SHARE = 5, 500
"""Pairs bought together less often, or in less than one of so many purchases, say nothing."""
MOST_PAIRS = 200
MOST_IN_ONE = 60
"""Categories of one purchase that are paired; more than that is no basket but a stocktaking."""


@dataclass(frozen=True)
class Pair:
    """Two categories that were bought together `times` times; `baskets`: purchases counted altogether, `of_first` and
    `of_second` those with each.
    """

    first: str
    second: str
    times: int
    of_first: int
    of_second: int
    baskets: int

    @property
    def support(self) -> Decimal:
        """Purchases with both, in percent of all."""
        return part(self.times, self.baskets)

    @property
    def confidence(self) -> Decimal:
        """Purchases with the first that hold the second too, in percent."""
        return part(self.times, self.of_first)

    @property
    def lift(self) -> Decimal:
        """How many times likelier than if both were bought by chance; above 1 they go together."""
        return round(Decimal(self.times * self.baskets) / (self.of_first * self.of_second), 2)


def pairs_of(scope: Scope, least: int = LEAST_TIMES) -> list[Pair]:
    """All pairs bought together often enough, both ways round, the strongest lift first."""
    return count_pairs(_baskets(scope), least)


def _baskets(scope: Scope) -> Iterable[frozenset[str]]:
    sales, line = scope.sales(), purchase_lines.c
    latest = sa.select(sales.c.purchase).order_by(sales.c.day.desc(), sales.c.purchase.desc()).limit(LATEST).subquery()
    statement = (
        sa.select(line.purchase, line.category)
        .join(latest, latest.c.purchase == line.purchase)
        .where(line.category.is_not(None))
        .order_by(line.purchase)
    )
    rows = scope.session.execute(statement)
    for _purchase, lines in groupby(rows, key=lambda row: row[0]):
        yield frozenset(category for _each, category in lines)


def count_pairs(baskets: Iterable[frozenset[str]], least: int = LEAST_TIMES) -> list[Pair]:
    """As pairs_of, of any baskets."""
    single: Counter[str] = Counter()
    double: Counter[tuple[str, str]] = Counter()
    number = 0
    for basket in baskets:
        number += 1
        single.update(basket)
        double.update(combinations(sorted(basket)[:MOST_IN_ONE], 2))
    often = [(pair, times) for pair, times in double.items() if times >= max(least, number / LEAST_SHARE)]
    found = [
        Pair(first, second, times, single[first], single[second], number)
        for pair, times in often
        for first, second in (pair, pair[::-1])
    ]
    return sorted(found, key=lambda pair: (-pair.lift, -pair.times, pair.first, pair.second))


def hints_for(pairs: Iterable[Pair], basket: frozenset[str], most: int = 3) -> list[Pair]:
    """What to offer with a basket: pairs from a category in it to one that is not, the likeliest purchase first."""
    best: dict[str, Pair] = {}
    for pair in pairs:
        if pair.first in basket and pair.second not in basket and pair.lift > 1:
            best[pair.second] = max(best.get(pair.second, pair), pair, key=lambda each: each.confidence)
    return sorted(best.values(), key=lambda pair: (-pair.confidence, pair.second))[:most]


def pairs(scope: Scope) -> list[tuple[Cell, ...]]:
    """Each pair once, in the direction in which the second follows the likelier."""
    seen: dict[frozenset[str], Pair] = {}
    for pair in pairs_of(scope):
        both = frozenset((pair.first, pair.second))
        seen[both] = max(seen.get(both, pair), pair, key=lambda each: each.confidence)
    return [
        (f"{pair.first} → {pair.second}", pair.times, pair.support, pair.confidence, pair.lift)
        for pair in list(seen.values())[:MOST_PAIRS]
    ]


def reach(scope: Scope) -> list[tuple[Cell, ...]]:
    """Categories by the share of the buyers who buy them."""
    sales, line = scope.sales(), purchase_lines.c
    each = (
        sa.select(line.category, sales.c.member, sa.func.count(sa.distinct(sales.c.purchase)).label("times"))
        .join_from(sales, purchase_lines, line.purchase == sales.c.purchase)
        .where(line.category.is_not(None))
        .group_by(line.category, sales.c.member)
        .subquery()
    )
    again = sa.func.sum(sa.case((each.c.times > 1, 1), else_=0))
    statement = sa.select(each.c.category, sa.func.count().label("members"), again, sa.func.sum(each.c.times))
    everybody = _buyers(scope)
    rows = scope.rows(statement.group_by(each.c.category).order_by(sa.func.count().desc(), each.c.category))
    return [
        (category, members, part(members, everybody), part(again, members), round(Decimal(int(times)) / members, 1))
        for category, members, again, times in rows[:MOST_PAIRS]
    ]


def _buyers(scope: Scope) -> int:
    return int(scope.session.scalar(sa.select(sa.func.count(sa.distinct(scope.sales().c.member)))) or 0)


def _categories(scope: Scope) -> Cell:
    sales, line = scope.sales(), purchase_lines.c
    joined = sa.select(sa.func.count(sa.distinct(line.category))).join(sales, sales.c.purchase == line.purchase)
    return int(scope.session.scalar(joined) or 0)


_PAIR = Shown("pair", "text", N_("Who buys the first category often buys the second in the same purchase."), N_("Pair"))
PRODUCT = Analysis(
    "product",
    N_("Product"),
    N_("What is bought together?"),
    (Headline("categories", N_("Categories bought"), "count", N_("Different categories that members bought."),
              _categories),),
    (
        View("pairs", N_("bought together"), (
            _PAIR,
            Shown("times", "count", N_("Purchases that hold both: five at least, and one in 500 of the latest 50,000."),
                  N_("Together")),
            Shown("support", "percent", N_("Support: purchases with both, of all."), N_("Of all")),
            Shown("confidence", "percent", N_("Confidence: of the purchases with the first, those with the second."),
                  N_("Second follows")),
            Shown("lift", "ratio", N_("How many times likelier than by chance; above 1 they go together."), N_("Lift")),
        ), pairs, "lift", few=15),
        View("reach", N_("reach"), (
            Shown("category", "text", N_("The category as the till names it."), N_("Category")),
            Shown("members", "count", N_("Members who bought it in the time."), N_("Members")),
            Shown("reach", "percent", N_("Of all who bought anything in the time."), N_("Reach")),
            Shown("again", "percent", N_("Of its buyers: bought it in two purchases or more."), N_("Buy again")),
            Shown("times", "ratio", N_("Purchases of it by buyer."), N_("Times")),
        ), reach, "reach", few=15),
    ),
)  # fmt: skip

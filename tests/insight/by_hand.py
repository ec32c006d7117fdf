"""Figures of the analyses counted in plain Python over lists of sales: nothing of the product's SQL."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations, pairwise


@dataclass(frozen=True)
class Sale:
    """A sale that counts; money in cents. points: what it earned, in money."""

    member: str
    day: date
    net: int
    store: str | None
    lines: tuple[tuple[str, int], ...]
    points: Decimal = Decimal(0)


@dataclass
class Shop:
    """Everything that was sold to members, and the days asked about."""

    sales: list[Sale]
    first: date
    last: date
    asked: list[Sale] = field(init=False)

    def __post_init__(self) -> None:
        self.asked = [sale for sale in self.sales if self.first <= sale.day <= self.last]

    def days(self, sales: Sequence[Sale]) -> dict[str, list[date]]:
        found: dict[str, set[date]] = defaultdict(set)
        for sale in sales:
            found[sale.member].add(sale.day)
        return {member: sorted(days) for member, days in found.items()}

    def spent(self, sales: Sequence[Sale]) -> Counter[str]:
        found: Counter[str] = Counter()
        for sale in sales:
            found[sale.member] += sale.net
        return found


def percent(some: int, whole: int) -> Decimal:
    return (Decimal(some) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def headlines(shop: Shop) -> dict[str, object]:
    """`analysis.figure` -> value, of those that follow from the sales alone."""
    asked, net = shop.asked, sum(sale.net for sale in shop.asked)
    days = shop.days(asked)
    gaps = sorted((later - earlier).days for each in days.values() for earlier, later in pairwise(each))
    best = sorted(shop.spent(asked).values(), reverse=True)
    size, more = divmod(len(best), 10)
    edge, before = shop.last - timedelta(days=89), shop.last - timedelta(days=179)
    lately = shop.spent([sale for sale in shop.sales if edge <= sale.day <= shop.last])
    earlier = shop.spent([sale for sale in shop.sales if before <= sale.day < edge])
    return {
        "profile.buyers": len(days),
        "persistency.repeat": percent(sum(len(each) > 1 for each in days.values()), len(days)),
        "persistency.gap": gaps[len(gaps) // 2],
        "profitability.net": money(net),
        "profitability.fifth": percent(sum(best[: 2 * size + min(more, 2)]), net),
        "performance.net": money(net),
        "performance.sales": len(asked),
        "performance.average": money(net // len(asked)),
        "prospecting.stopped": sum(cents > 0 and lately[member] <= 0 for member, cents in earlier.items()),
        "product.categories": len({name for sale in asked for name, _amount in sale.lines}),
    }


def months(shop: Shop) -> list[tuple[object, ...]]:
    """Persistency by month."""
    found: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for sale in shop.sales:
        if sale.day <= shop.last:
            found[f"{sale.day:%Y-%m}"][sale.member].add(sale.day)
    seen: set[str] = set()
    rows: list[tuple[object, ...]] = []
    for name in sorted(found):
        buyers = set(found[name])
        last_month = f"{date.fromisoformat(f'{name}-01') - timedelta(days=1):%Y-%m}"
        earlier = set(found[last_month]) if last_month in found else set()
        kept = buyers & earlier
        twice = sum(len(days) > 1 for days in found[name].values())
        share = percent(len(kept), len(earlier)) if earlier else None
        row = len(buyers), len(buyers - seen), len(kept), len(buyers & seen - earlier), share
        if name >= f"{shop.first:%Y-%m}":
            rows.append((name, *row, percent(twice, len(buyers))))
        seen |= buyers
    return rows


def by(shop: Shop, key: str) -> dict[str, tuple[int, int, Decimal]]:
    """Purchases, members and net by store or weekday."""
    found: dict[str, list[Sale]] = defaultdict(list)
    for sale in shop.asked:
        found[sale.store or "-" if key == "store" else f"{sale.day:%A}"].append(sale)
    return {
        name: (len(sales), len({sale.member for sale in sales}), money(sum(sale.net for sale in sales)))
        for name, sales in found.items()
    }


def categories(shop: Shop) -> dict[str, tuple[int, int, Decimal]]:
    """The same by category, of the lines' amounts."""
    amounts: Counter[str] = Counter()
    purchases: Counter[str] = Counter()
    members: dict[str, set[str]] = defaultdict(set)
    for sale in shop.asked:
        for name, amount in sale.lines:
            amounts[name] += amount
            members[name].add(sale.member)
        purchases.update({name for name, _amount in sale.lines})
    return {name: (purchases[name], len(members[name]), money(amounts[name])) for name in amounts}


def lifts(shop: Shop) -> dict[frozenset[str], tuple[int, float]]:
    """Of each pair of categories: purchases with both, and how many times more than by chance."""
    baskets = [frozenset(name for name, _amount in sale.lines) for sale in shop.asked if sale.lines]
    often = Counter(name for basket in baskets for name in basket)
    both = Counter(frozenset(pair) for basket in baskets for pair in combinations(basket, 2))
    return {
        pair: (times, times / len(baskets) / math.prod(often[name] / len(baskets) for name in pair))
        for pair, times in both.items()
        if times >= max(5, len(baskets) / 500)
    }


def moves(shop: Shop) -> Counter[str]:
    """Members by how their last 90 days compare with the 90 before."""
    edge, start = shop.last - timedelta(days=89), shop.last - timedelta(days=179)
    now = shop.spent([sale for sale in shop.sales if edge <= sale.day <= shop.last])
    before = shop.spent([sale for sale in shop.sales if start <= sale.day < edge])
    found: Counter[str] = Counter()
    for member in {*now, *before}:
        if before[member] <= 0:
            found["new or back"] += 1
        elif now[member] <= 0:
            found["no longer buying"] += 1
        else:
            ratio = Decimal(now[member]) / before[member]
            found["rising" if ratio > Decimal("1.2") else "falling" if ratio < Decimal("0.8") else "steady"] += 1
    return found

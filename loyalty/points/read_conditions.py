"""Reads conditions, limits, expiry policies and the names rules may refer to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from loyalty.points.facts import Exact
from loyalty.points.programme import Expiry, Limit, Wallet, When
from loyalty.points.programme_rules import Basket, LineFilter
from loyalty.points.reading import Node

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINES = ("sku", "category", "label", "not")
_MATCHING = ("min_amount", "min_quantity")
_EVENT = ("store", "channel", "tender", "code", "tier", "segment", "basket", "weekday", "time", "date")
_PERSON = ("purchase_number", "first_purchase", "birthday")
Read = TypeVar("Read")
Default = TypeVar("Default")


@dataclass(frozen=True)
class Names:
    """What rules may refer to, and the scale of amounts."""

    wallets: Mapping[str, Wallet]
    digits: int
    levels: tuple[str, ...]

    def wallet(self, node: Node) -> Wallet:
        name = node.text()
        if name not in self.wallets:
            node.fail(f"there is no wallet {name!r}; there are: {', '.join(self.wallets)}")
        return self.wallets[name]

    @property
    def first(self) -> Wallet:
        return next(iter(self.wallets.values()))

    def level(self, node: Node) -> str:
        if node.text() not in self.levels:
            node.fail(f"there is no level {node.value!r}; there are: {', '.join(self.levels) or 'none'}")
        return str(node.value)


def unique(nodes: list[tuple[Node, str]]) -> None:
    """Fails where a name is used twice in one list."""
    seen = set()
    for node, name in nodes:
        if name in seen:
            node.fail(f"the name {name!r} is used twice")
        seen.add(name)


def expiry(node: Node, inactivity: bool = False) -> Expiry:
    if node.value == "never":
        return Expiry()
    kinds = ("after", "on", "inactivity") if inactivity else ("after", "on")
    keys = node.map(*kinds, "round_up")
    kind = node.only_one(*kinds)
    if kind != "after" and "round_up" in keys:
        keys["round_up"].fail("round_up belongs to `after`")
    if kind == "on":
        day = keys["on"].map("month", "day", "years_later", needs=("month", "day"))
        later = day["years_later"].whole(0, 100) if "years_later" in day else 0
        return Expiry("on", month=day["month"].whole(1, 12), day=_day_of(day), years_later=later)
    rounded = keys["round_up"].choice("month", "quarter", "year") if "round_up" in keys else None
    return Expiry(kind, keys[kind].duration(), rounded)


def _day_of(keys: Mapping[str, Node]) -> int:
    month = keys["month"].whole(1, 12)
    return keys["day"].whole(1, 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def limits(node: Node, points_scale: int | None = None, over: bool = False) -> tuple[Limit, ...]:
    """`points_scale`: decimals of points where a limit in points is allowed."""
    return tuple(_limit(each, points_scale, over) for each in node.one_or_list())


def _limit(node: Node, points_scale: int | None, over: bool) -> Limit:
    keys = node.map("times", "points", "per", "scope", "reusable", "over")
    kind = node.only_one("times", "points")
    if kind == "points" and points_scale is None:
        keys["points"].fail("a limit in points is for earn rules and transfers; use times")
    if "over" in keys and (kind == "times" or not over):
        keys["over"].fail("over is for limits in points of earn rules")
    return Limit(
        times=keys["times"].whole() if kind == "times" else None,
        points=keys["points"].at_least(0) * 10 ** (points_scale or 0) if kind == "points" else None,
        per=pick(keys, "per", "ever", "event", "day", "week", "month", "year"),
        scope=pick(keys, "scope", "member", "all"),
        reusable=get(keys, "reusable", Node.flag, True),
        refuse=pick(keys, "over", "cut", "refuse") == "refuse",
    )


def get(keys: Mapping[str, Node], key: str, read: Callable[[Node], Read], default: Default) -> Read | Default:
    """What is under `key`; the default when it is left out."""
    return read(keys[key]) if key in keys else default


def when(node: Node, names: Names) -> When:
    keys = node.map(*_LINES, *_MATCHING, *_EVENT, *_PERSON)
    hours = keys["time"].map("from", "to", needs=("from", "to")) if "time" in keys else {}
    dates = keys["date"].map("from", "to") if "date" in keys else {}
    first, last = get(dates, "from", Node.day, None), get(dates, "to", Node.day, None)
    if first and last and first > last:
        keys["date"].fail("`from` is later than `to`")
    return When(
        lines=_lines(keys),
        store=get(keys, "store", Node.texts, ()),
        channel=get(keys, "channel", Node.texts, ()),
        tender=get(keys, "tender", Node.texts, ()),
        code=get(keys, "code", Node.texts, ()),
        segment=get(keys, "segment", Node.texts, ()),
        tier=_each(keys, "tier", names.level),
        min_amount=_least(keys, names.digits),
        min_quantity=get(keys, "min_quantity", Node.number, None),
        basket=_basket(keys["basket"], names.digits) if "basket" in keys else None,
        weekday=_each(keys, "weekday", lambda each: WEEKDAYS.index(each.choice(*WEEKDAYS))),
        time_from=get(hours, "from", Node.time_of_day, None),
        time_to=get(hours, "to", Node.time_of_day, None),
        date_from=first,
        date_to=last,
        purchase_number=_each(keys, "purchase_number", lambda each: each.whole(1)),
        first_purchase=get(keys, "first_purchase", Node.flag, None),
        birthday=keys["birthday"].choice("day", "month") if "birthday" in keys else None,
        of_lines=any(key in keys for key in (*_LINES, *_MATCHING, "basket")),
        always=not keys,
    )


def _each(keys: Mapping[str, Node], key: str, read: Callable[[Node], Read]) -> tuple[Read, ...]:
    """One value or a list of them."""
    return tuple(read(node) for node in keys[key].one_or_list()) if key in keys else ()


def _least(keys: Mapping[str, Node], digits: int) -> Exact | None:
    return keys["min_amount"].number() * 10**digits if "min_amount" in keys else None


def _lines(keys: Mapping[str, Node]) -> LineFilter:
    none = keys["not"].map("sku", "category", "label") if "not" in keys else {}
    wanted = [get(keys, key, Node.texts, ()) for key in ("sku", "category", "label")]
    unwanted = [get(none, key, Node.texts, ()) for key in ("sku", "category", "label")]
    return LineFilter(*wanted, *unwanted)


def _basket(node: Node, digits: int) -> Basket:
    keys = node.map(*_LINES, *_MATCHING)
    return Basket(_lines(keys), _least(keys, digits), get(keys, "min_quantity", Node.number, None))


def pick(keys: Mapping[str, Node], key: str, default: str, *others: str) -> str:
    """The word under `key`, one of those given; the first of them when it is left out."""
    return keys[key].choice(default, *others) if key in keys else default


def condition(keys: Mapping[str, Node], names: Names) -> When:
    """The rule's `when`, or no condition."""
    return when(keys["when"], names) if "when" in keys else When()

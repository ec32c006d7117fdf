"""Reads the levels of a programme document."""

from collections.abc import Mapping
from typing import Any

from loyalty.points.facts import Exact
from loyalty.points.programme import Lasts, Level, Tiers, Wallet, Window
from loyalty.points.read_conditions import get, pick, unique
from loyalty.points.reading import Node

_PERIODS = ("month", "quarter", "year")
_TERM = ("days", "months", "years")


def level_names(node: Node | None) -> tuple[str, ...]:
    """The names of the levels, before anything else of them is read."""
    if node is None or "levels" not in node.entries():
        return ()
    return tuple(each["name"].name() for each in node["levels"].items() if "name" in each.entries())


def tiers(node: Node, wallets: Mapping[str, Wallet], digits: int) -> Tiers:
    keys = node.map(
        *("metric", "window", "starts", "lasts", "extend", "grace", "downgrade", "period", "earn_at", "levels"),
        needs=("metric", "levels"),
    )
    metric, wallet, scale = _metric(keys["metric"], wallets, digits)
    grace = keys["grace"].map(*_TERM, "round_up") if "grace" in keys else {}
    levels = [_level(each, rank, keys, scale) for rank, each in enumerate(keys["levels"].items())]
    if not levels:
        keys["levels"].fail("at least one level is wanted")
    unique([(keys["levels"][rank], level.name) for rank, level in enumerate(levels)])
    return Tiers(
        metric=metric,
        metric_wallet=wallet,
        levels=tuple(levels),
        extend=get(keys, "extend", Node.duration, None),
        grace=_only_duration(keys["grace"]) if grace else None,
        grace_round_up=grace["round_up"].choice(*_PERIODS) if "round_up" in grace else None,
        downgrade=pick(keys, "downgrade", "to_qualified", "one_level", "none"),
        earn_at_after=pick(keys, "earn_at", "tier_before", "tier_after") == "tier_after",
    )


def _only_duration(node: Node) -> Any:
    """The duration in a map that has `round_up` beside it."""
    unit = node.only_one(*_TERM)
    return Node({unit: node.value[unit]}, node.path, node.document).duration()


def _metric(node: Node, wallets: Mapping[str, Wallet], digits: int) -> tuple[str, str | None, int]:
    """(metric, wallet, scale of its figures)."""
    word = node.text()
    if word in ("spend", "purchases"):
        return word, None, 10**digits if word == "spend" else 1
    metric, _, wallet = word.partition(":")
    if metric not in ("earned", "balance"):
        node.fail("one of spend, purchases, earned:<wallet>, balance:<wallet> is wanted")
    if wallet not in wallets:
        node.fail(f"there is no wallet {wallet!r}; there are: {', '.join(wallets)}")
    return metric, wallet, 10 ** wallets[wallet].decimals


def _window(node: Node) -> Window:
    if node.value == "lifetime":
        return Window()
    keys = node.map("calendar", "rolling")
    if node.only_one("calendar", "rolling") == "calendar":
        return Window("calendar", unit=keys["calendar"].choice(*_PERIODS))
    return Window("rolling", duration=keys["rolling"].duration())


def _lasts(node: Node) -> Lasts:
    if isinstance(node.value, str):
        return Lasts(node.choice("for_ever", "while_qualified"))
    keys = node.map("until", *_TERM)
    if "until" in keys:
        node.only_one("until", *_TERM)
        return Lasts(keys["until"].choice("end_of_period", "end_of_next_period"))
    return Lasts("term", node.duration(least=1))


def _level(node: Node, rank: int, general: Mapping[str, Node], scale: int) -> Level:
    keys = node.map(
        *("name", "from", "window", "lasts", "starts", "keep_from", "keep_window", "benefits"),
        needs=("name", "from"),
    )
    own: Mapping[str, Node] = {**general, **keys}
    window = get(own, "window", _window, Window())
    benefits = keys["benefits"].entries() if "benefits" in keys else {}
    keep: Exact | None = get(keys, "keep_from", Node.number, None)
    return Level(
        name=keys["name"].name(),
        rank=rank,
        threshold=keys["from"].number() * scale,
        window=window,
        lasts=get(own, "lasts", _lasts, Lasts()),
        next_period=pick(own, "starts", "at_once", "next_period") == "next_period",
        period=own["period"].choice(*_PERIODS) if "period" in own else window.unit or "year",
        keep_from=None if keep is None else keep * scale,
        keep_window=_keep_window(keys["keep_window"]) if "keep_window" in keys else None,
        benefits={name: each.value for name, each in benefits.items()},
        earn_multiplier=benefits["earn_multiplier"].at_least(0) if "earn_multiplier" in benefits else 1,
        discount_percent=benefits["discount_percent"].percent() if "discount_percent" in benefits else 0,
    )


def _keep_window(node: Node) -> Window | None:
    return None if node.value == "term" else _window(node)

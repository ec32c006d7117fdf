"""Reads earn rules and offers of a programme document."""

from loyalty.points.facts import Exact
from loyalty.points.programme import EarnRule
from loyalty.points.programme_offers import Offer
from loyalty.points.read_conditions import Names, condition, expiry, get, limits, pick
from loyalty.points.reading import Node

EVENTS = ("purchase", "first_purchase", "signup", "birthday", "referral", "visit")
_AWARDS = ("per_amount", "per_unit", "fixed", "multiply", "bonus")


def earn_rule(node: Node, names: Names) -> EarnRule:
    keys = node.map(
        *("name", "on", "wallet", *_AWARDS, "when", "to", "group", "alone", "priority", "stop", "limit"),
        *("expiry", "pending", "enabled"),
        needs=("name",),
    )
    award = node.only_one(*_AWARDS)
    wallet = names.wallet(keys["wallet"]) if "wallet" in keys else names.first
    scale = 10**wallet.decimals
    points, per, whole = _award(award, keys[award], scale, names.digits)
    return EarnRule(
        name=keys["name"].name(),
        wallet=wallet.name,
        award=award,
        points=points,
        per=per,
        whole=whole,
        phase=award if award in ("multiply", "bonus") else "base",
        on=_event(keys["on"]) if "on" in keys else "purchase",
        to_other=pick(keys, "to", "member", "other") == "other",
        when=condition(keys, names),
        group=get(keys, "group", Node.text, None),
        alone=get(keys, "alone", Node.flag, False),
        priority=get(keys, "priority", Node.number, 0),
        stop=get(keys, "stop", Node.flag, False),
        limits=limits(keys["limit"], wallet.decimals, over=True) if "limit" in keys else (),
        expiry=get(keys, "expiry", expiry, None),
        pending=keys["pending"].duration("days").count if "pending" in keys else None,
        enabled=get(keys, "enabled", Node.flag, True),
    )


def _award(award: str, node: Node, scale: int, digits: int) -> tuple[Exact, Exact, bool]:
    """(points, per, whole) in smallest units."""
    if award == "multiply":
        return node.at_least(0), 1, False
    if award in ("fixed", "bonus"):
        return node.at_least(0) * scale, 1, False
    keys = node.map("points", "per", "steps", needs=("points",))
    per = get(keys, "per", Node.above_zero, 1) * (10**digits if award == "per_amount" else 1)
    return keys["points"].at_least(0) * scale, per, pick(keys, "steps", "whole", "exact") == "whole"


def _event(node: Node) -> str:
    word = node.text()
    if word not in EVENTS and not (word.startswith("custom:") and len(word) > 7):
        node.fail(f"one of {', '.join(EVENTS)}, custom:<word> is wanted")
    return word


def offer(node: Node, names: Names) -> Offer:
    kinds = ("percent", "amount", "buy_x_get_y", "cheapest")
    keys = node.map(
        *("name", *kinds, "each", "when", "cap", "priority", "exclusive", "group", "limit", "lowers_earning"),
        "enabled",
        needs=("name",),
    )
    kind = node.only_one(*kinds)
    if "each" in keys and kind != "amount":
        keys["each"].fail("each belongs to `amount`")
    bundle = keys[kind].map("buy", "get", "percent", "add", needs=("buy", "get")) if kind == "buy_x_get_y" else {}
    cheapest = keys[kind].map("percent", needs=("percent",)) if kind == "cheapest" else {}
    percents = bundle or cheapest or keys
    return Offer(
        name=keys["name"].name(),
        kind=kind,
        percent=get(percents, "percent", Node.percent, 100),
        amount=keys["amount"].units(names.digits) if kind == "amount" else 0,
        each=get(keys, "each", Node.flag, False),
        buy=bundle["buy"].whole(1) if bundle else 0,
        get=bundle["get"].whole(1) if bundle else 0,
        add=get(bundle, "add", Node.flag, False),
        when=condition(keys, names),
        cap=keys["cap"].units(names.digits) if "cap" in keys else None,
        priority=get(keys, "priority", Node.number, 0),
        exclusive=get(keys, "exclusive", Node.flag, False),
        group=get(keys, "group", Node.text, None),
        limits=limits(keys["limit"]) if "limit" in keys else (),
        lowers_earning=get(keys, "lowers_earning", Node.flag, True),
        enabled=get(keys, "enabled", Node.flag, True),
    )

"""Reads rewards and the values of vouchers."""

from collections.abc import Mapping

from loyalty.points.exact import ratio
from loyalty.points.programme import Reward, Value
from loyalty.points.read_conditions import Names, condition, get, limits, pick
from loyalty.points.reading import Node

_REWARD = (
    *("name", "wallet", "cost", "per_point", "step", "min_points", "max_percent_of_purchase", "over", "value", "when"),
    *("tiers", "stock", "limit", "valid", "active_after", "lowers_earning", "use_current", "refundable", "auto"),
)


def reward(node: Node, names: Names) -> Reward:
    keys = node.map(*_REWARD, needs=("name",))
    kind = node.only_one("cost", "per_point")
    wallet = names.wallet(keys["wallet"]) if "wallet" in keys else names.first
    scale = 10**wallet.decimals
    _check_reward(keys, kind)
    return Reward(
        name=keys["name"].name(),
        wallet=wallet.name,
        cost=keys["cost"].units(wallet.decimals) if kind == "cost" else None,
        per_point=ratio(keys["per_point"].above_zero() * 10**names.digits, scale) if kind == "per_point" else None,
        step=_step(keys["step"], wallet.decimals) if "step" in keys else 1,
        min_points=keys["min_points"].units(wallet.decimals) if "min_points" in keys else 0,
        max_percent=get(keys, "max_percent_of_purchase", lambda each: each.at_least(0), None),
        refuse=pick(keys, "over", "clamp", "refuse") == "refuse",
        value=value(keys["value"], names.digits) if "value" in keys else Value(),
        when=condition(keys, names),
        tiers=tuple(names.level(each) for each in keys["tiers"].one_or_list()) if "tiers" in keys else (),
        stock=get(keys, "stock", Node.whole, None),
        limits=limits(keys["limit"]) if "limit" in keys else (),
        valid=get(keys, "valid", Node.duration, None),
        active_after=get(keys, "active_after", Node.duration, None),
        lowers_earning=get(keys, "lowers_earning", Node.flag, True),
        use_current=get(keys, "use_current", Node.flag, False),
        refundable=get(keys, "refundable", Node.flag, True),
        auto=get(keys, "auto", Node.flag, False),
    )


def _check_reward(keys: Mapping[str, Node], kind: str) -> None:
    if kind == "per_point" and "value" in keys:
        keys["value"].fail("a per_point reward has its value in per_point")
    if "auto" in keys and keys["auto"].flag() and (kind == "per_point" or not keys["cost"].number()):
        keys["auto"].fail("auto needs a cost above zero")
    if "use_current" in keys and keys["use_current"].flag() and get(keys, "lowers_earning", Node.flag, True):
        keys["use_current"].fail("use_current needs lowers_earning: false")


def _step(node: Node, decimals: int) -> int:
    node.above_zero()
    return node.units(decimals)


def value(node: Node, digits: int) -> Value:
    """A reward's value; `{voucher: {...}}` gives the voucher's value, marked."""
    keys = node.map("percent", "amount", "product", "quantity", "voucher")
    kind = node.only_one("percent", "amount", "product", "voucher")
    if "quantity" in keys and kind != "product":
        keys["quantity"].fail("quantity belongs to `product`")
    if kind == "voucher":
        return voucher_value(keys["voucher"], digits)
    return _plain_value(keys, kind, digits, voucher=False)


def voucher_value(node: Node, digits: int) -> Value:
    keys = node.map("percent", "amount", "product", "quantity")
    if "quantity" in keys and "product" not in keys:
        keys["quantity"].fail("quantity belongs to `product`")
    return _plain_value(keys, node.only_one("percent", "amount", "product"), digits, voucher=True)


def _plain_value(keys: Mapping[str, Node], kind: str, digits: int, voucher: bool) -> Value:
    return Value(
        percent=keys["percent"].percent() if kind == "percent" else None,
        amount=keys["amount"].units(digits) if kind == "amount" else None,
        product=keys["product"].name() if kind == "product" else None,
        quantity=keys["quantity"].whole(1) if "quantity" in keys else 1,
        voucher=voucher,
    )

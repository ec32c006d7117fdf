"""Reads a programme document: all of it, or one Invalid that names the place and the reason."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from loyalty.errors import Invalid
from loyalty.money import digits_of
from loyalty.points.calendar import zone_of
from loyalty.points.programme import Expiry, Programme, Tiers, Wallet
from loyalty.points.programme_offers import Bonus, Criteria, Range, TopUpOffer, Transfers
from loyalty.points.read_conditions import Names, expiry, get, limits, pick, unique
from loyalty.points.read_rewards import reward
from loyalty.points.read_rules import earn_rule, offer
from loyalty.points.read_tiers import level_names, tiers
from loyalty.points.reading import Node
from loyalty.points.yaml_core import Document, load

KEYS = (
    *("name", "currency", "timezone", "wallets", "earn", "tiers", "rewards", "offers", "topups", "transfers"),
    "segments",
)
Named = TypeVar("Named")


def read_text(text: str) -> tuple[Programme, Mapping[str, Any]]:
    """The programme of a YAML or JSON text, and the document itself. Errors name the line."""
    document = load(text)
    return read_document(document), document.value


def read_document(document: Document, before: Programme | None = None) -> Programme:
    return read(Node(document.value, (), document), before)


def read_value(value: Any, before: Programme | None = None) -> Programme:
    """The programme of a document that has been loaded. `before`: the version in force until now, if any."""
    return read(Node(value), before)


def read(node: Node, before: Programme | None = None) -> Programme:
    keys = node.map(*KEYS, needs=("wallets",))
    currency = _currency(keys["currency"]) if "currency" in keys else ""
    digits = digits_of(currency)
    wallets = {name: _wallet(name, each, digits) for name, each in keys["wallets"].entries().items()}
    if not wallets:
        keys["wallets"].fail("at least one wallet is wanted")
    if next(iter(wallets.values())).bearer:
        keys["wallets"].fail("the first wallet is the members'; put the one of gift cards behind it")
    tier_node = keys.get("tiers")
    members = {name: wallet for name, wallet in wallets.items() if not wallet.bearer}
    names = Names(members, digits, level_names(tier_node))
    levels: Tiers | None = tiers(tier_node, wallets, digits) if tier_node else None
    programme = Programme(
        name=get(keys, "name", Node.text, ""),
        currency=currency,
        digits=digits,
        timezone=_timezone(keys["timezone"]) if "timezone" in keys else "UTC",
        wallets=wallets,
        earn=_list(keys, "earn", lambda each: earn_rule(each, names)),
        tiers=levels,
        rewards={each.name: each for each in _list(keys, "rewards", lambda each: reward(each, names))},
        offers=_list(keys, "offers", lambda each: offer(each, names)),
        topups={each.name: each for each in _list(keys, "topups", lambda each: _topup(each, names))},
        transfers=_transfers(keys["transfers"]) if "transfers" in keys else Transfers(),
        segments={key: _segment(each, digits) for key, each in keys["segments"].entries().items()}
        if "segments" in keys
        else {},
        retired=_retired(keys, wallets, currency, before),
    )
    _check_groups(keys, programme)
    return programme


def _list(keys: Mapping[str, Node], key: str, read_one: Callable[[Node], Named]) -> tuple[Named, ...]:
    if key not in keys:
        return ()
    nodes = list(keys[key].items())
    found = tuple(read_one(node) for node in nodes)
    unique([(node, each.name) for node, each in zip(nodes, found, strict=True)])  # type: ignore[attr-defined]
    return found


def _currency(node: Node) -> str:
    if not (node.text().isascii() and node.text().isalpha() and node.text().isupper() and len(node.text()) == 3):
        node.fail("a currency code of three capital letters is wanted, such as HKD")
    return node.text()


def _timezone(node: Node) -> str:
    try:
        zone_of(node.text())
    except Invalid as error:
        node.fail(str(error).rstrip("."))
    return node.text()


_WALLET = (
    *("kind", "decimals", "rounding", "pending", "expiry", "spend_order", "negative", "on_return", "max_balance"),
    *("value_per_point", "transferable", "bearer"),
)


def _wallet(name: str, node: Node, digits: int) -> Wallet:
    if not name.strip():
        node.fail("a wallet needs a name")
    keys = node.map(*_WALLET)
    kind = pick(keys, "kind", "points", "money", "count")
    decimals = keys["decimals"].whole(0, 6) if "decimals" in keys else digits if kind == "money" else 0
    bearer = get(keys, "bearer", Node.flag, False)
    if bearer and (kind != "money" or decimals != digits):
        keys["bearer"].fail("a wallet of gift cards is of kind money, with the digits of the currency")
    worth = get(keys, "value_per_point", lambda each: each.at_least(0), 1 if kind == "money" else 0)
    return Wallet(
        name=name,
        kind=kind,
        decimals=decimals,
        rounding=pick(keys, "rounding", "floor", "half_up", "half_even", "ceil"),
        pending=keys["pending"].duration("days").count if "pending" in keys else 0,
        expiry=get(keys, "expiry", lambda each: expiry(each, inactivity=True), Expiry()),
        spend_order=pick(keys, "spend_order", "earliest_expiry", "oldest_first"),
        may_go_negative=pick(keys, "negative", "forbid", "allow") == "allow",
        on_return=pick(keys, "on_return", "within_balance", "pending_only", "allow_negative"),
        max_balance=keys["max_balance"].units(decimals) if "max_balance" in keys else None,
        value_per_point=worth,
        transferable=get(keys, "transferable", Node.flag, False),
        bearer=bearer,
    )


def bonus(node: Node, wallet: Wallet) -> Bonus:
    """The bonus of a top-up, in a programme or in a step: a number that joins the lot, or lots of its own."""
    if not isinstance(node.value, Mapping):
        return Bonus(node.units(wallet.decimals))
    keys = node.map("amount", "expiry", "parts", "every", needs=("amount",))
    if ("parts" in keys) != ("every" in keys):
        node.fail("`parts` and `every` belong together")
    return Bonus(
        keys["amount"].units(wallet.decimals),
        joined=False,
        parts=keys["parts"].whole(1, 1200) if "parts" in keys else 1,
        every=keys["every"].duration("days", "months", least=1) if "every" in keys else None,
        expiry=get(keys, "expiry", expiry, None),
    )


def _topup(node: Node, names: Names) -> TopUpOffer:
    keys = node.map("name", "wallet", "pay", "bonus", "gifts", "gives", "expiry", needs=("name", "pay"))
    wallet = names.wallet(keys["wallet"]) if "wallet" in keys else names.first
    gifts = keys["gifts"].map(*names.wallets) if "gifts" in keys else {}
    pay = keys["pay"].units(names.digits)
    if "gives" not in keys:
        keys["pay"].units(wallet.decimals)
    elif wallet.kind == "money":
        keys["gives"].fail("is for points, stamps and visits; money is given as paid, and what comes on top as `bonus`")
    else:
        keys["gives"].above_zero()
    return TopUpOffer(
        name=keys["name"].name(),
        wallet=wallet.name,
        pay=pay,
        bonus=bonus(keys["bonus"], wallet) if "bonus" in keys else None,
        gifts=tuple((name, each.units(names.wallets[name].decimals)) for name, each in gifts.items()),
        gives=keys["gives"].units(wallet.decimals) if "gives" in keys else None,
        expiry=get(keys, "expiry", expiry, None),
    )


def _transfers(node: Node) -> Transfers:
    """Its amounts stay in whole points: they hold for wallets of any decimals."""
    keys = node.map("expiry", "min", "max", "limit")
    return Transfers(
        restart=pick(keys, "expiry", "keep", "restart") == "restart",
        min=get(keys, "min", lambda each: each.at_least(0), None),
        max=get(keys, "max", lambda each: each.at_least(0), None),
        limits=limits(keys["limit"], 0) if "limit" in keys else (),
    )


def _segment(node: Node, digits: int) -> tuple[Criteria, ...]:
    return tuple(_criteria(each, digits) for each in node.one_or_list())


def _criteria(node: Node, digits: int) -> Criteria:
    ranges = ("purchases", "spend", "average", "single", "last_days")
    keys = node.map("store", *ranges)
    scales = {"spend": 10**digits, "average": 10**digits, "single": 10**digits}
    found = {key: _range(keys[key], scales.get(key, 1)) for key in ranges if key in keys}
    return Criteria(store=get(keys, "store", Node.texts, ()), **found)


def _range(node: Node, scale: int) -> Range:
    keys = node.map("min", "max")
    return Range(*(keys[key].number() * scale if key in keys else None for key in ("min", "max")))


def _retired(
    keys: Mapping[str, Node], wallets: Mapping[str, Wallet], currency: str, before: Programme | None
) -> Mapping[str, Wallet]:
    """Wallets of the version before that are no longer listed. What lies in the ledger must keep its scale."""
    if before is None:
        return {}
    if digits_of(currency) != before.digits:
        (keys.get("currency") or keys["wallets"]).fail("the digits of the currency cannot change: sums are booked")
    known = {**before.retired, **before.wallets}
    for name, wallet in wallets.items():
        if name in known and wallet.decimals != known[name].decimals:
            keys["wallets"][name].fail("the decimals of a wallet cannot change: points are booked in it")
    return {name: wallet for name, wallet in known.items() if name not in wallets}


def _check_groups(keys: Mapping[str, Node], programme: Programme) -> None:
    phases: dict[str, str] = {}
    for index, rule in enumerate(programme.earn):
        if rule.group is not None and phases.setdefault(rule.group, rule.phase) != rule.phase:
            keys["earn"][index]["group"].fail("the rules of one group must all be of one phase")

"""Patterns to start from: single rules and levels to be added, and whole programmes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.web.backoffice.editor.changes import Change, Insert, Put, value_at
from loyalty.web.backoffice.editor.sections import Section
from loyalty.web.texts import N_, _

Document = Mapping[str, Any]
Entry = dict[str, Any]


@dataclass(frozen=True)
class Preset:
    """`name`: of the entry, in the page's language when it is added; `entry`: the rest of it."""

    key: str
    label: str
    name: str
    entry: Entry
    needs: tuple[str, Entry] | None = None
    """A wallet that is added too when there is none of that kind: (name, wallet)."""
    own: bool = False
    """That wallet is for nothing else: one of the same kind with another name will not do."""


EARN = (
    Preset("points", N_("Points for every dollar"), N_("base"), {"per_amount": {"points": 1, "per": 1}}),
    Preset("double", N_("Double points on a day"), N_("double Tuesday"), {"multiply": 2, "when": {"weekday": ["tue"]}}),
    Preset("happy", N_("Happy hours"), N_("happy hours"), {
        "multiply": 2, "when": {"time": {"from": "14:00", "to": "17:00"}}}),
    Preset("month", N_("Birthday month"), N_("birthday month"), {"multiply": 2, "when": {"birthday": "month"}}),
    Preset("birthday", N_("Birthday points"), N_("birthday"), {"on": "birthday", "fixed": 50}),
    Preset("joining", N_("Points for joining"), N_("joining"), {"on": "signup", "fixed": 50}),
    Preset("friend", N_("Points for bringing a friend"), N_("friend"), {"on": "referral", "fixed": 100}),
    Preset("stamp", N_("A stamp for every purchase"), N_("stamp"), {"fixed": 1}, ("stamps", {"kind": "count"})),
    Preset("rule", N_("Another rule"), N_("new rule"), {"fixed": 1}),
)  # fmt: skip
LEVELS: tuple[tuple[str, Entry], ...] = (
    (N_("Member"), {"from": 0}),
    (N_("Silver"), {"from": 2000, "benefits": {"earn_multiplier": Decimal("1.2")}}),
    (N_("Gold"), {"from": 5000, "benefits": {"earn_multiplier": Decimal("1.5"), "discount_percent": 5}}),
)
TIERS = (
    Preset("three", N_("Three levels"), "", {}),
    Preset("level", N_("One more level"), N_("New level"), {}),
)
WALLETS = (
    Preset("stamps", N_("Stamps"), N_("stamps"), {"kind": "count"}),
    Preset("value", N_("Stored value"), N_("wallet"), {"kind": "money"}),
    Preset("points", N_("More points"), N_("extra"), {"expiry": {"after": {"months": 12}, "round_up": "month"}}),
)
REWARDS = (
    Preset("off", N_("Money off"), N_("money off"), {"cost": 100, "value": {"amount": 10}}),
    Preset("product", N_("A product for free"), N_("free product"), {"cost": 100, "value": {"product": "PRODUCT"}}),
    Preset("voucher", N_("A voucher"), N_("voucher"), {
        "cost": 100, "value": {"voucher": {"amount": 10}}, "valid": {"months": 3}}),
    Preset("cash", N_("Points as money"), N_("points as money"), {"per_point": Decimal("0.1"), "step": 10}),
    Preset("card", N_("Full stamp card"), N_("full card"), {"cost": 10, "value": {"product": "PRODUCT"}},
           ("stamps", {"kind": "count"})),
)  # fmt: skip
OFFERS = (
    Preset("percent", N_("Percent off"), N_("percent off"), {"percent": 10}),
    Preset("happy", N_("Happy hours"), N_("happy hours"), {
        "percent": 10, "when": {"time": {"from": "14:00", "to": "17:00"}}}),
    Preset("two", N_("Two for three"), N_("two for three"), {"buy_x_get_y": {"buy": 2, "get": 1}}),
    Preset("cheapest", N_("Cheapest piece half price"), N_("cheapest half"), {"cheapest": {"percent": 50}}),
)  # fmt: skip
TOPUPS = (
    Preset("plain", N_("Pay 200, get 220"), N_("top-up 200"), {"pay": 200, "bonus": 20},
           ("wallet", {"kind": "money"})),
    Preset("visits", N_("Ten visits in advance"), N_("10 visits"), {
        "pay": 80, "gives": 10, "expiry": {"after": {"months": 6}}}, ("visits", {"kind": "count"}), own=True),
)  # fmt: skip
SEGMENTS = (
    Preset("regulars", N_("Regular customers"), N_("regulars"), {"purchases": {"min": 10}, "last_days": {"max": 60}}),
    Preset("big", N_("Big spenders"), N_("big spenders"), {"spend": {"min": 5000}}),
    Preset("away", N_("Those who stay away"), N_("staying away"), {"last_days": {"min": 90}}),
    Preset("segment", N_("Another segment"), N_("new segment"), {"purchases": {"min": 1}}),
)  # fmt: skip
PRESETS: Mapping[str, tuple[Preset, ...]] = {
    "earn": EARN, "tiers": TIERS, "wallets": WALLETS, "rewards": REWARDS, "offers": OFFERS, "topups": TOPUPS,
    "segments": SEGMENTS,
}  # fmt: skip


def added(section: Section, key: str, document: Document) -> list[Change]:
    """What adding a pattern does to the document; nothing for one that there is not."""
    preset = next((each for each in PRESETS[section.key] if each.key == key), None)
    if preset is None:
        return []
    if section.key == "tiers":
        return list(_levels(preset, document))
    name = free_name(section, document, _(preset.name))
    if section.key in ("wallets", "segments"):
        return [Put((*section.path, name), preset.entry)]
    found, wallet = _wallet(preset, document)
    return [*found, Insert(section.path, len(section.keys(document)), {"name": name, **wallet, **preset.entry})]


def free_name(section: Section, document: Document, wish: str) -> str:
    """`wish`, with a number behind it when another entry is called so."""
    held = value_at(document, section.path) or []
    taken = set(held) if isinstance(held, Mapping) else {each.get("name") for each in held if isinstance(each, Mapping)}
    number = 2
    name = wish
    while name in taken:
        name, number = f"{wish} {number}", number + 1
    return name


def _wallet(preset: Preset, document: Document) -> tuple[list[Change], Entry]:
    """The wallet a pattern needs: made when there is none of its kind, named where it is not the first."""
    if preset.needs is None:
        return [], {}
    wish, wallet = preset.needs
    wallets = document.get("wallets") or {}
    for name, each in wallets.items():
        fits = name == wish or not preset.own
        if fits and isinstance(each, Mapping) and each.get("kind", "points") == wallet["kind"]:
            return [], {} if name == next(iter(wallets)) else {"wallet": name}
    return [Put(("wallets", wish), wallet)], {"wallet": wish}


def _levels(preset: Preset, document: Document) -> Iterable[Change]:
    old = value_at(document, ("tiers", "levels")) or []
    if preset.key == "three":
        levels = [{"name": _(name), **rest} for name, rest in LEVELS]
        yield Put(("tiers",), {"metric": "spend", "window": {"rolling": {"years": 1}}, "lasts": {"years": 1},
                               "levels": levels})  # fmt: skip
    elif not old:
        yield Put(("tiers",), {"metric": "spend", "levels": [{"name": _("Member"), "from": 0}]})
    else:
        top = old[-1].get("from", 0) if isinstance(old[-1], Mapping) else 0
        names = {each.get("name") for each in old if isinstance(each, Mapping)}
        name = next(name for n in range(1, 99) if (name := _("Level %(number)s", number=len(old) + n)) not in names)
        yield Insert(("tiers", "levels"), len(old), {"name": name, "from": top * 2 or 1000})


EMPTY = """name: {name}
currency: {currency}
timezone: {timezone}
wallets:
  points: {{expiry: {{after: {{months: 12}}, round_up: month}}}}
"""
"""Where a programme from nothing starts: the least that can be read."""

STARTS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("empty", N_("An empty programme"), N_("A wallet for points, and nothing else yet."), ()),
    ("points", N_("Points for every dollar"), N_("Points that are worth money at the till."),
     (("earn", "points"), ("rewards", "cash"))),
    ("stamps", N_("Stamp card"), N_("A stamp for every purchase, ten stamps for something free."),
     (("earn", "stamp"), ("rewards", "card"))),
    ("levels", N_("Points and three levels"), N_("Points, three levels, birthday month and happy hours."),
     (("earn", "points"), ("earn", "month"), ("earn", "happy"), ("tiers", "three"), ("rewards", "cash"))),
)  # fmt: skip
"""Whole programmes: key, name, what it is, and the patterns it is made of."""

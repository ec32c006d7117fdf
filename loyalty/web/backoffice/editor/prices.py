"""The compound fields of what rules give: awards, the price and worth of a reward, offers, bonuses of top-ups."""

from collections.abc import Mapping
from typing import Any

from loyalty.errors import Invalid
from loyalty.web.backoffice.editor.compounds import Compound, Option, Part, given
from loyalty.web.backoffice.editor.kinds import ABSENT, Choice, Flag, Lasting, Number, Text
from loyalty.web.backoffice.editor.shapes import expiry, only
from loyalty.web.texts import N_

STEPS = (("whole", N_("whole steps only")), ("exact", N_("parts of a step count")))
AWARDS = ("per_amount", "per_unit", "fixed", "multiply", "bonus")
_POINTS, _PER = Part("-points", N_("points"), Number()), "-per"


def _take_award(value: Any) -> tuple[str, Mapping[str, Any]]:
    kind = only(value, *AWARDS) or "per_amount"
    held = value.get(kind, ABSENT)
    if isinstance(held, Mapping):
        return kind, {f"-{key}": held[key] for key in ("points", "per", "steps") if key in held}
    return kind, {"-points": held}


def _make_award(kind: str, values: Mapping[str, Any]) -> Any:
    if values["-points"] is ABSENT:
        raise Invalid("a number is wanted", pointer=f"-{kind}-points")
    if kind in ("per_amount", "per_unit"):
        return {kind: given(points=values["-points"], per=values["-per"], steps=values["-steps"])}
    return {kind: values["-points"]}


AWARD = Compound(
    (
        Option("per_amount", N_("points for money spent"), (
            _POINTS, Part(_PER, N_("for every"), Number("money")), Part("-steps", N_("counted in"), Choice(STEPS)))),
        Option("per_unit", N_("points for pieces bought"), (
            _POINTS, Part(_PER, N_("for every"), Number("pieces")), Part("-steps", N_("counted in"), Choice(STEPS)))),
        Option("fixed", N_("a fixed number of points"), (_POINTS,)),
        Option("multiply", N_("points multiplied"), (Part("-points", N_("by"), Number()),)),
        Option("bonus", N_("points on top, never multiplied"), (_POINTS,)),
    ),
    _take_award,
    _make_award,
)  # fmt: skip

_PERCENT, _AMOUNT = (
    Part("-percent", N_("how much"), Number("percent")),
    Part("-amount", N_("how much"), Number("money")),
)
_PRODUCT = (Part("-product", N_("product number"), Text()), Part("-quantity", N_("pieces"), Number()))


def _take_price(value: Any) -> tuple[str, Mapping[str, Any]]:
    if "per_point" in value:
        return "per_point", {"-per_point": value["per_point"]}
    held, voucher = value.get("value", {}), ""
    if isinstance(held, Mapping) and isinstance(held.get("voucher"), Mapping):
        held, voucher = held["voucher"], "voucher_"
    kind = only(held, "percent", "amount", "product")
    parts = (
        {f"-{key}": held[key] for key in ("percent", "amount", "product", "quantity") if key in held} if kind else {}
    )
    return (f"{voucher}{kind}" if kind else "nothing"), {"-cost": value.get("cost", ABSENT), **parts}


def _make_price(kind: str, values: Mapping[str, Any]) -> Any:
    main = "per_point" if kind == "per_point" else "cost"
    if values[f"-{main}"] is ABSENT:
        raise Invalid("a number is wanted", pointer=f"-{kind}-{main}")
    if kind in ("per_point", "nothing"):
        return {main: values[f"-{main}"]}
    word = kind.removeprefix("voucher_")
    if values[f"-{word}"] is ABSENT:
        raise Invalid("a name is wanted" if word == "product" else "a number is wanted", pointer=f"-{kind}-{word}")
    worth = given(**{word: values[f"-{word}"]}, **{"quantity": values.get("-quantity", ABSENT)})
    return {"cost": values["-cost"], "value": {"voucher": worth} if kind != word else worth}


_COST = Part("-cost", N_("points for one"), Number())
PRICE = Compound(
    (
        Option("amount", N_("money off"), (_COST, _AMOUNT)),
        Option("percent", N_("a percentage off"), (_COST, _PERCENT)),
        Option("product", N_("a product for free"), (_COST, *_PRODUCT)),
        Option("voucher_amount", N_("a voucher for money off"), (_COST, _AMOUNT)),
        Option("voucher_percent", N_("a voucher for a percentage off"), (_COST, _PERCENT)),
        Option("voucher_product", N_("a voucher for a product"), (_COST, *_PRODUCT)),
        Option("per_point", N_("points as money, as many as one likes"), (
            Part("-per_point", N_("one point is worth"), Number("money")),)),
        Option("nothing", N_("something the shop hands over"), (_COST,)),
    ),
    _take_price,
    _make_price,
)  # fmt: skip


def _take_offer(value: Any) -> tuple[str, Mapping[str, Any]]:
    kind = only(value, "percent", "amount", "buy_x_get_y", "cheapest") or "percent"
    held = value.get(kind, ABSENT)
    if isinstance(held, Mapping):
        return kind, {f"-{key}": each for key, each in held.items()}
    return kind, {f"-{kind}": held, "-each": value.get("each", ABSENT)}


def _make_offer(kind: str, values: Mapping[str, Any]) -> Any:
    needed = {"buy_x_get_y": ("buy", "get"), "cheapest": ("percent",)}.get(kind, (kind,))
    for key in needed:
        if values[f"-{key}"] is ABSENT:
            raise Invalid("a number is wanted", pointer=f"-{kind}-{key}")
    found = given(**{key.removeprefix("-"): each for key, each in values.items()})
    return {kind: found} if kind in ("buy_x_get_y", "cheapest") else found


OFFER = Compound(
    (
        Option("percent", N_("a percentage off"), (_PERCENT,)),
        Option("amount", N_("money off"), (_AMOUNT, Part("-each", N_("on every piece"), Flag()))),
        Option("buy_x_get_y", N_("some pieces cheaper when others are bought"), (
            Part("-buy", N_("bought"), Number()), Part("-get", N_("cheaper"), Number()),
            Part("-percent", N_("how much"), Number("percent")), Part("-add", N_("as free pieces on top"), Flag()))),
        Option("cheapest", N_("a percentage off the cheapest piece"), (_PERCENT,)),
    ),
    _take_offer,
    _make_offer,
)  # fmt: skip


def _take_bonus(value: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(value, Mapping):
        kind = "parts" if "parts" in value else "own"
        times = {"-expiry": value["expiry"]} if "expiry" in value else {}
        return kind, {f"-{key}": value[key] for key in ("amount", "parts", "every") if key in value} | times
    return ("none", {}) if value is ABSENT else ("joined", {"-amount": value})


def _make_bonus(kind: str, values: Mapping[str, Any]) -> Any:
    if kind == "none":
        return ABSENT
    if values["-amount"] is ABSENT:
        raise Invalid("a number is wanted", pointer=f"-{kind}-amount")
    if kind == "joined":
        return values["-amount"]
    return given(**{key.removeprefix("-"): each for key, each in values.items()})


_BONUS, _LIVES = Part("-amount", N_("how much"), Number("money")), Part("-expiry", N_("usable"), expiry(own=True))
BONUS = Compound(
    (
        Option("none", N_("none")),
        Option("joined", N_("joins what was paid"), (_BONUS,)),
        Option("own", N_("with a time of its own"), (_BONUS, _LIVES)),
        Option("parts", N_("in parts, one after the other"), (
            _BONUS, Part("-parts", N_("parts"), Number()),
            Part("-every", N_("apart"), Lasting(("days", "months"))), _LIVES)),
    ),
    _take_bonus,
    _make_bonus,
)  # fmt: skip

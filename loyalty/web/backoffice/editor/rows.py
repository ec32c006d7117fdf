"""Fields of several rows, with an empty one for one more: amounts by wallet, and the criteria of a segment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from loyalty.errors import Invalid
from loyalty.web.backoffice.editor.compounds import given
from loyalty.web.backoffice.editor.kinds import ABSENT, Number, Typed, Words, number, one, plain
from loyalty.web.texts import N_


@dataclass(frozen=True)
class Amounts:
    """So much in each wallet, as `gifts` of a top-up: `{stamps: 2}`."""

    macro: ClassVar[str] = "amounts"

    def shown(self, value: Any) -> dict[str, list[str]]:
        held = list(value.items()) if isinstance(value, Mapping) else []
        found: dict[str, list[str]] = {}
        for row, (wallet, many) in enumerate([*held, ("", ABSENT)]):
            found |= {f"-{row}-n": [plain(many)], f"-{row}-wallet": [str(wallet)]}
        return found

    def value(self, typed: Typed) -> Any:
        found: dict[str, Any] = {}
        for row in range(len(typed)):
            text, wallet = one(typed, f"-{row}-n"), one(typed, f"-{row}-wallet")
            if not text:
                continue
            if not wallet:
                raise Invalid("a wallet is wanted", pointer=f"-{row}-wallet")
            if wallet in found:
                raise Invalid(f"the name {wallet!r} is used twice", pointer=f"-{row}-wallet")
            found[wallet] = number(text)
        return found or ABSENT


RANGES: tuple[tuple[str, str, str], ...] = (
    ("purchases", N_("Purchases"), ""),
    ("spend", N_("Spent in all"), "money"),
    ("average", N_("Spent on average"), "money"),
    ("single", N_("One purchase of"), "money"),
    ("last_days", N_("Days since the last purchase"), ""),
)
"""Figures of a segment: key, words and unit of its bounds."""


@dataclass(frozen=True)
class Criteria:
    """Who belongs to a segment: within a row all must hold, one row is enough. No row at all is everybody."""

    macro: ClassVar[str] = "criteria"
    ranges: ClassVar[tuple[tuple[str, str, str], ...]] = RANGES
    stores: ClassVar[Words] = Words()
    bounds: ClassVar[Mapping[str, Number]] = {key: Number(unit) for key, _words, unit in RANGES}

    def shown(self, value: Any) -> dict[str, list[str]]:
        held = value if isinstance(value, list) else [value] if isinstance(value, Mapping) and value else []
        found: dict[str, list[str]] = {}
        for row, each in enumerate([*held, {}]):
            criteria = each if isinstance(each, Mapping) else {}
            found[f"-{row}-store"] = self.stores.shown(criteria.get("store", ABSENT))[""]
            for key, kind in self.bounds.items():
                bounds = criteria.get(key)
                for end in ("min", "max"):
                    limit = bounds.get(end, ABSENT) if isinstance(bounds, Mapping) else ABSENT
                    found[f"-{row}-{key}-{end}"] = kind.shown(limit)[""]
        return found

    def value(self, typed: Typed) -> Any:
        rows = [row for at in range(len(typed)) if (row := self._row(typed, f"-{at}-"))]
        return {} if not rows else rows[0] if len(rows) == 1 else rows

    def _row(self, typed: Typed, start: str) -> dict[str, Any]:
        found = given(store=self.stores.value({"": typed.get(f"{start}store", [])}))
        for key, kind in self.bounds.items():
            ends = {end: kind.value({"": typed.get(f"{start}{key}-{end}", [])}) for end in ("min", "max")}
            bounds = given(**ends)
            if len(bounds) == 2 and bounds["min"] > bounds["max"]:
                raise Invalid("the least is more than the most", pointer=f"{start}{key}-max")
            if bounds:
                found[key] = bounds
        return found

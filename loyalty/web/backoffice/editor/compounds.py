"""Fields of several shapes: one choice, and what belongs to it. Expiry, windows and terms of levels, awards, limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from loyalty.errors import Invalid
from loyalty.web.backoffice.editor.kinds import ABSENT, Choice, Flag, Kind, Number, Typed, number, one, plain


@dataclass(frozen=True)
class Part:
    """An input that belongs to an option; its texts are found under the suffix."""

    suffix: str
    label: str
    kind: Kind


@dataclass(frozen=True)
class Option:
    key: str
    label: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Compound:
    """`take` gives the option of a value and the values of its parts; `make` is the way back."""

    options: tuple[Option, ...]
    take: Callable[[Any], tuple[str, Mapping[str, Any]]]
    make: Callable[[str, Mapping[str, Any]], Any]
    macro: ClassVar[str] = "compound"

    def shown(self, value: Any) -> dict[str, list[str]]:
        chosen, values = self.take(value)
        if chosen not in (option.key for option in self.options):
            chosen = self.options[0].key  # what the first one means, written out
        found = {"-is": [chosen]}
        for option in self.options:
            for part in option.parts:
                texts = part.kind.shown(values.get(part.suffix, ABSENT) if option.key == chosen else ABSENT)
                found |= {f"-{option.key}{part.suffix}{end}": text for end, text in texts.items()}
        return found

    def value(self, typed: Typed) -> Any:
        chosen = next((each for each in self.options if each.key == one(typed, "-is")), self.options[0])
        values = {}
        for part in chosen.parts:
            start = f"-{chosen.key}{part.suffix}"
            texts = {key[len(start) :]: text for key, text in typed.items() if key.startswith(start)}
            try:
                values[part.suffix] = part.kind.value(texts)
            except Invalid as error:
                raise Invalid(str(error), pointer=start) from None
        return self.make(chosen.key, values)


def given(**values: Any) -> dict[str, Any]:
    """A map of what is not absent."""
    return {key: value for key, value in values.items() if value is not ABSENT}


@dataclass(frozen=True)
class Limits:
    """Limits, one below the other, and an empty one for one more. `points`: they may be in points as well; `above`:
    one may then say what happens to points above it."""

    points: bool = False
    above: bool = True
    macro: ClassVar[str] = "limits"
    per: ClassVar[Choice] = Choice(
        (("ever", ""), ("event", ""), ("day", ""), ("week", ""), ("month", ""), ("year", ""))
    )
    scope: ClassVar[Choice] = Choice((("member", ""), ("all", "")))
    over: ClassVar[Choice] = Choice((("cut", ""), ("refuse", "")))
    reusable: ClassVar[Flag] = Flag(default=True)
    amount: ClassVar[Number] = Number()

    def shown(self, value: Any) -> dict[str, list[str]]:
        rows = [] if value is ABSENT else value if isinstance(value, list) else [value]
        found: dict[str, list[str]] = {}
        for number_, row in enumerate([*rows, {}]):
            held = row if isinstance(row, Mapping) else {}
            what = "points" if "points" in held else "times"
            found[f"-{number_}-n"] = [plain(held.get(what, ABSENT))]
            found[f"-{number_}-what"] = [what]
            for key, kind in (
                ("per", self.per),
                ("scope", self.scope),
                ("over", self.over),
                ("reusable", self.reusable),
            ):
                found[f"-{number_}-{key}"] = kind.shown(held.get(key, ABSENT))[""]
        return found

    def value(self, typed: Typed) -> Any:
        rows = [row for n in range(len(typed)) if (row := self._row(typed, f"-{n}-"))]
        return ABSENT if not rows else rows[0] if len(rows) == 1 else rows

    def _row(self, typed: Typed, start: str) -> dict[str, Any] | None:
        if not one(typed, f"{start}n"):
            return None
        what = "points" if one(typed, f"{start}what") == "points" and self.points else "times"
        try:
            row = {what: number(one(typed, f"{start}n"))}
        except Invalid as error:
            raise Invalid(str(error), pointer=f"{start}n") from None
        texts = {key: {"": typed.get(f"{start}{key}", [])} for key in ("per", "scope", "over", "reusable")}
        found = given(per=self.per.value(texts["per"]), scope=self.scope.value(texts["scope"]))
        if what == "points" and self.above:
            found |= given(over=self.over.value(texts["over"]))
        return row | found | given(reusable=self.reusable.value(texts["reusable"]))

"""Kinds of fields: how a value of the document is shown in a form, and what is typed is made a value again.

`shown` gives the texts of the inputs by their suffix (most kinds have one input, with the suffix ""); `value` is the
way back and raises Invalid with a reason, in the words of the programme's reader, for what is no such value.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from loyalty.errors import Invalid

ABSENT = object()
"""The key is left out."""
Typed = Mapping[str, Sequence[str]]
"""What stands in the inputs of one field, by suffix; several texts where several may be ticked."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_BREAKS = re.compile(r"[,，、;；\n]")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 500


class Kind(Protocol):
    """One kind of field. `macro` is the piece of template that draws it."""

    macro: ClassVar[str]

    def shown(self, value: Any) -> dict[str, list[str]]: ...

    def value(self, typed: Typed) -> Any: ...


def one(typed: Typed, suffix: str = "") -> str:
    """The only text of an input, without blanks around it and in plain digits."""
    texts = typed.get(suffix) or [""]
    return unicodedata.normalize("NFC", texts[0]).strip()[: LONGEST + 1]


def plain(value: Any) -> str:
    """A scalar of a document as it is typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is ABSENT or value is None else str(value)


def number(text: str) -> int | Decimal:
    """`1,200.50`; digits of any width. Invalid for what is no number."""
    digits = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not _NUMBER.match(digits) or len(digits) > 40:
        raise Invalid("a number is wanted")
    return Decimal(digits) if "." in digits else int(digits)


@dataclass(frozen=True)
class Text:
    macro: ClassVar[str] = "text"

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {"": [plain(value)]}

    def value(self, typed: Typed) -> Any:
        return one(typed) or ABSENT


@dataclass(frozen=True)
class Number:
    """unit: money, points, percent, times or nothing; said beside the input."""

    unit: str = ""
    macro: ClassVar[str] = "number"

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {"": [plain(value)]}

    def value(self, typed: Typed) -> Any:
        return number(one(typed)) if one(typed) else ABSENT


@dataclass(frozen=True)
class Flag:
    """A tick; the default is never written."""

    default: bool = False
    macro: ClassVar[str] = "flag"

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {"": ["on"] if (self.default if value is ABSENT else value is True) else []}

    def value(self, typed: Typed) -> Any:
        ticked = bool(typed.get(""))
        return ABSENT if ticked == self.default else ticked


@dataclass(frozen=True)
class Choice:
    """One of some words; the first is the default and never written. `names`: words of this programme instead:
    wallets, or metrics (what levels count)."""

    choices: tuple[tuple[str, str], ...] = ()
    names: str = ""
    needed: bool = False
    macro: ClassVar[str] = "choice"

    def shown(self, value: Any) -> dict[str, list[str]]:
        default = self.choices[0][0] if self.choices and not self.names else ""
        return {"": [default if value is ABSENT else plain(value)]}

    def value(self, typed: Typed) -> Any:
        word = one(typed)
        default = self.choices[0][0] if self.choices and not self.names and not self.needed else ""
        return ABSENT if word == default else word


@dataclass(frozen=True)
class YesNo:
    """Asked or not asked, and if so yes or no."""

    macro: ClassVar[str] = "yesno"

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {"": [plain(value)]}

    def value(self, typed: Typed) -> Any:
        return {"true": True, "false": False}.get(one(typed), ABSENT)


@dataclass(frozen=True)
class Words:
    """Several texts with commas between them."""

    numbers: bool = False
    macro: ClassVar[str] = "text"

    def shown(self, value: Any) -> dict[str, list[str]]:
        items = [] if value is ABSENT else value if isinstance(value, list) else [value]
        return {"": [", ".join(plain(item) for item in items)]}

    def value(self, typed: Typed) -> Any:
        words = [word.strip() for word in _BREAKS.split(one(typed)) if word.strip()]
        return [number(word) if self.numbers else word for word in words] or ABSENT


@dataclass(frozen=True)
class Several:
    """Any of some words, to be ticked. `names`: days of the week, or levels of this programme."""

    names: str = "days"
    macro: ClassVar[str] = "several"

    def shown(self, value: Any) -> dict[str, list[str]]:
        items = [] if value is ABSENT else value if isinstance(value, list) else [value]
        return {"": [plain(item) for item in items]}

    def value(self, typed: Typed) -> Any:
        return list(typed.get("", ())) or ABSENT


@dataclass(frozen=True)
class When:
    """A day (`date`) or a time of day (`time`)."""

    what: str = "date"
    macro: ClassVar[str] = "moment"

    def shown(self, value: Any) -> dict[str, list[str]]:
        return {"": [plain(value)]}

    def value(self, typed: Typed) -> Any:
        return one(typed) or ABSENT


@dataclass(frozen=True)
class Lasting:
    """A length of time: a number and days, months or years."""

    units: tuple[str, ...] = ("days", "months", "years")
    macro: ClassVar[str] = "lasting"

    def shown(self, value: Any) -> dict[str, list[str]]:
        unit = next((unit for unit in self.units if isinstance(value, Mapping) and unit in value), "")
        return {
            "-n": [plain(value[unit]) if unit else ""],
            "-unit": [unit or self.units[-1 if len(self.units) < 3 else 1]],
        }

    def value(self, typed: Typed) -> Any:
        if not one(typed, "-n"):
            return ABSENT
        unit = one(typed, "-unit")
        return {unit if unit in self.units else self.units[0]: number(one(typed, "-n"))}

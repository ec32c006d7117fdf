"""The rules of a segment as a document: which conditions, and whether all or any of them must hold.

    {"match": "all", "rules": [{"fact": "spend", "is": "at_least", "value": "500.00", "days": 90},
                               {"fact": "level", "is": "is", "value": ["Gold", "Platinum"]}]}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from loyalty.errors import Invalid

MOST_RULES = 20
MOST_VALUES = 50
MOST_DAYS = 3660
NUMBER_WORDS = ("at_least", "at_most")
CHOICE_WORDS = ("is", "is_not")
_KEYS = {"fact", "is", "value", "days", "of"}


@dataclass(frozen=True)
class Shape:
    """What a condition on this fact looks like. unit of numbers: money, points, days, count, percent, score, years;
    of choices: text. windowed: may be limited to the last days. of: needs a store or a category.
    """

    unit: str
    windowed: bool = False
    of: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return CHOICE_WORDS if self.unit == "text" else NUMBER_WORDS


SHAPES: dict[str, Shape] = {
    "language": Shape("text"),
    "level": Shape("text"),
    "tag": Shape("text"),
    "consent": Shape("text"),
    "birthday_month": Shape("text"),
    "age": Shape("years"),
    "joined_days": Shape("days"),
    "points": Shape("points"),
    "purchases": Shape("count", windowed=True),
    "spend": Shape("money", windowed=True),
    "average": Shape("money", windowed=True),
    "last_days": Shape("days"),
    "store": Shape("text", windowed=True),
    "channel": Shape("text", windowed=True),
    "category": Shape("text", windowed=True),
    "store_purchases": Shape("count", windowed=True, of="store"),
    "category_spend": Shape("money", windowed=True, of="category"),
    "rewards": Shape("count", windowed=True),
    "friends": Shape("count", windowed=True),
    "rule": Shape("text", windowed=True),
    "recency_score": Shape("score"),
    "frequency_score": Shape("score"),
    "money_score": Shape("score"),
    "cell": Shape("text"),
    "top_percent": Shape("percent"),
    "sales_percent": Shape("percent"),
    "pyramid": Shape("text"),
    "alive": Shape("percent"),
    "next_year": Shape("money"),
    "lifetime": Shape("money"),
    "segment": Shape("text"),
}
"""docs/analyses.md says what each is."""


@dataclass(frozen=True)
class Rule:
    """One condition. `number` of numbers in whole units (money in the currency, not in cents); `values` of choices."""

    fact: str
    word: str
    number: Decimal = Decimal(0)
    values: tuple[str, ...] = ()
    days: int | None = None
    of: str = ""

    @property
    def shape(self) -> Shape:
        return SHAPES[self.fact]

    def as_document(self) -> dict[str, Any]:
        value: Any = list(self.values) if self.shape.unit == "text" else f"{self.number:f}"
        found: dict[str, Any] = {"fact": self.fact, "is": self.word, "value": value}
        if self.days is not None:
            found["days"] = self.days
        if self.of:
            found["of"] = self.of
        return found


@dataclass(frozen=True)
class Rules:
    """`every`: all conditions must hold, else one is enough. Without conditions: everybody."""

    rules: tuple[Rule, ...] = ()
    every: bool = True

    def as_document(self) -> dict[str, Any]:
        return {"match": "all" if self.every else "any", "rules": [rule.as_document() for rule in self.rules]}


def read_rules(document: Any) -> Rules:
    """Invalid with one sentence that names the condition by its place, counted from 1."""
    if not isinstance(document, Mapping) or set(document) - {"match", "rules"}:
        raise Invalid('A segment\'s rules are {"match": "all" or "any", "rules": […]}.')
    listed = document.get("rules", [])
    if document.get("match", "all") not in ("all", "any") or not isinstance(listed, list):
        raise Invalid('A segment\'s rules are {"match": "all" or "any", "rules": […]}.')
    if len(listed) > MOST_RULES:
        raise Invalid(f"A segment has at most {MOST_RULES} conditions; put some into a segment of their own.")
    rules = tuple(_rule(each, place) for place, each in enumerate(listed, 1))
    return Rules(rules, document.get("match", "all") == "all")


def _rule(each: Any, place: int) -> Rule:
    def wrong(why: str) -> Invalid:
        return Invalid(f"Condition {place}: {why}")

    if not isinstance(each, Mapping) or set(each) - _KEYS or each.get("fact") not in SHAPES:
        raise wrong(f"the fact must be one of {', '.join(SHAPES)}.")
    fact = str(each["fact"])
    shape = SHAPES[fact]
    word = each.get("is", shape.words[0])
    if word not in shape.words:
        raise wrong(f"{fact} is compared with {' or '.join(shape.words)}.")
    days, of = each.get("days"), str(each.get("of") or "").strip()[:200]
    if days is not None and (not shape.windowed or type(days) is not int or not 1 <= days <= MOST_DAYS):
        raise wrong(f"days must be a whole number from 1 to {MOST_DAYS}, and {fact} must be one that has a time.")
    if bool(shape.of) != bool(of):
        raise wrong(f"name the {shape.of} it is about." if shape.of else f"{fact} has no store or category.")
    if shape.unit == "text":
        return Rule(fact, word, values=_values(each.get("value"), wrong), days=days, of=of)
    return Rule(fact, word, number=_number(each.get("value"), wrong), days=days, of=of)


def _values(value: Any, wrong: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise wrong("say which, as text.")
    found = tuple(dict.fromkeys(each.replace("\x00", "").strip()[:200] for each in listed if each.strip()))
    if not found or len(found) > MOST_VALUES:
        raise wrong(f"say which, at least one and at most {MOST_VALUES}.")
    return found


def _number(value: Any, wrong: Any) -> Decimal:
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise wrong("write a number, such as 20 or 99.50.")
    return number

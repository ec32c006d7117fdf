"""What a campaign is to do, as a value and as a document: whom, what they get, when, for how much, and when to stop.

    {"goal": "win_back", "segment": "seg_…", "first": "2026-12-01", "last": "2026-12-31", "holdout": 20,
     "budget": "500.00", "stop_harm": true, "mechanics": [{"kind": "multiply", "amount": "2", "category": "tea"}]}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loyalty.errors import Invalid

GOALS: dict[str, str] = {
    "win_back": "bonus",
    "more_visits": "bonus",
    "bigger_basket": "amount",
    "try_category": "multiply",
    "thank_best": "gift",
}
"""What the shop wants, and the mechanics that its form proposes first."""
KINDS = ("multiply", "bonus", "percent", "amount", "gift", "level", "message")
MOST_HELD = 50
LONGEST_DAYS = 366
ARMS = ("a", "b")
HELD = "hold"


@dataclass(frozen=True)
class Mechanic:
    """What one group gets. `amount`: a factor (multiply), whole points (bonus, gift), percent, or money (amount).

    `cap`: money that `percent` takes off one sale at most. `times`: per member; None for any number.
    `code`: must be given at the till, a coupon. `min_amount`: money that the matching lines must reach.
    `message`: id of the template that the group is sent at the start; the kind `message` gives nothing but that.
    """

    kind: str
    amount: Decimal = Decimal(0)
    category: str = ""
    min_amount: Decimal | None = None
    cap: Decimal | None = None
    times: int | None = None
    code: str = ""
    level: str = ""
    message: str = ""

    def as_document(self) -> dict[str, Any]:
        found: dict[str, Any] = {"kind": self.kind}
        if self.kind not in ("level", "message"):
            found["amount"] = f"{self.amount:f}"
        for name in ("min_amount", "cap"):
            if (value := getattr(self, name)) is not None:
                found[name] = f"{value:f}"
        rest = ("category", "times", "code", "level", "message")
        found |= {name: value for name in rest if (value := getattr(self, name))}
        return found


@dataclass(frozen=True)
class Plan:
    """`first` and `last` are local days, both included. `holdout`: percent of the audience that gets nothing.

    `budget`: money, kept at every award. `stop_harm`: end when the groups buy less than those held out, surely.
    Two mechanics are two variants, A and B, drawn by the same lot.
    """

    goal: str
    segment: str
    first: date
    last: date
    holdout: int
    budget: Decimal
    mechanics: tuple[Mechanic, ...]
    stop_harm: bool = True

    @property
    def arms(self) -> tuple[str, ...]:
        return ARMS[: len(self.mechanics)]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def as_document(self) -> dict[str, Any]:
        return {
            "goal": self.goal, "segment": self.segment, "first": self.first.isoformat(),
            "last": self.last.isoformat(), "holdout": self.holdout, "budget": f"{self.budget:f}",
            "stop_harm": self.stop_harm, "mechanics": [each.as_document() for each in self.mechanics],
        }  # fmt: skip


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Invalid with one sentence that says what is missing or wrong."""
    goal, segment = str(document.get("goal", "")), str(document.get("segment", ""))
    if goal not in GOALS:
        raise Invalid(f"The goal is one of {', '.join(GOALS)}.", pointer="goal")
    if not segment:
        raise Invalid("Choose the segment that the campaign is for.", pointer="segment")
    first, last = _day(document, "first"), _day(document, "last")
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise Invalid("The last day comes after the first one, at most a year later.", pointer="last")
    held = document.get("holdout", 0)
    if type(held) is not int or not 0 <= held <= MOST_HELD:
        raise Invalid(f"Hold out a whole number of percent from 0 to {MOST_HELD}.", pointer="holdout")
    listed = document.get("mechanics")
    if not isinstance(listed, list) or not 1 <= len(listed) <= len(ARMS):
        raise Invalid("Say what the members get: one thing, or two to be compared.", pointer="mechanics")
    budget = _number(document, "budget", "The budget")
    harm = document.get("stop_harm", True) is True
    return Plan(goal, segment, first, last, held, budget, tuple(_mechanic(each) for each in listed), harm)


def _mechanic(document: Any) -> Mechanic:
    kind = document.get("kind") if isinstance(document, Mapping) else None
    if kind not in KINDS:
        raise Invalid(f"What members get is one of {', '.join(KINDS)}.", pointer="mechanics")
    texts = {name: str(document.get(name, "")).replace("\x00", "").strip()[:60]
             for name in ("category", "code", "message")}  # fmt: skip
    if kind == "message" and not texts["message"]:
        raise Invalid("Choose the message that the members get.", pointer="message")
    if kind == "message":
        return Mechanic(kind, message=texts["message"])
    if kind == "level":
        level = str(document.get("level", "")).strip()
        if not level:
            raise Invalid("Choose the level that the members get.", pointer="level")
        return Mechanic(kind, level=level, message=texts["message"])
    amount = _number(document, "amount", "What the members get")
    if kind == "gift":
        return Mechanic(kind, _whole_points(amount), message=texts["message"])
    times, least = document.get("times"), document.get("min_amount")
    if times is not None and (type(times) is not int or not 1 <= times <= 1000):
        raise Invalid("How often somebody may have it is a whole number from 1 to 1000.", pointer="times")
    found = Mechanic(
        kind, amount, times=times, **texts,
        min_amount=None if least in (None, "") else _number(document, "min_amount", "The least amount"),
        cap=_number(document, "cap", "The most that one sale gets off") if kind == "percent" else None,
    )  # fmt: skip
    if kind == "multiply" and not 1 < amount <= 20:
        raise Invalid("Points are multiplied by more than 1 and at most 20.", pointer="amount")
    if kind == "percent" and amount > 100:
        raise Invalid("Nothing can be reduced by more than 100 percent.", pointer="amount")
    if kind == "bonus":
        _whole_points(amount)
    return found


def _whole_points(amount: Decimal) -> Decimal:
    if amount != amount.to_integral_value():
        raise Invalid("Give whole points.", pointer="amount")
    return amount


def _day(document: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(document.get(name, "")))
    except ValueError:
        raise Invalid("Give the first and the last day, written as 2026-12-31.", pointer=name) from None


def _number(document: Mapping[str, Any], name: str, words: str) -> Decimal:
    try:
        number = Decimal(str(document.get(name, "")).strip().replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 < number < 10**9:
        raise Invalid(f"{words} must be a number above zero.", pointer=name)
    return number

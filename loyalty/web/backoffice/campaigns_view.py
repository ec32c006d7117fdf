"""The form of a campaign as typed, and the rows of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_life import Campaign, all_campaigns
from loyalty.campaigns.campaign_plan import ARMS, GOALS, Mechanic, Plan, read_plan
from loyalty.campaigns.campaign_result import Result, result_of
from loyalty.campaigns.segments import all_segments
from loyalty.errors import Invalid
from loyalty.web.shop import Shop
from loyalty.web.texts import _

FIELDS = ("kind", "amount", "category", "min_amount", "cap", "times", "code", "level", "message")
KEPT = 6_000
"""Characters of a field that come back to be shortened."""
DAYS = 28
"""How long a new campaign lasts, unless somebody writes otherwise."""
AMOUNTS = {"bonus": "50", "multiply": "2", "amount": "10", "gift": "50"}


@dataclass(frozen=True)
class Wish:
    """The form, as text. `arms`: the fields of variant A and B; B without a kind is none."""

    name: str
    goal: str
    segment: str
    first: str
    last: str
    holdout: str
    budget: str
    stop_harm: bool
    arms: tuple[Mapping[str, str], ...]

    def plan(self) -> Plan:
        """Invalid with what is missing or wrong."""
        self._refuse_long()
        held: Any = int(self.holdout) if self.holdout.isdecimal() and len(self.holdout) < 5 else self.holdout
        return read_plan({
            "goal": self.goal, "segment": self.segment, "first": self.first, "last": self.last, "holdout": held,
            "budget": self.budget, "stop_harm": self.stop_harm,
            "mechanics": [_document(arm) for arm in self.arms if arm["kind"]],
        })  # fmt: skip

    def _refuse_long(self) -> None:
        for name, text in self.flat().items():
            most = 50 if name == "name" else 60
            if len(text) > most:
                raise Invalid(_("Use at most %(most)s characters.", most=most), pointer=name)

    def flat(self) -> dict[str, str]:
        """Every field of the form by its name, as text."""
        found = {name: getattr(self, name) for name in ("name", "segment", "first", "last", "holdout", "budget")}
        found["stop_harm"] = "on" if self.stop_harm else ""
        for key, arm in zip(ARMS, self.arms, strict=True):
            found |= {f"{name}-{key}": arm[name] for name in FIELDS}
        return found


def _document(arm: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: value for name, value in arm.items() if value}
    if found.get("times"):
        found["times"] = (
            int(found["times"]) if found["times"].isdecimal() and len(found["times"]) < 9 else found["times"]
        )
    return found


def read_wish(form: Mapping[str, str]) -> Wish:
    def text(name: str) -> str:
        return form.get(name, "").replace("\x00", "").strip()[:KEPT]

    arms = tuple({name: text(f"{name}-{arm}") for name in FIELDS} for arm in ARMS)
    return Wish(
        text("name"), text("goal"), text("segment"), text("first"), text("last"), text("holdout"),
        text("budget"), "stop_harm" in form, arms,
    )  # fmt: skip


def fresh_wish(goal: str, segment: str, shop: Shop) -> Wish:
    """What the goal proposes."""
    goal = goal if goal in GOALS else "more_visits"
    kind = GOALS[goal]
    first = shop.today + timedelta(days=1)
    last = first + timedelta(days=DAYS - 1)
    proposed = {name: "" for name in FIELDS} | {"kind": kind, "amount": AMOUNTS[kind]}
    none = {name: "" for name in FIELDS}
    return Wish("", goal, segment, first.isoformat(), last.isoformat(), "20", "1000", True, (proposed, none))


def wish_of(found: Campaign) -> Wish:
    plan, document = found.plan, found.plan.as_document()
    arms = [_typed(each) for each in plan.mechanics]
    arms += [{name: "" for name in FIELDS}] * (len(ARMS) - len(arms))
    return Wish(
        found.name, plan.goal, plan.segment, document["first"], document["last"], str(plan.holdout),
        document["budget"], plan.stop_harm, tuple(arms),
    )  # fmt: skip


def _typed(mechanic: Mechanic) -> dict[str, str]:
    return {name: "" for name in FIELDS} | {name: str(value) for name, value in mechanic.as_document().items()}


@dataclass(frozen=True)
class Listed:
    """A campaign in the list. `result` of those that began; `segment`: its name, empty when it is gone."""

    campaign: Campaign
    segment: str
    result: Result | None


def listed_campaigns(session: Session, shop: Shop) -> list[Listed]:
    """The newest first."""
    names = segment_names(session)
    return [
        Listed(each, names.get(each.plan.segment, ""), result_of(session, each, shop.now) if each.started_at else None)
        for each in all_campaigns(session)
    ]


def segment_names(session: Session) -> dict[str, str]:
    """Id -> name."""
    return {each.id: each.name for each in all_segments(session)}

"""Rules about what looks odd: each can be switched off, and has limits that the shop sets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.db.shop_settings import all_set, put
from loyalty.errors import Invalid

SETTING = "odd_rules"
MOST = 1_000_000
LONGEST_NEAR = 4_000


@dataclass(frozen=True)
class Rule:
    """`limits`: their names and what they are until the shop says otherwise. What is above a limit is shown."""

    name: str
    limits: Mapping[str, int] = field(default_factory=dict)


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("own_card", {"sales": 0}),
        Rule("often_hour", {"sales": 4}),
        Rule("often_day", {"sales": 6}),
        Rule("two_stores", {"minutes": 20}),
        Rule("late", {"hours": 24}),
        Rule("receipts", {"receipts": 4}),
        Rule("by_hand", {"points": 2_000}),
        Rule("returns", {"sales": 2}),
    )
}


@dataclass(frozen=True)
class Settings:
    """`limits` by rule, only of rules that are on. `near`: groups of stores that lie side by side."""

    limits: Mapping[str, Mapping[str, int]]
    near: tuple[frozenset[str], ...] = ()

    def far_apart(self, one: str, other: str) -> bool:
        return one != other and not any(one in group and other in group for group in self.near)


def settings_of(session: Session) -> Settings:
    """What the shop chose; every rule is on until somebody switches it off."""
    kept = all_set(session).get(SETTING) or {}
    limits = {
        name: {limit: int(_of(kept, name).get(limit, default)) for limit, default in rule.limits.items()}
        for name, rule in RULES.items()
        if _of(kept, name).get("on", True)
    }
    return Settings(limits, tuple(frozenset(group) for group in kept.get("near") or ()))


def shown_settings(session: Session) -> dict[str, str]:
    """As they stand in a form: `late.on` is `on` or empty, `late.hours` a number, `near` a line for each group."""
    kept = all_set(session).get(SETTING) or {}
    shown = {"near": "\n".join(", ".join(group) for group in kept.get("near") or ())}
    for name, rule in RULES.items():
        shown[f"{name}.on"] = "on" if _of(kept, name).get("on", True) else ""
        shown |= {f"{name}.{limit}": str(_of(kept, name).get(limit, old)) for limit, old in rule.limits.items()}
    return shown


def set_rules(session: Session, typed: Mapping[str, str], now: datetime) -> None:
    """Takes what `shown_settings` gives. Invalid at the first limit that is no number; then nothing is changed."""
    kept: dict[str, Any] = {"near": _groups(typed.get("near", ""))}
    for name, rule in RULES.items():
        kept[name] = {"on": typed.get(f"{name}.on") == "on"}
        for limit in rule.limits:
            text = typed.get(f"{name}.{limit}", "").strip()
            if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= MOST):
                raise Invalid(f"Write a whole number from 0 to {MOST:,}.", pointer=f"/{name}.{limit}")
            kept[name][limit] = int(text)
    put(session, SETTING, kept, now)


def _groups(text: str) -> list[list[str]]:
    if len(text) > LONGEST_NEAR:
        raise Invalid(f"Use at most {LONGEST_NEAR:,} characters.", pointer="/near")
    groups = [[name.strip() for name in re.split("[,，、]", line) if name.strip()] for line in text.splitlines()]
    return [sorted(set(group)) for group in groups if len(set(group)) > 1]


def _of(kept: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return kept.get(name) or {}

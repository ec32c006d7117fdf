"""Lifetime value as pages show it: the model with its ranges, the members it values most, and one member's future."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.insight.prediction import Prediction, predict
from loyalty.insight.purchase_model import History, Purchases
from loyalty.insight.spend_model import Spending
from loyalty.insight.values import YEAR_WEEKS
from loyalty.members.names import masked_name
from loyalty.members.tables import Member
from loyalty.members.value_tables import member_values, value_models

NAMES = ("r", "alpha", "a", "b", "p", "q", "gamma")
WIDE = 1.96
"""Standard errors to both sides of an estimate: 19 of 20 such ranges hold the true value."""
MOST = 50


@dataclass(frozen=True)
class Parameter:
    """low and high: 95 % range, None where it cannot be told."""

    name: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Valued:
    """A member with figures in stored units, see value_tables."""

    id: str
    name: str
    language: str
    figures: Any


def model_row(session: Session) -> Any:
    """What the values were worked out with; None before they ever were."""
    return session.execute(sa.select(value_models)).first()


def parameters_of(model: Any) -> list[Parameter]:
    known = model.parameters
    errors = dict(zip(NAMES, known["errors"], strict=False))
    found = []
    for name in NAMES:
        value, error = known[name], errors.get(name)
        low, high = (None, None) if error is None else (max(0.0, value - WIDE * error), value + WIDE * error)
        found.append(Parameter(name, value, low, high))
    return found


def totals(session: Session) -> Any:
    """Sums over all members that are valued: members, alive, expected, next_year, lifetime."""
    value = member_values.c
    sums = (sa.func.sum(value[name]).label(name) for name in ("alive", "expected", "next_year", "lifetime"))
    statement = sa.select(sa.func.count().label("members"), *sums).where(value.alive.is_not(None))
    return session.execute(statement).one()


def dearest(session: Session, full_names: bool) -> list[Valued]:
    """Members with the highest lifetime value; names as this person may read them."""
    statement = (
        sa.select(Member.id, Member.name, Member.language, member_values)
        .join(member_values, member_values.c.member_id == Member.id)
        .where(Member.status == "active", member_values.c.lifetime.is_not(None))
        .order_by(member_values.c.lifetime.desc(), Member.id)
        .limit(MOST)
    )
    return [
        Valued(row.id, row.name if full_names else masked_name(row.name), row.language, row)
        for row in session.execute(statement)
    ]


@dataclass(frozen=True)
class Future:
    """A member's value: the kept figures, as of which day, and the ranges of the coming year (None without a model);
    money of the ranges in the currency's whole units.
    """

    figures: Any
    as_of: date
    ranges: Prediction | None


def future_of(session: Session, member: str, digits: int) -> Future | None:
    """None for members without a purchase, and before values were ever worked out."""
    model = model_row(session)
    row = session.execute(sa.select(member_values).where(member_values.c.member_id == member)).first()
    if model is None or row is None:
        return None
    if model.parameters is None or row.alive is None:
        return Future(row, model.as_of, None)
    known = model.parameters
    bought = Purchases(*(known[name] for name in NAMES[:4]))
    spending = Spending(*(known[name] for name in NAMES[4:]))
    who = History(row.repeats, row.recency_days / 7, row.age_days / 7)
    average = max(0, row.spent) / (row.repeats + 1) / 10**digits
    return Future(row, model.as_of, predict(bought, spending, who, average, YEAR_WEEKS, f"{member} {model.as_of}"))

"""Works out anew what each member is worth: places among all, and lifetime value where there is enough to go by."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import read, write
from loyalty.insight.backtest import Check, day_of_check, look_back
from loyalty.insight.purchase_model import History, Purchases, errors_of, fit_purchases
from loyalty.insight.scores import fifths, places
from loyalty.insight.spend_model import Spending, fit_spending
from loyalty.members.value_tables import member_values, value_models
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables_sale import purchase_states

YEAR_DAYS, YEAR_WEEKS, YEARS = 365, 365 / 7, 3
DISCOUNT_PERCENT = 10
"""By which money of a year later counts less in the lifetime value."""
LEAST_MEMBERS, LEAST_REPEATERS = 30, 15
MOST_FITTED = 20_000
"""Members that the models are fitted to, evenly taken from all."""
_AT_ONCE = 2_000


@dataclass(frozen=True)
class Customer:
    """A member's purchases that count until `today`. days: different days of purchase; money in smallest units, less
    what was returned; spent_year and bought_year: of the last 365 days.
    """

    member: str
    first: date
    last: date
    days: int
    spent: int
    spent_year: int
    days_year: int

    def history(self, today: date) -> History:
        return History(self.days - 1, (self.last - self.first).days / 7, (today - self.first).days / 7)

    @property
    def average(self) -> int:
        """For each day of purchase."""
        return max(0, self.spent) // self.days


@dataclass(frozen=True)
class Models:
    """What was fitted; `errors` are standard errors of r, alpha, a and b (None where they cannot be told)."""

    purchases: Purchases
    spending: Spending
    log_likelihood: float
    errors: tuple[float | None, ...]
    check: Check | None = None

    def as_document(self) -> dict[str, Any]:
        check = asdict(self.check) if self.check else None
        return {**asdict(self.purchases), **asdict(self.spending), "errors": list(self.errors), "check": check}


def read_customers(session: Session, today: date) -> list[Customer]:
    """Members with a purchase that counts, by id."""
    state = purchase_states.c
    recent = state.day > today - timedelta(days=YEAR_DAYS)
    statement = (
        sa.select(state.member, sa.func.min(state.day, type_=sa.Date), sa.func.max(state.day, type_=sa.Date))
        .add_columns(sa.func.count(sa.distinct(state.day)), sa.func.sum(state.net))
        .add_columns(sa.func.sum(sa.case((recent, state.net), else_=0)))
        .add_columns(sa.func.count(sa.distinct(sa.case((recent, state.day)))))
        .where(state.counts.is_(True), state.day <= today)
        .group_by(state.member)
        .order_by(state.member)
    )
    return [
        Customer(member, first, last, int(days), int(spent), int(year), int(bought))
        for member, first, last, days, spent, year, bought in session.execute(statement)
    ]


def fit_models(customers: Sequence[Customer], today: date, digits: int) -> Models | str:
    """The models, or why there are none: few_members, few_repeats, no_money."""
    if len(customers) < LEAST_MEMBERS:
        return "few_members"
    if sum(each.days > 1 for each in customers) < LEAST_REPEATERS:
        return "few_repeats"
    some = customers[:: math.ceil(len(customers) / MOST_FITTED)]
    paid = [(each.days, each.average / 10**digits) for each in some if each.average > 0]
    if len({average for _days, average in paid}) < LEAST_REPEATERS:
        return "no_money"
    histories = [each.history(today) for each in some]
    purchases, likely = fit_purchases(histories)
    spending, _ = fit_spending(paid)
    errors = tuple(error if math.isfinite(error) and error else None for error in errors_of(purchases, histories))
    return Models(purchases, spending, likely, errors)


def refresh_values(engine: Engine, now: datetime) -> int:
    """All members' values as of now; how many. Sales go on in between: rows are replaced a chunk at a time."""
    with read(engine) as session:
        version = SqlFacts(session).version(now)
        if version is None:
            return 0
        today = day_of(now, zone_of(version.programme.timezone))
        customers = read_customers(session, today)
        earlier = read_customers(session, day_of_check(today))
    models = fit_models(customers, today, version.programme.digits)
    if isinstance(models, Models):
        models = replace(models, check=_check(earlier, customers, today))
    rows = _rows(customers, today, models if isinstance(models, Models) else None, version.programme.digits)
    for begin in range(0, len(rows), _AT_ONCE):
        chunk = rows[begin : begin + _AT_ONCE]
        with write(engine) as session:
            gone = [row["member_id"] for row in chunk]
            session.execute(sa.delete(member_values).where(member_values.c.member_id.in_(gone)))
            session.execute(sa.insert(member_values), chunk)
    with write(engine) as session:
        _drop_others(session, {row["member_id"] for row in rows})
        _note(session, models, today, now, len(customers))
    return len(rows)


def _check(earlier: Sequence[Customer], customers: Sequence[Customer], today: date) -> Check | None:
    some = earlier[:: max(1, math.ceil(len(earlier) / MOST_FITTED))]
    before = [(each.member, each.first, each.last, each.days) for each in some]
    return look_back(before, {each.member: each.days for each in customers}, day_of_check(today))


def refresh_daily(engine: Engine, now: datetime) -> int:
    """As refresh_values, once in each local day."""
    with read(engine) as session:
        version = SqlFacts(session).version(now)
        done = session.scalar(sa.select(value_models.c.as_of))
    if version is None or done == day_of(now, zone_of(version.programme.timezone)):
        return 0
    return refresh_values(engine, now)


def _drop_others(session: Session, kept: set[str]) -> None:
    gone = [id for id in session.scalars(sa.select(member_values.c.member_id)) if id not in kept]
    for begin in range(0, len(gone), _AT_ONCE):
        some = gone[begin : begin + _AT_ONCE]
        session.execute(sa.delete(member_values).where(member_values.c.member_id.in_(some)))


def _note(session: Session, models: Models | str, today: date, now: datetime, members: int) -> None:
    session.execute(sa.delete(value_models))
    fitted = isinstance(models, Models)
    row = {
        "id": 1, "as_of": today, "made_at": now, "members": members, "note": "fitted" if fitted else models,
        "parameters": models.as_document() if isinstance(models, Models) else None,
        "log_likelihood": models.log_likelihood if isinstance(models, Models) else None,
    }  # fmt: skip
    session.execute(sa.insert(value_models), [row])


def _rows(customers: Sequence[Customer], today: date, models: Models | None, digits: int) -> list[dict[str, Any]]:
    scores = zip(
        fifths([each.last.toordinal() for each in customers]),
        fifths([each.days_year for each in customers]),
        fifths([each.spent_year for each in customers]),
        places([each.spent_year for each in customers]),
        customers,
        strict=True,
    )
    return [
        {
            "member_id": each.member, "repeats": each.days - 1, "recency_days": (each.last - each.first).days,
            "age_days": (today - each.first).days, "spent": each.spent, "spent_year": each.spent_year,
            "recency_score": recency, "frequency_score": frequency, "money_score": money,
            "rank_share": place[0], "money_share": place[1], "pyramid": place[2],
            **_worth(each, today, models, digits),
        }
        for recency, frequency, money, place, each in scores
    ]  # fmt: skip


def _worth(each: Customer, today: date, models: Models | None, digits: int) -> dict[str, int | None]:
    """Year by year; each later year's money is discounted from its middle."""
    if models is None:
        return dict.fromkeys(("alive", "expected", "next_year", "lifetime"))
    who = each.history(today)
    until = [models.purchases.expected(who, year * YEAR_WEEKS) for year in range(1, YEARS + 1)]
    mean = models.spending.mean(each.days, each.average / 10**digits) * 10**digits
    years = [until[0], *(later - earlier for earlier, later in pairwise(until))]
    worth = sum(count * mean / (1 + DISCOUNT_PERCENT / 100) ** (year + 0.5) for year, count in enumerate(years))
    return {
        "alive": round(1000 * models.purchases.alive(who)),
        "expected": round(1000 * until[0]),
        "next_year": round(until[0] * mean),
        "lifetime": round(worth),
    }

"""The orders of the members' list. Pages are cut by the key of their last row and that member's id.

Nobody sorts everybody. Name and day of joining have an index; the last visit is found by walking the days back, points
and spend by walking the coarse steps that the database keeps (loyalty/members/figure_tables.py). Only who stands on
one day or one step is sorted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.members.figure_tables import member_figures
from loyalty.members.tables import Member
from loyalty.points.tables_sale import purchases
from loyalty.web.backoffice.members_filter import QUIET, Columns, Wish, step_of
from loyalty.web.shop import Shop

NEVER = date(1, 1, 1)
MOST_DAYS = 60
"""So many days are walked back for one page; then everybody who is left is looked at."""
Place = tuple[Any, str]
"""Where a page ended: the key and the id of its last row."""


@dataclass(frozen=True)
class Order:
    """What is asked for: `statement` gives the ids of those who fit, by `key`."""

    statement: sa.Select[Any]
    columns: Columns
    shop: Shop
    wish: Wish
    few: bool
    """So few may fit that they are sorted as they are."""

    @property
    def key(self) -> ColumnElement[Any]:
        if self.wish.sort == "name":
            return Member.name.expression
        if self.wish.sort == "points":
            return self.columns.available
        if self.wish.sort == "spend":
            return self.columns.spend
        if self.wish.sort == "visit":
            return sa.func.coalesce(self.columns.visited, sa.literal(NEVER, sa.Date))
        return Member.id.expression

    @property
    def falling(self) -> bool:
        return self.wish.sort != "name"


def found_in(session: Session, order: Order, after: Place | None, limit: int) -> list[Place]:
    """Key and id of at most `limit` members behind `after`. ValueError for a place of another order."""
    if order.few or order.wish.sort not in ("visit", "points", "spend"):
        return _sorted(session, order, after, limit)
    found: list[Place] = []
    walk = _by_visit if order.wish.sort == "visit" else _by_step
    for part in walk(session, order, after):
        found += [(row.key, row.id) for row in session.execute(part.limit(limit - len(found)))]
        if len(found) >= limit:
            break
    return found


def _sorted(session: Session, order: Order, after: Place | None, limit: int) -> list[Place]:
    return [(row.key, row.id) for row in session.execute(_everybody(order, after).limit(limit))]


def _everybody(order: Order, after: Place | None) -> sa.Select[Any]:
    key, falling = order.key, order.falling
    statement = order.statement if after is None else order.statement.where(_behind(key, falling, *after))
    direction = sa.desc if falling else sa.asc
    return statement.add_columns(key.label("key")).order_by(direction(key), direction(Member.id))


def _by_visit(session: Session, order: Order, after: Place | None) -> Iterator[sa.Select[Any]]:
    """Day by day back through the sales, then those who are left, who came never or long ago."""
    day, below = after if after is not None else (_latest_day(order), "")
    if not isinstance(day, date):
        raise ValueError("no key of this order")
    next_day = day if below else _day_before(session, day)
    for _step in range(MOST_DAYS):
        if next_day is None or next_day == NEVER or next_day < (order.wish.visited_from or NEVER):
            break
        came = sa.select(purchases.c.member).where(purchases.c.day == next_day)
        one = order.statement.where(Member.id.in_(came), order.columns.visited == next_day)
        if below and next_day == day:
            one = one.where(Member.id < below)
        yield one.add_columns(sa.literal(next_day, sa.Date).label("key")).order_by(Member.id.desc())
        day, below = next_day, ""
        next_day = _day_before(session, next_day)
    if order.wish.visited_from is None or (next_day or NEVER) >= order.wish.visited_from:
        yield _everybody(order, None if day == date.max else (day, below))


def _latest_day(order: Order) -> date:
    """The day before which the filters let anybody's last visit lie."""
    if order.wish.visited_to is not None and order.wish.visited_to < date.max:
        return date.fromordinal(order.wish.visited_to.toordinal() + 1)
    return order.shop.today - QUIET if order.wish.show == "quiet" else date.max


def _day_before(session: Session, day: date) -> date | None:
    """The last day before `day` on which anybody bought anything."""
    found: date | None = session.scalar(sa.select(sa.func.max(purchases.c.day)).where(purchases.c.day < day))
    return found


def _by_step(session: Session, order: Order, after: Place | None) -> Iterator[sa.Select[Any]]:
    """Step by step down from the highest that the filters let through, then those of whom nothing is written."""
    figure, key, wish = member_figures.c, order.key, order.wish
    name = f"points:{order.shop.main_wallet}" if wish.sort == "points" else "spend"
    on_step = order.statement.join(member_figures, figure.member == Member.id).where(figure.figure == name)
    if after is not None and not isinstance(after[0], int | None):
        raise ValueError("no key of this order")
    bounds = _steps_between(order) if wish.sort == "points" else (0, None)
    step = None if after is not None and after[0] is None else _step_at(session, name, bounds[1], after)
    while step is not None and step >= bounds[0]:
        one = on_step.where(figure.step == step).add_columns(key.label("key"))
        if after is not None:
            one = one.where(_behind(key, True, *after))
        yield one.order_by(key.desc(), Member.id.desc())
        step = _step_below(session, name, step)
    if bounds[0] == 0:
        known = sa.select(figure.member).where(figure.figure == name, figure.member == Member.id)
        unknown = order.statement.where(key == 0, ~known.correlate(Member).exists())
        if after is not None and after[0] is None:
            unknown = unknown.where(Member.id < after[1])
        yield unknown.add_columns(sa.null().label("key")).order_by(Member.id.desc())


def _steps_between(order: Order) -> tuple[int, int | None]:
    """The lowest and the highest step on which somebody may fit."""
    units = 10 ** order.shop.wallet(order.shop.main_wallet).decimals
    least, most = order.wish.points_from, order.wish.points_to
    return step_of((least or 0) * units), None if most is None else step_of(most * units)


def _step_at(session: Session, name: str, highest: int | None, after: Place | None) -> int | None:
    """The step to begin with: where the page before ended, or the highest at all."""
    if after is not None:
        return step_of(after[0])
    return _step_below(session, name, None if highest is None else highest + 1)


def _step_below(session: Session, name: str, step: int | None) -> int | None:
    at = member_figures.c
    highest = sa.select(sa.func.max(at.step)).where(at.figure == name)
    found: int | None = session.scalar(highest if step is None else highest.where(at.step < step))
    return found


def _behind(key: ColumnElement[Any], falling: bool, value: Any, id: str) -> ColumnElement[bool]:
    further = key < value if falling else key > value
    tie = Member.id < id if falling else Member.id > id
    return sa.or_(further, sa.and_(key == value, tie))

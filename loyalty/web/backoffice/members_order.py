"""The orders of the members' list. Pages are cut by the key of their last row and that member's id."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.members.tables import Member
from loyalty.points.tables_sale import purchases
from loyalty.web.backoffice.members_filter import Columns

NEVER = date(1, 1, 1)
MOST_DAYS = 60
"""So many days are walked back for one page; then everybody who is left is looked at."""


def in_order(
    session: Session, statement: sa.Select[Any], key: ColumnElement[Any], falling: bool,
    after: tuple[Any, str] | None, limit: int,
) -> list[Any]:  # fmt: skip
    """Rows of one page with their `key`."""
    if after is not None:
        statement = statement.where(_behind(key, falling, *after))
    direction = sa.desc if falling else sa.asc
    ordered = statement.add_columns(key.label("key")).order_by(direction(key), direction(Member.id))
    return list(session.execute(ordered.limit(limit)))


def by_visit(
    session: Session, statement: sa.Select[Any], columns: Columns, after: tuple[Any, str] | None, size: int
) -> list[Any]:
    """The latest visit first: day by day back through the sales, then those who never came."""
    found: list[Any] = []
    day, below = after if after is not None else (date.max, "")
    if not isinstance(day, date):
        raise ValueError("no key of this order")
    next_day = day if below else _day_before(session, day)
    for _step in range(MOST_DAYS):
        if next_day is None or next_day == NEVER or len(found) > size:
            break
        came = sa.select(purchases.c.member).where(purchases.c.day == next_day)
        one = statement.where(Member.id.in_(came), columns.visited == next_day)
        if below and next_day == day:
            one = one.where(Member.id < below)
        ordered = one.add_columns(sa.literal(next_day, sa.Date).label("key")).order_by(Member.id.desc())
        found += session.execute(ordered.limit(size + 1 - len(found)))
        day, below = next_day, ""
        next_day = _day_before(session, next_day)
    if len(found) <= size:
        key, falling = order_of(columns, "visit")
        last = (day, below)
        found += in_order(session, statement, key, falling, last if day != date.max else None, size + 1 - len(found))
    return found


def _day_before(session: Session, day: date) -> date | None:
    """The last day before `day` on which anybody bought anything."""
    found: date | None = session.scalar(sa.select(sa.func.max(purchases.c.day)).where(purchases.c.day < day))
    return found


def order_of(columns: Columns, sort: str) -> tuple[ColumnElement[Any], bool]:
    """The key that pages are cut by, and whether it falls. Members without a visit come last."""
    if sort == "name":
        return Member.name.expression, False
    if sort == "points":
        return columns.available, True
    if sort == "visit":
        return sa.func.coalesce(columns.visited, sa.literal(NEVER, sa.Date)), True
    return Member.id.expression, True


def _behind(key: ColumnElement[Any], falling: bool, value: Any, id: str) -> ColumnElement[bool]:
    further = key < value if falling else key > value
    tie = Member.id < id if falling else Member.id > id
    return sa.or_(further, sa.and_(key == value, tie))

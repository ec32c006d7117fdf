"""The list of members: filtered, sorted and cut into pages by keys, so that page 400 is as quick as page 1.

The latest visits are found by walking the days back, not by looking at everybody.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from loyalty.members.names import masked_name
from loyalty.members.tables import Member
from loyalty.points.calendar import end_of_day
from loyalty.points.tables import accounts, lots, standings
from loyalty.points.tables_sale import purchase_states
from loyalty.web.backoffice.members_filter import Wish, filtered, quiet
from loyalty.web.backoffice.members_order import by_visit, in_order, order_of
from loyalty.web.shop import Shop

PAGE = 50
SOON = timedelta(days=30)
LARGE = 20_000
"""Members above which the figures beside the filters come after the list."""


@dataclass(frozen=True)
class Row:
    """`available` and `expiring` in the main wallet's smallest unit."""

    id: str
    number: str
    name: str
    language: str
    level: str | None
    available: int
    expiring: int
    visited_on: date | None
    joined_at: datetime
    closed: bool


@dataclass(frozen=True)
class Listing:
    rows: tuple[Row, ...]
    next: str | None
    total: int | None = None
    """Members that fit the filters; None while they are not counted."""
    levels: dict[str, int] = field(default_factory=dict)
    """Members by level, where they were counted, like `shows` and `everybody`."""
    shows: dict[str, int] = field(default_factory=dict)
    everybody: int = 0


class _Columns:
    """What a row shows, as expressions over the member's own row."""

    def __init__(self, shop: Shop) -> None:
        lot, state = lots.c, purchase_states.c
        self.available: ColumnElement[int] = sa.func.coalesce(accounts.c.active - accounts.c.deficit, 0)
        self.visited = (
            sa.select(sa.func.max(state.day)).where(state.member == Member.id, state.counts.is_(True)).scalar_subquery()
        )
        self.dying: tuple[ColumnElement[bool], ...] = (
            lot.expires_at.is_not(None),
            lot.remaining > 0,
            lot.wallet == shop.main_wallet,
            lot.expires_at > shop.now,
            lot.expires_at <= end_of_day(shop.today + SOON, shop.zone),
        )
        self.expiring = sa.func.coalesce(
            sa.select(sa.func.sum(lot.remaining)).where(lot.member == Member.id, *self.dying).scalar_subquery(), 0
        )


def read_members(session: Session, shop: Shop, wish: Wish, full_names: bool, size: int = 0) -> Listing:
    """One page of `size` rows (default PAGE). `full_names`: may this person read them; else they are masked."""
    size = size or PAGE
    columns = _Columns(shop)
    after = _unpacked(wish.after) if wish.after else None
    wanted = filtered(_rows(columns, shop), columns, shop, wish)
    if wish.sort == "visit":
        found = by_visit(session, wanted, columns, after, size)
    else:
        key, falling = order_of(columns, wish.sort)
        found = in_order(session, wanted, key, falling, after, size + 1)
    rows = tuple(_row(row, full_names) for row in found[:size])
    more = json.dumps([_plain(found[size - 1].key), rows[-1].id]) if len(found) > size else None
    return Listing(rows, more)


def counted(session: Session, shop: Shop, wish: Wish, listing: Listing) -> Listing:
    """The listing with the figures beside the filters: everybody is looked at."""
    columns = _Columns(shop)
    levels, shows, everybody = _counts(session, shop, columns)
    total = everybody
    if wish.filters:
        statement = filtered(_joined(sa.select(sa.func.count()), shop), columns, shop, wish)
        total = int(session.scalar(statement) or 0)
    return replace(listing, total=total, levels=levels, shows=shows, everybody=everybody)


def is_large(session: Session) -> bool:
    """Are there so many members that counting them takes longer than a page should?"""
    some = sa.select(Member.id).limit(LARGE + 1).subquery()
    return int(session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > LARGE


def rows_of(session: Session, shop: Shop, ids: list[str], full_names: bool) -> tuple[Row, ...]:
    """Rows of these members, in this order."""
    found = {
        row.id: _row(row, full_names) for row in session.execute(_rows(_Columns(shop), shop).where(Member.id.in_(ids)))
    }
    return tuple(found[id] for id in ids if id in found)


def _rows(columns: _Columns, shop: Shop) -> sa.Select[Any]:
    return _joined(
        sa.select(
            Member.id,
            Member.number,
            Member.name,
            Member.language,
            Member.joined_at,
            Member.status,
            standings.c.tier.label("level"),
            columns.available.label("available"),
            columns.expiring.label("expiring"),
            columns.visited.label("visited"),
        ),
        shop,
    )


def _joined(statement: sa.Select[Any], shop: Shop) -> sa.Select[Any]:
    return (
        statement.select_from(Member)
        .outerjoin(standings, standings.c.member == Member.id)
        .outerjoin(accounts, sa.and_(accounts.c.member == Member.id, accounts.c.wallet == shop.main_wallet))
    )


def _plain(key: Any) -> Any:
    return {"day": key.isoformat()} if isinstance(key, date) else key


def _unpacked(after: str) -> tuple[Any, str]:
    """The key and id that `next` named. ValueError for anything else."""
    value, id = json.loads(after)
    if isinstance(value, dict):
        value = date.fromisoformat(value["day"])
    if not isinstance(id, str) or not isinstance(value, str | int | date):
        raise ValueError("no key of a page")
    return value, id


def _row(row: Any, full_names: bool) -> Row:
    visited = row.visited
    return Row(
        id=row.id,
        number=row.number,
        name=row.name if full_names else masked_name(row.name),
        language=row.language,
        level=row.level,
        available=int(row.available),
        expiring=int(row.expiring),
        visited_on=date.fromisoformat(visited) if isinstance(visited, str) else visited,
        joined_at=row.joined_at.astimezone(UTC),
        closed=row.status != "active",
    )


def _counts(session: Session, shop: Shop, columns: _Columns) -> tuple[dict[str, int], dict[str, int], int]:
    """Members by level, by what may be shown alone, and altogether."""
    by_level = {
        level: int(count)
        for level, count in session.execute(sa.select(standings.c.tier, sa.func.count()).group_by(standings.c.tier))
        if level
    }
    everybody = int(session.scalar(sa.select(sa.func.count()).select_from(Member)) or 0)
    expiring = session.scalar(sa.select(sa.func.count(sa.distinct(lots.c.member))).where(*columns.dying))
    asleep = session.scalar(sa.select(sa.func.count()).select_from(Member).where(*quiet(shop)))
    levels = {level.name: by_level[level.name] for level in reversed(shop.levels) if level.name in by_level}
    return levels, {"expiring": int(expiring or 0), "quiet": int(asleep or 0)}, everybody

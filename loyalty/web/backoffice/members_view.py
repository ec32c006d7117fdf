"""The list of members: filtered, sorted and cut into pages by keys, so that page 400 is as quick as page 1."""

import json
from dataclasses import dataclass, field
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
from loyalty.web.shop import Shop

PAGE = 50
SOON = timedelta(days=30)
QUIET = timedelta(days=90)
SORTS = ("joined", "name", "points", "visit")
SHOWS = ("expiring", "quiet")


@dataclass(frozen=True)
class Wish:
    """What the list should hold. `show` is one of SHOWS or empty; `level` the name of a level or empty."""

    show: str = ""
    level: str = ""
    sort: str = "visit"
    after: str = ""
    """Key of the last row of the page before, as `next` gave it."""


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
    total: int
    """Members that fit the filters; counted for the first page only, else 0."""
    levels: dict[str, int] = field(default_factory=dict)
    """Members by level; first page only, like `shows` and `everybody`."""
    shows: dict[str, int] = field(default_factory=dict)
    everybody: int = 0


class _Columns:
    """What a row shows, as expressions over the member's own row."""

    def __init__(self, shop: Shop) -> None:
        lot, state = lots.c, purchase_states.c
        self.available = sa.func.coalesce(accounts.c.active - accounts.c.deficit, 0)
        self.visited = (
            sa.select(sa.func.max(state.day)).where(state.member == Member.id, state.counts.is_(True)).scalar_subquery()
        )
        self.dying = (
            lot.expires_at.is_not(None),
            lot.remaining > 0,
            lot.wallet == shop.main_wallet,
            lot.expires_at > shop.now,
            lot.expires_at <= end_of_day(shop.today + SOON, shop.zone),
        )
        self.expiring = sa.func.coalesce(
            sa.select(sa.func.sum(lot.remaining)).where(lot.member == Member.id, *self.dying).scalar_subquery(), 0
        )


def read_members(session: Session, shop: Shop, wish: Wish, full_names: bool) -> Listing:
    """One page. `full_names`: whether this person may read them; else they are masked."""
    columns = _Columns(shop)
    statement = _filtered(_rows(columns, shop), columns, shop, wish)
    key, falling = _order(columns, wish.sort)
    if wish.after:
        statement = statement.where(_behind(key, falling, *_unpacked(wish.after)))
    direction = sa.desc if falling else sa.asc
    statement = statement.add_columns(key.label("key")).order_by(direction(key), direction(Member.id)).limit(PAGE + 1)
    found = session.execute(statement).all()
    rows = tuple(_row(row, full_names) for row in found[:PAGE])
    after = json.dumps([_plain(found[PAGE - 1].key), rows[-1].id]) if len(found) > PAGE else None
    if wish.after:
        return Listing(rows, after, 0)
    levels, shows, everybody = _counts(session, shop, columns)
    total = everybody
    if wish.level or wish.show:
        counted = _filtered(_joined(sa.select(sa.func.count()), shop), columns, shop, wish)
        total = int(session.scalar(counted) or 0)
    return Listing(rows, after, total, levels, shows, everybody)


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


def _filtered(statement: sa.Select[Any], columns: _Columns, shop: Shop, wish: Wish) -> sa.Select[Any]:
    if wish.level:
        statement = statement.where(standings.c.tier == wish.level)
    if wish.show == "expiring":
        statement = statement.where(Member.id.in_(sa.select(lots.c.member).where(*columns.dying)))
    elif wish.show == "quiet":
        statement = statement.where(*_quiet(shop))
    return statement


def _quiet(shop: Shop) -> tuple[ColumnElement[bool], ...]:
    """Members for longer than 90 days, without a purchase in them."""
    return Member.joined_at < shop.now - QUIET, Member.id.not_in(_recent(shop))


def _recent(shop: Shop) -> sa.Select[Any]:
    state = purchase_states.c
    return sa.select(state.member).where(state.day >= shop.today - QUIET, state.counts.is_(True))


def _order(columns: _Columns, sort: str) -> tuple[ColumnElement[Any], bool]:
    """The key that pages are cut by, and whether it falls. Members without a visit come last."""
    if sort == "name":
        return sa.cast(Member.name, sa.String), False
    if sort == "points":
        return columns.available, True
    if sort == "visit":
        return sa.func.coalesce(columns.visited, sa.literal(date(1, 1, 1), sa.Date)), True
    return sa.cast(Member.id, sa.String), True


def _behind(key: ColumnElement[Any], falling: bool, value: Any, id: str) -> ColumnElement[bool]:
    further = key < value if falling else key > value
    tie = Member.id < id if falling else Member.id > id
    return sa.or_(further, sa.and_(key == value, tie))


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
    quiet = session.scalar(sa.select(sa.func.count()).select_from(Member).where(*_quiet(shop)))
    levels = {level.name: by_level[level.name] for level in reversed(shop.levels) if level.name in by_level}
    return levels, {"expiring": int(expiring or 0), "quiet": int(quiet or 0)}, everybody

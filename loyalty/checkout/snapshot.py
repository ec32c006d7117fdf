"""Members for counters that may lose the line: first all of them, then only those that changed.

The cursor is the counter's own bookmark; the server keeps none. It holds how far the list of all members was read,
up to which booking changes were told, and up to which moment changes of people and cards were told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty.checkout.member_view import member_view
from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.contract.outcomes import MemberView
from loyalty.errors import Invalid
from loyalty.members.tables import Member
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import bookings, counts

OVERLAP = timedelta(seconds=30)
"""Changes this recent are told once more: with several writers, moments are not in the order of commits."""


@dataclass(frozen=True)
class Snapshot:
    views: list[MemberView]
    next: str
    """The cursor to ask with later; never empty."""
    more: bool
    """There is more to fetch right now."""


@dataclass(frozen=True)
class _Bookmark:
    member: str
    """Last id of the list of all members that was told; `~` when all were."""
    booking: int
    changed: datetime

    def __str__(self) -> str:
        return f"{self.member},{self.booking},{rfc3339(self.changed)}"


def snapshot(session: Session, now: datetime, limit: int, cursor: str | None) -> Snapshot:
    """At most about `limit` members. Without cursor from the beginning."""
    mark = _read(cursor) if cursor else _start(session, now)
    return _everybody(session, now, limit, mark) if mark.member != "~" else _changes(session, now, limit, mark)


def _start(session: Session, now: datetime) -> _Bookmark:
    """Changes from here on are told after the list."""
    numbers = session.scalar(select(counts.c.value).where(counts.c.name == "numbers")) or 0
    return _Bookmark("", numbers - 1, now - OVERLAP)


def _everybody(session: Session, now: datetime, limit: int, mark: _Bookmark) -> Snapshot:
    ids = list(session.scalars(select(Member.id).where(Member.id > mark.member).order_by(Member.id).limit(limit)))
    last = ids[-1] if len(ids) == limit else "~"
    return Snapshot(_views(session, ids, now), str(_Bookmark(last, mark.booking, mark.changed)), True)


def _changes(session: Session, now: datetime, limit: int, mark: _Bookmark) -> Snapshot:
    booked = session.execute(
        select(bookings.c.number, bookings.c.member)
        .where(bookings.c.number > mark.booking)
        .order_by(bookings.c.number)
        .limit(limit)
    ).all()
    changed = session.execute(
        select(Member.updated_at, Member.id)
        .where(Member.updated_at > mark.changed)
        .order_by(Member.updated_at)
        .limit(limit)
    ).all()
    number = booked[-1].number if booked else mark.booking
    full = len(changed) == limit
    moment = changed[-1].updated_at if full else max(mark.changed, now - OVERLAP)
    ids = dict.fromkeys([*(row.member for row in booked if row.member), *(row.id for row in changed)])
    bookmark = _Bookmark("~", number, moment)
    return Snapshot(_views(session, list(ids), now), str(bookmark), full or len(booked) == limit)


def _views(session: Session, ids: list[str], now: datetime) -> list[MemberView]:
    facts = SqlFacts(session)
    return [member_view(facts, id, now) for id in ids]


def _read(cursor: str) -> _Bookmark:
    try:
        member, booking, changed = cursor.split(",")
        return _Bookmark(member, int(booking), parse_rfc3339(changed))
    except ValueError as error:
        raise Invalid("The cursor is not one that this call gave; start without it.", pointer="/cursor") from error

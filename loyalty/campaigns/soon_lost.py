"""Whom to warn: members whose points expire soon, and members who lose their level when its term ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Member
from loyalty.points.calendar import day_of, end_of_day, zone_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import lots, standings
from loyalty.points.tables_sale import entitlements

SOON_DAYS = 30
MOST = 200


@dataclass(frozen=True)
class Dying:
    """Points of the first wallet (smallest unit) of one member that are gone soon, and the first day they are."""

    member: str
    units: int
    last_day: date


@dataclass(frozen=True)
class Leaving:
    """A member's present level and the last day of its term; whoever qualifies anew keeps it."""

    member: str
    level: str
    last_day: date


def dying_points(session: Session, now: datetime, days: int = SOON_DAYS) -> list[Dying]:
    """The nearest day first, at most MOST; members who are closed are left out."""
    version = SqlFacts(session).version(now)
    if version is None:
        return []
    zone = zone_of(version.programme.timezone)
    until, lot = end_of_day(day_of(now, zone) + timedelta(days=days), zone), lots.c
    first = sa.func.min(lot.expires_at)
    rows = session.execute(
        sa.select(lot.member, sa.func.sum(lot.remaining), first)
        .join(Member, Member.id == lot.member)
        .where(lot.remaining > 0, lot.active, lot.expires_at > now, lot.expires_at <= until)
        .where(lot.wallet == version.programme.first_wallet, Member.status == "active")
        .group_by(lot.member)
        .order_by(first, lot.member)
        .limit(MOST)
    )
    return [Dying(who, int(units), day_of(at - timedelta(microseconds=1), zone)) for who, units, at in rows]


def leaving_levels(session: Session, now: datetime, days: int = SOON_DAYS) -> list[Leaving]:
    """The nearest day first, at most MOST: running levels that are the member's present one and end within `days`."""
    version = SqlFacts(session).version(now)
    if version is None:
        return []
    today, held = day_of(now, zone_of(version.programme.timezone)), entitlements.c
    rows = session.execute(
        sa.select(held.member, held.level, held.last_day)
        .join(standings, sa.and_(standings.c.member == held.member, standings.c.tier == held.level))
        .join(Member, Member.id == held.member)
        .where(held.status == "running", held.last_day >= today, held.last_day <= today + timedelta(days=days))
        .where(Member.status == "active")
        .order_by(held.last_day, held.member)
        .limit(MOST)
    )
    return [Leaving(*row) for row in rows]

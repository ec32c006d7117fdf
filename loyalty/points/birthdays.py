"""A birthday that was corrected: the rules know it, and the next event comes on the right day, once in a year."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points.calendar import birthday_in, day_of, zone_of
from loyalty.points.enrolment import birthday_event
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import point_members, standings


def correct_birthday(session: Session, member: str, birthday: date | None, now: datetime) -> None:
    """Does nothing where the rules know it already, or do not know the member."""
    row = session.execute(
        sa.select(point_members.c.birthday, point_members.c.joined, standings.c.due_at)
        .join(standings, standings.c.member == point_members.c.id)
        .where(point_members.c.id == member)
    ).one_or_none()
    if row is None or row.birthday == birthday:
        return
    session.execute(sa.update(point_members).where(point_members.c.id == member).values(birthday=birthday))
    version = SqlFacts(session).version(now)
    moment = None
    if version is not None and birthday is not None:
        had = _had_this_year(version.programme, row.birthday, row.joined, now)
        moment = birthday_event(version.programme, birthday, now, after=date(had, 12, 31) if had else None)
    values: dict[str, datetime | None] = {"birthday_at": moment}
    if moment is not None and (row.due_at is None or moment < row.due_at):
        values["due_at"] = moment  # an earlier one may stay: what is due then looks for itself what there is to do
    session.execute(sa.update(standings).where(standings.c.member == member).values(**values))


def _had_this_year(programme: Programme, before: date | None, joined: date, now: datetime) -> int | None:
    """The year, when the member's wrong birthday of this year was kept already: nobody has two in one."""
    today = day_of(now, zone_of(programme.timezone))
    kept = before is not None and joined < birthday_in(before, today.year) <= today
    return today.year if kept else None

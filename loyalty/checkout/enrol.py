"""A new member: the person's record, what the rules know of them, and their first cards, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from loyalty.members.cards import add_card
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, create_member
from loyalty.members.tables import Member
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import point_members


def enrol(
    session: Session,
    new: NewMember,
    now: datetime,
    conventions: Conventions,
    cards: Sequence[tuple[str, str]] = (),
    staff: str | None = None,
) -> Member:
    """The member, with `cards` as (kind, token). Conflict or Invalid when one of them cannot be: then nobody is new."""
    member = create_member(session, new, now, conventions)
    zone = zone_of(timezone_of(session, now))
    row = {
        "id": member.id,
        "joined": day_of(member.joined_at, zone),
        "birthday": member.birthday,
        "segments": (),
    }
    session.execute(insert(point_members), [row])
    for kind, token in cards:
        add_card(session, member.id, kind, token, now, conventions, staff=staff)
    return member


def note_birthday(session: Session, member: Member) -> None:
    """Tells the rules of a birthday that was corrected."""
    known = session.scalar(select(point_members.c.birthday).where(point_members.c.id == member.id))
    if known != member.birthday:
        session.execute(
            update(point_members).where(point_members.c.id == member.id).values(birthday=member.birthday)
        )


def timezone_of(session: Session, now: datetime) -> str:
    """The shop's time zone; UTC while it has no programme."""
    version = SqlFacts(session).version(now)
    return version.programme.timezone if version else "UTC"

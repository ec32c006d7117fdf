"""Who lives together: a household is made of members, each keeps points and cards of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid
from loyalty.ids import new_id
from loyalty.members.enrolment import get_member
from loyalty.members.life_tables import household_events, household_members, households
from loyalty.members.names import without_controls

MOST = 20
LONGEST_NAME = 120


@dataclass(frozen=True)
class Household:
    """`members` are ids, who joined first stands first."""

    id: str
    name: str
    members: tuple[str, ...]


def household_of(session: Session, member: str) -> Household | None:
    """The household that the member belongs to now."""
    at = household_members.c
    id = session.scalar(sa.select(at.household_id).where(at.member_id == member))
    if id is None:
        return None
    name = session.scalar(sa.select(households.c.name).where(households.c.id == id))
    return Household(id, name or "", tuple(_members(session, id)))


def join_household(session: Session, member: str, other: str, name: str, now: datetime, staff: str | None) -> Household:
    """`other` comes to live with `member`, whose household is made with `name` where there is none yet.

    Conflict when `other` lives elsewhere already, or the household is full.
    """
    name = without_controls(name)
    if len(name) > LONGEST_NAME:
        raise Invalid(f"The name is longer than {LONGEST_NAME} characters; shorten it.", pointer="/name")
    if member == other:
        raise Invalid("Choose somebody else.", pointer="/member")
    for one in (get_member(session, member), get_member(session, other)):
        if one.status != "active":
            raise Conflict(f"The record {one.number} is {one.status}; only active ones can live in a household.")
    here = household_of(session, member) or _made(session, member, name, now, staff)
    if household_of(session, other) is not None:
        raise Conflict("This member belongs to a household already; let them leave it first.", pointer="/member")
    if len(here.members) >= MOST:
        raise Conflict(f"A household has at most {MOST} members.", pointer="/member")
    _join(session, here.id, other, now, staff)
    return Household(here.id, here.name, (*here.members, other))


def leave_household(session: Session, member: str, now: datetime, staff: str | None) -> None:
    """Takes the member out; a household of one is none any more. Conflict for who lives in none."""
    here = household_of(session, member)
    if here is None:
        raise Conflict("This member belongs to no household.")
    gone: Sequence[str] = here.members if len(here.members) <= 2 else [member]
    session.execute(sa.delete(household_members).where(household_members.c.member_id.in_(gone)))
    for one in gone:
        _tell(session, here.id, one, "left", now, staff)


def _made(session: Session, member: str, name: str, now: datetime, staff: str | None) -> Household:
    id = new_id("hsh", now)
    name = name or get_member(session, member).name
    session.execute(sa.insert(households), [{"id": id, "name": name, "made_at": now}])
    _join(session, id, member, now, staff)
    return Household(id, name, (member,))


def _join(session: Session, id: str, member: str, now: datetime, staff: str | None) -> None:
    session.execute(sa.insert(household_members), [{"household_id": id, "member_id": member, "joined_at": now}])
    _tell(session, id, member, "joined", now, staff)


def _tell(session: Session, id: str, member: str, event: str, now: datetime, staff: str | None) -> None:
    row = {"id": new_id("hev", now), "household_id": id, "member_id": member, "event": event, "at": now, "staff": staff}
    session.execute(sa.insert(household_events), [row])


def _members(session: Session, id: str) -> list[str]:
    at = household_members.c
    return list(
        session.scalars(sa.select(at.member_id).where(at.household_id == id).order_by(at.joined_at, at.member_id))
    )

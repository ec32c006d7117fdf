"""Who brought whom: written down once for each newcomer, never about oneself and never in a circle."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor
from loyalty.errors import Conflict, Invalid
from loyalty.members.enrolment import get_member
from loyalty.members.identification import going_on
from loyalty.members.persons import records_of
from loyalty.members.referral_tables import referral_codes, referrals
from loyalty.members.tables import Member

OFFICE, PORTAL, API, PROSPECT = "office", "portal", "api", "prospect"
WAITING, THANKED, KNOWN, REFUSED = "waiting", "thanked", "known", "refused"
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
CODE_LENGTH = 12
"""30 letters to the 12th: 58 bits, so that trying out codes finds nobody."""
LONGEST = 40


@dataclass(frozen=True)
class Referral:
    """How a newcomer came. status: waiting for the first purchase, thanked, known (nothing is given), refused."""

    member: str
    brought_by: str
    how: str
    status: str
    why: str
    recorded_at: datetime
    purchase: str | None


def code_of(session: Session, member: str, now: datetime) -> str:
    """The code in the member's own link; made when first asked for. Call it inside a writing transaction."""
    at = referral_codes.c
    known = session.scalar(sa.select(at.code).where(at.member_id == member))
    if known is not None:
        return str(known)
    code = "".join(secrets.choice(_LETTERS) for _place in range(CODE_LENGTH))
    session.execute(sa.insert(referral_codes), [{"code": code, "member_id": member, "made_at": now}])
    return code


def known_code(session: Session, member: str) -> str | None:
    return session.scalar(sa.select(referral_codes.c.code).where(referral_codes.c.member_id == member))


def member_of_code(session: Session, code: str) -> str | None:
    """Whose link it is; None for a code that nobody has, and for members who are none any more."""
    clean = code.strip().lower()
    if len(clean) != CODE_LENGTH:
        return None
    found = session.scalar(sa.select(referral_codes.c.member_id).where(referral_codes.c.code == clean))
    return in_use(session, found) if found else None


def who_is_meant(session: Session, text: str) -> str:
    """The id of the member whom an id, a member number or the code of a link names; Invalid for nobody."""
    typed = text.strip()[:LONGEST]
    named = sa.select(Member.id).where(sa.or_(Member.id == typed, Member.number == typed.upper()))
    found = session.scalar(named.order_by(Member.id).limit(1))
    member = in_use(session, found) if found else member_of_code(session, typed)
    if member is None:
        raise Invalid(
            "Nobody is known by this who brought the newcomer; give a member's number, id or link code.",
            pointer="/referred_by",
        )
    return member


def note_referral(
    session: Session,
    member: str,
    brought_by: str,
    how: str,
    now: datetime,
    staff: str | None = None,
    *,
    waiting: bool = True,
) -> Referral:
    """Writes down that `brought_by` brought `member`. Not `waiting`: the first purchase is past, nothing is given.

    Invalid for oneself; Conflict when somebody is written down already, or when it would close a circle.
    """  # fmt: skip
    newcomer, bringer = get_member(session, member), get_member(session, brought_by)
    if going_on(Cursor(session), bringer.id) == going_on(Cursor(session), newcomer.id):
        raise Invalid("Nobody brings themselves; choose who told them of the shop.", pointer="/referred_by")
    for one in (newcomer, bringer):
        if one.status != "active":
            raise Conflict(f"The record {one.number} is {one.status}; choose one that is in use.",
                           pointer="/referred_by")  # fmt: skip
    if (known := referral_of(session, member)) is not None:
        by = get_member(session, known.brought_by).number
        raise Conflict(f"It is written down already that member {by} brought them.", pointer="/referred_by")
    if newcomer.id in _chain(session, bringer.id):
        raise Conflict("They were themselves brought by this newcomer; nobody can bring in a circle.",
                       pointer="/referred_by")  # fmt: skip
    status = WAITING if waiting else KNOWN
    row = {
        "member_id": member, "brought_by": brought_by, "how": how, "status": status, "why": "",
        "recorded_at": now, "staff": staff,
    }  # fmt: skip
    session.execute(sa.insert(referrals), [row])
    return Referral(member, brought_by, how, status, "", now, None)


def referral_of(session: Session, member: str) -> Referral | None:
    """How the member came, also where it was written down under a record that was merged into this one."""
    at = referrals.c
    records = records_of(session, member)
    found = sa.select(referrals).where(at.member_id.in_(records)).order_by(at.recorded_at, at.member_id).limit(1)
    row = session.execute(found).one_or_none()
    return None if row is None else _of(row)


def brought_by(session: Session, member: str) -> Sequence[Referral]:
    """Whom the member brought, the latest first; records merged into one are one person."""
    at = referrals.c
    found = sa.select(referrals).where(at.brought_by.in_(records_of(session, member)))
    rows = session.execute(found.order_by(at.recorded_at.desc(), at.member_id.desc())).all()
    return [_of(row) for row in rows]


def _of(row: sa.Row[Any]) -> Referral:
    return Referral(row.member_id, row.brought_by, row.how, row.status, row.why, row.recorded_at, row.purchase)


def _chain(session: Session, member: str) -> set[str]:
    """The member, who brought them, who brought those, and so on, with the records merged into each."""
    seen: set[str] = set()
    fresh = {member}
    while fresh:
        seen |= {record for one in fresh for record in records_of(session, one)}
        above = sa.select(referrals.c.brought_by).where(referrals.c.member_id.in_(seen))
        fresh = {going_on(Cursor(session), one) for one in session.scalars(above)} - seen
    return seen


def in_use(session: Session, member: str) -> str | None:
    """The record that goes on, where it is in use."""
    goes_on = going_on(Cursor(session), member)
    return session.scalar(sa.select(Member.id).where(Member.id == goes_on, Member.status == "active"))

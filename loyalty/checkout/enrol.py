"""A new member: the person's record, what the rules know of them, and their first cards, in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from loyalty.checkout.issue_card import issue_card
from loyalty.checkout.member_view import programme_of
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, create_member
from loyalty.members.prospects import mark_joined, open_prospect
from loyalty.members.referrals import OFFICE, PROSPECT, in_use, note_referral
from loyalty.members.tables import Member
from loyalty.points.birthdays import correct_birthday
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.enrolment import Enrolment
from loyalty.points.sql_engine import Ledger

BROUGHT_ALONG = timedelta(days=1)
"""Who joined longer ago than this is brought along from elsewhere: a welcome was given there."""


def enrol(
    session: Session,
    new: NewMember,
    now: datetime,
    conventions: Conventions,
    cards: Sequence[tuple[str, str]] = (),
    staff: str | None = None,
    brought_by: str | None = None,
    how: str = OFFICE,
) -> Member:
    """The member, with `cards` as (kind, token). Conflict or Invalid when one of them cannot be: then nobody is new.

    A card that lies in stock is activated by it. The rules for `signup` are applied unless `joined_at` lies more than a
    day back. `brought_by`: the id of the member who brought them, written down with `how`. A prospect
    with the same telephone or e-mail has joined by it.
    """
    ledger = Ledger(session)
    programme = programme_of(ledger.facts, now).programme
    member = create_member(session, new, now, conventions)
    joined = day_of(member.joined_at, zone_of(programme.timezone))
    ledger.enrol(Enrolment(member.id, joined=joined, birthday=member.birthday), now)
    prospect = open_prospect(session, member.phone, member.email)
    if prospect is not None:
        mark_joined(session, prospect.id, member.id, now)
        if brought_by is None and prospect.brought_by:
            brought_by, how = in_use(session, prospect.brought_by), PROSPECT
    if brought_by is not None:
        note_referral(session, member.id, brought_by, how, now, staff)
    for kind, token in cards:
        issue_card(session, member.id, kind, token, now, conventions, staff=staff)
    if now - member.joined_at <= BROUGHT_ALONG and any(rule.on == "signup" for rule in programme.earn):
        ledger.perform("event", {"id": f"signup:{member.id}", "type": "signup", "member": member.id}, now)
    return member


def note_birthday(session: Session, member: Member, now: datetime) -> None:
    """Tells the rules of a birthday that was corrected; a record that does not go on has none for them."""
    birthday = member.birthday if member.status == "active" else None
    correct_birthday(session, member.id, birthday, now)

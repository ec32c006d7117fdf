"""A prospect becomes a member in one step; what was known of them goes along, and who brought them is written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.checkout.enrol import enrol
from loyalty.errors import Conflict
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.members.prospects import JOINED, get_prospect, mark_joined
from loyalty.members.referrals import PROSPECT, in_use
from loyalty.members.tables import Member


def welcome_prospect(session: Session, id: str, now: datetime, conventions: Conventions, staff: str | None) -> Member:
    """The new member. Conflict when the prospect joined already, or somebody has their contact meanwhile."""
    known = get_prospect(session, id)
    if known.status == JOINED:
        raise Conflict("This prospect is a member already.")
    new = NewMember(
        known.name, phone=known.phone, email=known.email, language=known.language, notes=known.notes
    )  # fmt: skip
    bringer = in_use(session, known.brought_by) if known.brought_by else None
    member = enrol(session, new, now, conventions, staff=staff, brought_by=bringer, how=PROSPECT)
    mark_joined(session, id, member.id, now)
    return member

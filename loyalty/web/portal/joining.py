"""Somebody new becomes a member on their own phone; what they agreed to is kept with its proof."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.enrol import enrol
from loyalty.db import audit
from loyalty.db.session import write
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.members.record_tables import member_consents
from loyalty.members.referrals import PORTAL, member_of_code
from loyalty.members.tables import Member
from loyalty.web.services import services

TERMS_VERSION = "portal-2026-11"
"""Of the words that stand beside the ticks on the page; a new wording gets a new one."""
TERMS = "terms"
"""The consent to membership itself."""


def join_in(details: Mapping[str, Any]) -> str:
    """The new member's id; of somebody whose address has become a member's meanwhile, theirs."""
    lent = services()
    config, now = lent.config, lent.now()
    with write(lent.engine) as session:
        known = session.scalar(sa.select(Member.id).where(Member.email == details["email"]))
        if known is not None:
            return known
        new = NewMember(name=details["name"], email=details["email"], language=details["language"])
        friend = member_of_code(session, str(details.get("by") or ""))
        conventions = Conventions(config.number_check, config.phone_region)
        member = enrol(session, new, now, conventions, brought_by=friend, how=PORTAL).id
        how = "ticked on the page of the portal, the address proved by a one-time code"
        note_consent(session, member, TERMS, True, now, how)
        note_consent(session, member, "email", bool(details["offers"]), now, how)
        audit.note(session, f"member:{member}", "member.create", f"member:{member}", now, after={"by": "portal"})
    return member


def note_consent(session: Session, member: str, purpose: str, given: bool, now: datetime, how: str) -> None:
    """A yes or a no that the member said on their own phone."""
    row = {
        "id": new_id("cns", now), "member_id": member, "purpose": purpose, "given": given, "channel": "web",
        "text_version": TERMS_VERSION, "how": how, "at": now, "staff": None,
    }  # fmt: skip
    session.execute(sa.insert(member_consents), [row])

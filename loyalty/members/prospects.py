"""People who may become members: what is known of them, where they buy today, and when to speak with them again."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import LANGUAGES, clean_email
from loyalty.members.names import clean_name, without_controls
from loyalty.members.referral_tables import prospects
from loyalty.members.referrals import in_use
from loyalty.members.tables import Member
from loyalty.members.tokens import phone_number

OPEN, NOT_NOW, JOINED, ERASED = "open", "not_now", "joined", "erased"
LONGEST, LONGEST_NOTES = 120, 4_000
_NOBODY = "–"
_at = prospects.c


@dataclass(frozen=True)
class ProspectDetails:
    """What staff write down. consent_how: what was said to being contacted; needed for a telephone or an e-mail."""

    name: str
    phone: str | None = None
    email: str | None = None
    language: str = "en"
    consent_how: str = ""
    buys_at: str = ""
    brought_by: str | None = None
    next_contact_on: date | None = None
    notes: str = ""


def note_prospect(
    session: Session, details: ProspectDetails, staff: str, now: datetime, conventions: Conventions
) -> str:
    """The new prospect's id. Invalid or Conflict with the field in its pointer; then nothing is written."""
    id = new_id("psp", now)
    row = {**_cleaned(session, details, None, conventions), "id": id, "status": OPEN, "made_by": staff, "made_at": now,
           "updated_at": now, "consent_at": now if details.consent_how.strip() else None}  # fmt: skip
    session.execute(sa.insert(prospects), [row])
    return id


def change_prospect(
    session: Session, id: str, details: ProspectDetails, status: str, now: datetime, conventions: Conventions
) -> None:
    """Writes the details anew. Conflict for one who joined or was erased, or whose contact somebody else has."""
    before = get_prospect(session, id)
    if before.status not in (OPEN, NOT_NOW):
        raise Conflict("This prospect has joined or was erased; change the member instead.")
    if status not in (OPEN, NOT_NOW):
        raise Invalid("A prospect is open, or does not want to join now.", pointer="/status")
    row = {**_cleaned(session, details, id, conventions), "status": status, "updated_at": now}
    if row["consent_how"] != before.consent_how:
        row["consent_at"] = now if row["consent_how"] else None
    session.execute(sa.update(prospects).where(_at.id == id).values(row))


def get_prospect(session: Session, id: str) -> sa.Row[Any]:
    """NotFound when there is none, or when they were erased."""
    row = session.execute(sa.select(prospects).where(_at.id == id, _at.status != ERASED)).one_or_none()
    if row is None:
        raise NotFound("There is no such prospect; look at the list again.")
    return row


def details_of(row: sa.Row[Any]) -> ProspectDetails:
    return ProspectDetails(**{each.name: getattr(row, each.name) for each in fields(ProspectDetails)})


def open_prospect(session: Session, phone: str | None, email: str | None) -> sa.Row[Any] | None:
    """Who may be meant by a newcomer's telephone or e-mail address."""
    same = [column == value for column, value in ((_at.phone, phone), (_at.email, email)) if value]
    if not same:
        return None
    wanted = sa.select(prospects).where(sa.or_(*same), _at.status.in_((OPEN, NOT_NOW)))
    return session.execute(wanted.order_by(_at.made_at, _at.id).limit(1)).one_or_none()


def mark_joined(session: Session, id: str, member: str, now: datetime) -> None:
    """The prospect is a member now. Name, contact and notes are the member's from here on, kept in one place only."""
    values: dict[str, Any] = {"status": JOINED, "member_id": member, "name": _NOBODY, "phone": None, "email": None,
                              "notes": "", "next_contact_on": None, "updated_at": now}  # fmt: skip
    session.execute(sa.update(prospects).where(_at.id == id, _at.member_id.is_(None)).values(values))


def erase_prospect(session: Session, id: str, now: datetime) -> None:
    """Takes the person out for ever; only that there was somebody stays. Conflict for one who joined."""
    if get_prospect(session, id).status == JOINED:
        raise Conflict("This prospect is a member now; erase the member instead.")
    session.execute(sa.update(prospects).where(_at.id == id).values(_blank(now)))


def _blank(now: datetime) -> dict[str, Any]:
    return {"status": ERASED, "name": _NOBODY, "phone": None, "email": None, "consent_how": "", "consent_at": None,
            "buys_at": "", "brought_by": None, "next_contact_on": None, "notes": "", "updated_at": now}  # fmt: skip


def _cleaned(session: Session, given: ProspectDetails, own: str | None, conventions: Conventions) -> dict[str, Any]:
    phone = phone_number(given.phone, conventions.phone_region) if given.phone and given.phone.strip() else None
    email = clean_email(given.email or "")
    consent = without_controls(given.consent_how)
    if (phone or email) and not consent:
        raise Invalid("Write down how they agreed to be contacted, or leave telephone and e-mail out.",
                      pointer="/consent_how")  # fmt: skip
    for pointer, value, longest in (("/consent_how", consent, 400), ("/buys_at", given.buys_at, LONGEST),
                                    ("/notes", given.notes, LONGEST_NOTES)):  # fmt: skip
        if len(value) > longest:
            raise Invalid(f"This is longer than {longest} characters; shorten it.", pointer=pointer)
    if given.language not in LANGUAGES:
        raise Invalid(f"The language is one of {', '.join(LANGUAGES)}.", pointer="/language")
    brought_by = in_use(session, given.brought_by) if given.brought_by else None
    if given.brought_by and brought_by is None:
        raise Invalid("Nobody is known by this who brought them.", pointer="/referred_by")
    _refuse_taken(session, "phone", phone, own)
    _refuse_taken(session, "email", email, own)
    return {
        "name": clean_name(given.name), "phone": phone, "email": email, "language": given.language,
        "consent_how": consent, "buys_at": without_controls(given.buys_at), "brought_by": brought_by,
        "next_contact_on": given.next_contact_on, "notes": given.notes.strip(),
    }  # fmt: skip


def _refuse_taken(session: Session, name: str, value: str | None, own: str | None) -> None:
    if value is None:
        return
    if session.scalar(sa.select(Member.id).where(getattr(Member, name) == value)):
        raise Conflict("A member has this already: this person is no prospect any more.", pointer=f"/{name}")
    if session.scalar(sa.select(_at.id).where(_at[name] == value, _at.id != (own or ""))):
        raise Conflict("Another prospect has this already; go on with that one.", pointer=f"/{name}")

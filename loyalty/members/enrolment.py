"""New members, and changes to what is known of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor, Prepared
from loyalty.errors import Conflict, Invalid, LoyaltyError, UnknownMember
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.members.names import beginnings, clean_name, folded, without_controls
from loyalty.members.numbers import given_number, new_number
from loyalty.members.tables import Member, member_terms
from loyalty.members.tokens import national_number, phone_number

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
LONGEST_PART = 60
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}\Z")
_holder = {
    name: Prepared(select(Member.id, Member.number).where(getattr(Member, name) == bindparam("value")))
    for name in ("number", "phone", "email")
}
_put_term = Prepared(insert(member_terms).values(kind=bindparam("kind"), term=bindparam("term"),
                                                 member_id=bindparam("member_id")).inline())  # fmt: skip
_CHANGEABLE = ("name", "family_name", "given_name", "phone", "email", "birthday", "language", "notes")


@dataclass(frozen=True)
class NewMember:
    """What a new member brings. Only the name is required; the number is made when left out."""

    name: str
    number: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: date | None = None
    language: str = "en"
    joined_at: datetime | None = None
    notes: str = ""
    family_name: str | None = None
    given_name: str | None = None
    id: str | None = None
    """For history brought along; made when left out."""


def create_member(session: Session, new: NewMember, now: datetime, conventions: Conventions) -> Member:
    """The new member's row. Conflict naming what is taken, Invalid naming what is wrong; then nothing is added."""
    joined_at = new.joined_at or now
    if joined_at > now:
        raise Invalid("A member cannot join in the future; mend joined_at or leave it out.", pointer="/joined_at")
    details = _cleaned(
        {name: getattr(new, name) for name in _CHANGEABLE if getattr(new, name) is not None}, now, conventions
    )
    number = given_number(new.number) if new.number else _free_number(session, conventions.number_check)
    if new.number and _taken(session, "number", number, None):
        raise Conflict(f"The member number {number} is taken; choose another or leave it out.", pointer="/number")
    _refuse_duplicates(session, details, None)
    member = Member(
        id=new.id or new_id("mem", joined_at),
        number=number,
        joined_at=joined_at,
        updated_at=now,
        status="active",
        version=1,
        **details,
    )
    session.add(member)
    session.flush()
    _index(session, member)
    return member


def change_member(
    session: Session, id: str, changes: Mapping[str, Any], now: datetime, conventions: Conventions, version: int | None
) -> Member:
    """Changes name, contact, birthday, language, notes. `version` is the one the caller saw; None = whatever it is."""
    member = get_member(session, id)
    if version is not None and version != member.version:
        raise LoyaltyError(
            "The member was changed by somebody else meanwhile; read it again and repeat the change.",
            code="precondition_failed",
        )
    unknown = [name for name in changes if name not in _CHANGEABLE]
    if unknown:
        raise Invalid(f"{unknown[0]!r} cannot be changed; it may be one of {', '.join(_CHANGEABLE)}.",
                      pointer=f"/{unknown[0]}")
    details = _cleaned(changes, now, conventions)
    _refuse_duplicates(session, details, id)
    for name, value in details.items():
        setattr(member, name, value)
    member.version += 1
    member.updated_at = now
    session.flush()
    refresh_terms(session, member)
    return member


def get_member(session: Session, id: str) -> Member:
    """UnknownMember when there is none."""
    member = session.get(Member, id)
    if member is None:
        raise UnknownMember(f"There is no member {id[:60]!r}; look the member up again.")
    return member


def _cleaned(values: Mapping[str, Any], now: datetime, conventions: Conventions) -> dict[str, Any]:
    """The details as they are stored: empty text is nothing, a phone is E.164, an e-mail lower case."""
    clean: dict[str, Any] = dict(values)
    if "name" in clean:
        clean["name"] = clean_name(clean["name"] or "")
    for part in ("family_name", "given_name"):
        if part in clean:
            clean[part] = _clean_part(part, clean[part] or "")
    if "phone" in clean:
        phone = (clean["phone"] or "").strip()
        clean["phone"] = phone_number(phone, conventions.phone_region) if phone else None
    if "email" in clean:
        clean["email"] = clean_email(clean["email"] or "")
    birthday: date | None = clean.get("birthday")
    if birthday is not None and not date(1900, 1, 1) <= birthday <= now.date():
        raise Invalid(
            f"The birthday {birthday} cannot be right; it lies after 1900 and before today.", pointer="/birthday"
        )
    if clean.get("language", "en") not in LANGUAGES:
        raise Invalid(f"The language is one of {', '.join(LANGUAGES)}.", pointer="/language")
    if "notes" in clean:
        clean["notes"] = clean["notes"] or ""
        if len(clean["notes"]) > 10_000:
            raise Invalid("The notes are longer than 10,000 characters; shorten them.", pointer="/notes")
    return clean


def _clean_part(field: str, text: str) -> str | None:
    part = without_controls(text)
    if len(part) > LONGEST_PART:
        raise Invalid(f"This part of the name is longer than {LONGEST_PART} characters; shorten it.",
                      pointer=f"/{field}")
    return part or None


def clean_email(text: str) -> str | None:
    address = text.strip().lower()
    if address and (not _EMAIL.match(address) or len(address) > 254):
        raise Invalid(f"{address[:60]!r} is no e-mail address; write it as name@example.com.", pointer="/email")
    return address or None


def _refuse_duplicates(session: Session, details: Mapping[str, Any], own: str | None) -> None:
    for name, word in (("phone", "telephone number"), ("email", "e-mail address")):
        value = details.get(name)
        if value and (other := _taken(session, name, value, own)):
            raise Conflict(
                f"The {word} {value} belongs to member {other} already; serve that member or use another.",
                pointer=f"/{name}",
            )


def _taken(session: Session, column: str, value: str, own: str | None) -> str | None:
    """The number of the other member who has it."""
    if session.new or session.dirty:  # prepared statements see what is written, not what the session still holds
        session.flush()
    found = Cursor(session).row(_holder[column], value=value)
    return None if found is None or found[0] == own else str(found[1])


def _free_number(session: Session, scheme: str) -> str:
    while True:
        number = new_number(scheme)
        if not _taken(session, "number", number, None):
            return number


def refresh_terms(session: Session, member: Member) -> None:
    """By what search.py finds the member from now on; one that was merged or erased only by the number."""
    session.execute(delete(member_terms).where(member_terms.c.member_id == member.id))
    _index(session, member)


def _index(session: Session, member: Member) -> None:
    if member.status in ("merged", "erased"):
        row = {"kind": "number", "term": member.number.casefold(), "member_id": member.id}
        session.execute(insert(member_terms), [row])
        return
    terms = {("name", term) for term in beginnings(member.name)}
    terms.add(("number", member.number.casefold()))
    if member.phone:
        digits = member.phone.lstrip("+")
        terms |= {("phone", digits), ("phone", national_number(member.phone)), ("tail", digits[::-1])}
    if member.email:
        terms.add(("email", folded(member.email)))
    rows = [{"kind": kind, "term": term, "member_id": member.id} for kind, term in sorted(terms)]
    Cursor(session).run(_put_term, rows)

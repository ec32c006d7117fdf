"""What is known of a member is corrected: the record, tags, the shop's own fields, and what the rules know, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.enrol import note_birthday
from loyalty.members.conventions import Conventions
from loyalty.members.described import fields_of, put_fields, put_tags, tags_of
from loyalty.members.enrolment import change_member
from loyalty.members.tables import Member


@dataclass(frozen=True)
class MemberEdit:
    """`changes` as `change_member` takes them; tags and fields are the whole new set, None leaves them."""

    changes: Mapping[str, Any]
    tags: Sequence[str] | None = None
    fields: Mapping[str, str] | None = None


def edit_member(
    session: Session, id: str, edit: MemberEdit, now: datetime, conventions: Conventions, version: int
) -> Member:
    """The member as changed. LoyaltyError `precondition_failed` when `version` is no longer the latest."""
    member = change_member(session, id, edit.changes, now, conventions, version)
    note_birthday(session, member, now)
    if edit.tags is not None:
        put_tags(session, id, edit.tags)
    if edit.fields is not None:
        put_fields(session, id, edit.fields)
    return member


def record_of(session: Session, member: Member) -> dict[str, Any]:
    """All that may be edited, by field, as plain values."""
    own = {name: getattr(member, name) for name in EDITED}
    tags, fields = tags_of(session, member.id), fields_of(session, member.id)
    return own | {"tags": list(tags), "details": fields}


EDITED = ("name", "family_name", "given_name", "phone", "email", "birthday", "language", "notes")

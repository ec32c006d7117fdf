"""What staff write of a member in words of their own: tags, and fields that the shop named itself."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Invalid
from loyalty.members.names import without_controls
from loyalty.members.record_tables import member_fields, member_tags

MOST_TAGS = 20
LONGEST_TAG = 40
MOST_FIELDS = 30
LONGEST_NAME = 60
LONGEST_VALUE = 1_000
_COMMAS = str.maketrans({"，": ",", "、": ",", "\n": ","})


def tags_in(text: str) -> tuple[str, ...]:
    """`wine lover, wholesale` -> its tags, each once, in order of their letters. Invalid naming what is too long."""
    found = {without_controls(part) for part in text.translate(_COMMAS).split(",")} - {""}
    for tag in found:
        if len(tag) > LONGEST_TAG:
            raise Invalid(f"The tag “{tag[:20]}…” is longer than {LONGEST_TAG} characters.", pointer="/tags")
    if len(found) > MOST_TAGS:
        raise Invalid(f"A member has at most {MOST_TAGS} tags; take some out.", pointer="/tags")
    return tuple(sorted(found))


def fields_in(text: str) -> dict[str, str]:
    """Lines `name: value` -> the fields. Invalid naming the line that is none."""
    fields: dict[str, str] = {}
    for place, line in enumerate(text.replace("：", ":").splitlines(), 1):
        name, colon, value = (without_controls(part) for part in line.partition(":"))
        if not name and not colon:
            continue
        if not colon or not name or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise Invalid(f"Line {place} is no field; write it as “shoe size: 42”.", pointer="/details")
        fields[name] = value
    if len(fields) > MOST_FIELDS:
        raise Invalid(f"A member has at most {MOST_FIELDS} fields; take some out.", pointer="/details")
    return {name: value for name, value in fields.items() if value}


def tags_of(session: Session, member: str) -> tuple[str, ...]:
    """In order of their letters."""
    at = member_tags.c
    return tuple(session.scalars(sa.select(at.tag).where(at.member_id == member).order_by(at.tag)))


def fields_of(session: Session, member: str) -> dict[str, str]:
    """By name, in order of their letters."""
    at = member_fields.c
    rows = session.execute(sa.select(at.name, at.value).where(at.member_id == member).order_by(at.name))
    return {row.name: row.value for row in rows}


def put_tags(session: Session, member: str, tags: Sequence[str]) -> None:
    """These and no others."""
    session.execute(sa.delete(member_tags).where(member_tags.c.member_id == member))
    if tags:
        session.execute(sa.insert(member_tags), [{"tag": tag, "member_id": member} for tag in tags])


def put_fields(session: Session, member: str, fields: Mapping[str, str]) -> None:
    """These and no others."""
    session.execute(sa.delete(member_fields).where(member_fields.c.member_id == member))
    rows = [{"member_id": member, "name": name, "value": value} for name, value in fields.items()]
    if rows:
        session.execute(sa.insert(member_fields), rows)


def tags_known(session: Session, limit: int = 50) -> list[str]:
    """Tags that members have, in order of their letters: for filters and while typing."""
    return list(session.scalars(sa.select(member_tags.c.tag).distinct().order_by(member_tags.c.tag).limit(limit)))

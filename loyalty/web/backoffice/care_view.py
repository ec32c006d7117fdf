"""Cases as the list shows them: what is late first, with their member's name as far as the person may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.members.care_tables import care_cases
from loyalty.members.names import masked_name
from loyalty.members.tables import Member
from loyalty.web.access import may
from loyalty.web.accounts import User

PAGE = 50
SHOWN = ("open", "mine", "late", "closed")


@dataclass(frozen=True)
class Cases:
    rows: tuple[Row[Any], ...]
    names: dict[str, str]
    counts: dict[str, int]
    """Of open, mine and late."""
    next: int | None
    """How many rows to skip for the next page."""


def read_cases(session: Session, show: str, who: str, now: datetime, skip: int, full_names: bool) -> Cases:
    at = care_cases.c
    conditions = {
        "open": at.step != "closed",
        "mine": sa.and_(at.step != "closed", at.owner == who),
        "late": sa.and_(at.step != "closed", at.due_at < now),
    }
    counts = {
        name: int(session.scalar(sa.select(sa.func.count()).select_from(care_cases).where(condition)) or 0)
        for name, condition in conditions.items()
    }
    order = (at.closed_at.desc(), at.id.desc()) if show == "closed" else (at.due_at, at.id)
    wanted = conditions.get(show, at.step == "closed")
    statement = sa.select(care_cases).where(wanted).order_by(*order).offset(skip).limit(PAGE + 1)
    found = tuple(session.execute(statement))
    names = names_of(session, (row.member_id for row in found), full_names)
    return Cases(found[:PAGE], names, counts, skip + PAGE if len(found) > PAGE else None)


def names_of(session: Session, members: Iterable[str | None], full: bool) -> dict[str, str]:
    """By id; masked for whoever may not see names."""
    ids = {id for id in members if id}
    found = session.execute(sa.select(Member.id, Member.name).where(Member.id.in_(ids))) if ids else ()
    return {row.id: row.name if full else masked_name(row.name) for row in found}


def owners(session: Session) -> list[str]:
    """E-mails of those who may look after a case."""
    people = session.scalars(sa.select(User).where(User.active.is_(True)).order_by(User.email)).all()
    return [user.email for user in people if may((role.name for role in user.roles), "care.work")]

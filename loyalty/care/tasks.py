"""Tasks of the staff: what one has promised to do by a day, for a case, for a member or by itself."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.errors import Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.care_tables import care_tasks

LONGEST = 400
PAGE = 200


def make_task(
    session: Session, what: str, owner: str, due_on: date, who: str, now: datetime, *,
    case: str | None = None, member: str | None = None,
) -> str:  # fmt: skip
    """Its id."""
    what = what.replace("\x00", "").strip()
    if not what or len(what) > LONGEST:
        raise Invalid(f"Write what is to be done, in at most {LONGEST} characters.", pointer="/what")
    row = {
        "id": new_id("task", now), "case_id": case, "member_id": member, "what": what, "owner": owner,
        "due_on": due_on, "made_by": who, "made_at": now, "done_by": None, "done_at": None,
    }  # fmt: skip
    session.execute(sa.insert(care_tasks), [row])
    return str(row["id"])


def finish_task(session: Session, id: str, who: str, now: datetime) -> Row[Any]:
    """Done; a second time changes nothing."""
    at = care_tasks.c
    session.execute(sa.update(care_tasks).where(at.id == id, at.done_at.is_(None)).values(done_by=who, done_at=now))
    row = session.execute(sa.select(care_tasks).where(at.id == id)).first()
    if row is None:
        raise NotFound("There is no such task; look at the list again.")
    return row


def reopen_task(session: Session, id: str) -> Row[Any]:
    """The way back from finishing it."""
    at = care_tasks.c
    session.execute(sa.update(care_tasks).where(at.id == id).values(done_by=None, done_at=None))
    row = session.execute(sa.select(care_tasks).where(at.id == id)).first()
    if row is None:
        raise NotFound("There is no such task; look at the list again.")
    return row


def open_tasks(session: Session, *, owner: str = "", case: str = "") -> list[Row[Any]]:
    """Not done yet, what is due first first."""
    at = care_tasks.c
    statement = sa.select(care_tasks).where(at.done_at.is_(None)).order_by(at.due_on, at.id).limit(PAGE)
    if owner:
        statement = statement.where(at.owner == owner)
    return list(session.execute(statement.where(at.case_id == case) if case else statement))

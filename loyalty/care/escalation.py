"""Late cases climb: a level at the deadline and one more for each two days after it, up to the third."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.care.cases import note_event
from loyalty.db.audit import note
from loyalty.db.session import read, write
from loyalty.members.care_tables import care_cases

EVERY = timedelta(days=2)
HIGHEST = 3
ACTOR = "command:day-jobs"


def level_at(due_at: datetime, now: datetime) -> int:
    """0 before the deadline."""
    return 0 if now <= due_at else min(HIGHEST, 1 + (now - due_at) // EVERY)


Tell = Callable[[Session, Any, int, datetime], None]
"""Told of each case that climbs, in the transaction in which it does: case (id, subject, owner, due_at), new level."""


def escalate(session: Session, now: datetime, tell: Tell = lambda _session, _case, _level, _now: None) -> int:
    """Raises every case that is later than its level says; how many. Safe to run twice."""
    at, raised = care_cases.c, 0
    late = sa.select(at.id, at.member_id, at.due_at, at.level, at.subject, at.owner)
    late = late.where(at.step != "closed", at.due_at < now)
    for case in session.execute(late.where(at.level < HIGHEST).order_by(at.due_at, at.id)).all():
        level = level_at(case.due_at, now)
        if level <= case.level:
            continue
        session.execute(sa.update(care_cases).where(at.id == case.id).values(level=level))
        note_event(session, "escalated", str(level), ACTOR, now, case=case.id, member=case.member_id)
        note(session, ACTOR, "case.escalate", f"case:{case.id}", now,
             before={"level": case.level}, after={"level": level})  # fmt: skip
        tell(session, case, level, now)
        raised += 1
    return raised


def escalate_late(
    engine: Engine, now: datetime, tell: Tell = lambda _session, _case, _level, _now: None
) -> int:
    """A turn of the timekeeper. Looks first, so that nobody waits for a transaction that would change nothing."""
    at = care_cases.c
    with read(engine) as session:
        if not session.scalar(sa.select(sa.exists().where(at.step != "closed", at.due_at < now, at.level < HIGHEST))):
            return 0
    with write(engine) as session:
        return escalate(session, now, tell)

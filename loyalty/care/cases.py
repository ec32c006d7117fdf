"""A case: somebody was let down or asks for something. Three steps with a deadline each: regret, solution, follow-up.

Who is late is escalated by the day jobs (escalation.py). Whatever happens in a case is an event of it, and stands on
the member's timeline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.care_tables import care_cases, care_events
from loyalty.members.enrolment import get_member
from loyalty.members.record_tables import point_requests

KINDS = ("goods", "service", "points", "card", "privacy", "question", "praise", "other")
CHANNELS = ("counter", "phone", "email", "message", "post", "web", "kiosk")
STEPS = ("regret", "solution", "follow_up")
WITHIN = {"regret": timedelta(days=1), "solution": timedelta(days=3), "follow_up": timedelta(days=7)}
"""From the step before (or the opening) to the end of the step."""
LONGEST = 4_000
_LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class NewCase:
    """`member`: empty when nobody knows who it was. `owner`: e-mail of who looks after it."""

    subject: str
    kind: str
    channel: str
    words: str = ""
    member: str = ""
    store: str = ""
    owner: str = ""


def open_case(session: Session, new: NewCase, who: str, now: datetime) -> str:
    """Its id. Invalid for a faulty field, which the pointer names; NotFound for a member that there is not."""
    subject = _text(new.subject, "subject", _LONGEST_SUBJECT, needed=True)
    _one_of(new.kind, KINDS, "kind")
    _one_of(new.channel, CHANNELS, "channel")
    words = _text(new.words, "words", LONGEST)
    member = get_member(session, new.member).id if new.member else None
    id = new_id("case", now)
    row = {
        "id": id, "member_id": member, "kind": new.kind, "subject": subject, "store": new.store.strip()[:200],
        "step": STEPS[0], "owner": new.owner or who, "opened_by": who, "opened_at": now,
        "due_at": now + WITHIN[STEPS[0]], "level": 0, "closed_at": None,
    }  # fmt: skip
    session.execute(sa.insert(care_cases), [row])
    note_event(session, "opened", words, who, now, case=id, member=member, channel=new.channel)
    return id


def take_step(session: Session, id: str, step: str, words: str, who: str, now: datetime) -> str:
    """Notes that `step` was taken, in which words, and gives the next one. Conflict when it is not its turn."""
    case = get_case(session, id)
    words = _text(words, "words", LONGEST, needed=True)
    if case.step != step or step not in STEPS:
        raise Conflict("Somebody has taken this step already; load the case again.")
    place = STEPS.index(step) + 1
    following = STEPS[place] if place < len(STEPS) else "closed"
    note_event(session, step, words, who, now, case=id, member=case.member_id)
    if following == "closed":
        _put(session, id, step="closed", due_at=None, closed_at=now)
        note_event(session, "closed", "", who, now, case=id, member=case.member_id)
    else:
        _put(session, id, step=following, due_at=now + WITHIN[following], level=0)
    return following


def close(session: Session, id: str, words: str, who: str, now: datetime) -> None:
    """Ends a case before its last step: praise, or a question that was answered at once. The words say why."""
    case = get_case(session, id)
    words = _text(words, "words", LONGEST, needed=True)
    if case.step == "closed":
        raise Conflict("This case is closed already; load it again.")
    _put(session, id, step="closed", due_at=None, closed_at=now)
    note_event(session, "closed", words, who, now, case=id, member=case.member_id)


def reopen(session: Session, id: str, words: str, who: str, now: datetime) -> None:
    """The member is not content after all: the case goes on with a new solution."""
    case = get_case(session, id)
    words = _text(words, "words", LONGEST, needed=True)
    if case.step != "closed":
        raise Conflict("This case is open; load it again.")
    _put(session, id, step="solution", due_at=now + WITHIN["solution"], closed_at=None, level=0)
    note_event(session, "reopened", words, who, now, case=id, member=case.member_id)


def assign(session: Session, id: str, owner: str, who: str, now: datetime) -> None:
    """Gives the case to somebody; the caller knows who of the staff may look after one."""
    case = get_case(session, id)
    if owner != case.owner:
        _put(session, id, owner=owner)
        note_event(session, "assigned", owner, who, now, case=id, member=case.member_id)


def note_points(session: Session, id: str, request: str, points: str, who: str, now: datetime) -> None:
    """Points were given to make up for it, or asked for: `points` in the wallet's unit, under the request's id.

    The caller books them in the same transaction; the same request again is noted once.
    """
    case, at = get_case(session, id), care_events.c
    if not session.scalar(sa.select(sa.exists().where(at.case_id == id, at.kind == "points", at.words == request))):
        note_event(session, "points", request, who, now, case=id, member=case.member_id, points=points)


def points_given(session: Session, events: Sequence[Row[Any]]) -> dict[str, str]:
    """What became of the requests for points among the events: booked, waiting or refused, by the request's id."""
    ids = [event.words for event in events if event.kind == "points"]
    found = sa.select(point_requests.c.id, point_requests.c.status).where(point_requests.c.id.in_(ids))
    return {row.id: row.status for row in session.execute(found)} if ids else {}


def note_contact(
    session: Session, channel: str, words: str, who: str, now: datetime, *, member: str = "", case: str = ""
) -> str:
    """Somebody of the staff and a member spoke or wrote; of the case `case` when there is one."""
    _one_of(channel, CHANNELS, "channel")
    words = _text(words, "words", LONGEST, needed=True)
    owner = get_case(session, case).member_id if case else get_member(session, member).id
    return note_event(session, "contact", words, who, now, case=case or None, member=owner, channel=channel)


def note_event(
    session: Session, kind: str, words: str, who: str, now: datetime, *,
    case: str | None, member: str | None, channel: str = "", points: str = "",
) -> str:  # fmt: skip
    """Writes what happened; its id."""
    id = new_id("cev", now)
    row = {"id": id, "case_id": case, "member_id": member, "kind": kind, "channel": channel, "words": words,
           "points": points, "staff": who, "at": now}  # fmt: skip
    session.execute(sa.insert(care_events), [row])
    return id


def get_case(session: Session, id: str) -> Row[Any]:
    """NotFound when there is none."""
    row = session.execute(sa.select(care_cases).where(care_cases.c.id == id)).first()
    if row is None:
        raise NotFound(f"There is no case {id[:60]!r}; look at the list again.")
    return row


def events_of(session: Session, case: str) -> list[Row[Any]]:
    """What happened in a case, the latest first."""
    at = care_events.c
    statement = sa.select(care_events).where(at.case_id == case).order_by(at.at.desc(), at.id.desc())
    return list(session.execute(statement))


def _put(session: Session, id: str, **values: Any) -> None:
    session.execute(sa.update(care_cases).where(care_cases.c.id == id).values(**values))


def _one_of(value: str, known: tuple[str, ...], name: str) -> None:
    if value not in known:
        raise Invalid(f"The {name} is one of {', '.join(known)}.", pointer=f"/{name}")


def _text(text: str, name: str, longest: int, *, needed: bool = False) -> str:
    text = text.replace("\x00", "").strip()
    if needed and not text:
        raise Invalid(f"The field {name} is empty; write some words.", pointer=f"/{name}")
    if len(text) > longest:
        raise Invalid(f"The field {name} is longer than {longest} characters; shorten it.", pointer=f"/{name}")
    return text

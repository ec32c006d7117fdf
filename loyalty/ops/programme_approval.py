"""A version of the programme that a second person agrees to: asked for by one, put or sent back by another."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.db.shop_settings import all_set
from loyalty.errors import Conflict, Invalid
from loyalty.ops.programme_drafts import Draft, draft_of, settle
from loyalty.ops.put_programme import put_programme
from loyalty.points.read_programme import read_text
from loyalty.points.store import ProgrammeVersion

SETTING = "programme_approval"


def second_person_needed(session: Session) -> bool:
    """The shop's setting: nobody puts a version of the programme alone."""
    return all_set(session).get(SETTING) is True


def put_draft(session: Session, draft: Draft, staff: str, now: datetime, at: datetime | None) -> ProgrammeVersion:
    """Puts a draft in force from `at`, at once when that has passed. Conflict when it waits for somebody, is not
    `staff`'s own, or another version was put since it was begun.
    """
    if second_person_needed(session):
        raise Conflict("A version needs the agreement of a second person; ask for it.")
    if draft.staff != staff or not draft.may_change:
        raise Conflict("This draft is not yours, or it is not open any more; look at it again.")
    made = _put(session, draft, staff, now, at)
    settle(session, draft.id, "put", now, version=made.number, decided_by=staff, decided_at=now, start_at=at)
    return made


def ask(session: Session, draft: Draft, staff: str, why: str, at: datetime | None, now: datetime) -> None:
    """From now on the draft waits for a second person and cannot be changed. Invalid without a reason."""
    if not why.strip():
        raise Invalid("Say why the programme is to change: whoever agrees has to know.", pointer="why")
    if draft.staff != staff or not draft.may_change:
        raise Conflict("This draft is not yours, or it is not open any more; look at it again.")
    settle(session, draft.id, "asked", now, why=why, start_at=at, asked_at=now, answer="")


def take_back(session: Session, draft: Draft, staff: str, now: datetime) -> None:
    """Whoever asked changes the draft again."""
    if draft.staff != staff or draft.state != "asked":
        raise Conflict("This draft is not waiting, or it is not yours; look at it again.")
    settle(session, draft.id, "open", now, asked_at=None)


def agree(session: Session, id: str, staff: str, step: int, now: datetime) -> ProgrammeVersion:
    """Puts a draft that waits, as it was asked for; at once when its moment has passed meanwhile.

    `step`: what the person who agrees has seen. Conflict when it is another by now, when they asked for it
    themselves, or when another version was put since it was begun.
    """
    draft = _waiting(session, id, staff)
    if draft.step != step:
        raise Conflict("This draft was changed meanwhile; look at it again.")
    made = _put(session, draft, draft.staff, now, draft.start_at)
    settle(session, id, "put", now, version=made.number, decided_by=staff, decided_at=now)
    return made


def send_back(session: Session, id: str, staff: str, answer: str, now: datetime) -> None:
    """The draft is open again for whoever asked, with what the second person said. Invalid without a word."""
    if not answer.strip():
        raise Invalid("Say what should be different: whoever asked has to know.", pointer="answer")
    _waiting(session, id, staff)
    settle(session, id, "refused", now, answer=answer, decided_by=staff, decided_at=now)


def _waiting(session: Session, id: str, staff: str) -> Draft:
    draft = draft_of(session, id)
    if draft.state != "asked":
        raise Conflict("This draft is not waiting for anybody any more; look at it again.")
    if draft.staff == staff:
        raise Conflict("Nobody agrees to their own programme; somebody else has to.", code="own_request")
    return draft


def _put(session: Session, draft: Draft, staff: str, now: datetime, at: datetime | None) -> ProgrammeVersion:
    _programme, document = read_text(draft.text)
    moment = None if at is None or at <= now else at
    return put_programme(session, document, draft.text, draft.scenarios, staff, now, moment, after=draft.after)

"""Many cards for many members through one counter's printer: a job that survives a restart, step by step.

A card of a job takes its steps in order (`stripe`, `face`, `chip`: a printer pushes the card out with its face, and the
stripe by which an interrupted card is known again comes before); what is done is written down at once, so that a job
goes on with the very step that was interrupted. After the last the card is issued. A pause lets the card in hand end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.issue_card import issue_card
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.card_tables import issue_cards, issue_jobs
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import get_member
from loyalty.members.tokens import CARD_KINDS

STEPS = ("stripe", "face", "chip")
MOST = 10_000
_MOVES = {"pause": ("running", "paused"), "resume": ("paused", "running")}


@dataclass(frozen=True)
class Progress:
    """How far a job is. status: running, paused, done, cancelled."""

    id: str
    status: str
    cards: int
    done: int
    failed: int
    troubles: tuple[tuple[int, str], ...] = ()
    """Place and sentence of each card that failed."""


@dataclass(frozen=True)
class CardInHand:
    """The card that the counter makes now; `steps` are still to do, the first one first."""

    job: str
    place: int
    member: str
    kind: str
    steps: tuple[str, ...]


def start_job(
    session: Session, name: str, members: Sequence[str], kind: str, counter: str, steps: Sequence[str], now: datetime,
    staff: str | None = None,
) -> str:  # fmt: skip
    """The job's id. Invalid or UnknownMember naming what is wrong: then there is no job."""
    if not 1 <= len(members) <= MOST or len(set(members)) != len(members):
        raise Invalid(f"A job makes 1 to {MOST:,} cards, one for each member.", pointer="/members")
    if kind not in CARD_KINDS or not steps or list(steps) != [step for step in STEPS if step in steps]:
        raise Invalid(f"Name the kind of card and its steps in this order: {', '.join(STEPS)}.", pointer="/steps")
    for member in members:
        get_member(session, member)
    id = new_id("job", now)
    job = {"id": id, "name": name[:120], "kind": kind, "counter": counter, "steps": list(steps), "status": "running"}
    session.execute(sa.insert(issue_jobs), [job | {"made_at": now, "changed_at": now, "staff": staff}])
    nothing: dict[str, Any] = {"token": None, "done": [], "trouble": None, "card_id": None}
    empty = nothing | {"job_id": id, "status": "waiting"}
    session.execute(
        sa.insert(issue_cards), [empty | {"place": place, "member_id": member} for place, member in enumerate(members)]
    )
    return id


def next_card(session: Session, counter: str) -> CardInHand | None:
    """The card to make now at this counter: the one that was interrupted before a new one; None while all rests."""
    card, job = issue_cards.c, issue_jobs.c
    row = session.execute(
        sa.select(issue_cards, job.kind, job.steps)
        .join(issue_jobs, job.id == card.job_id)
        .where(
            job.counter == counter,
            sa.or_(
                sa.and_(card.status == "working", job.status.in_(("running", "paused"))),
                sa.and_(card.status == "waiting", job.status == "running"),
            ),
        )
        .order_by(sa.case((card.status == "working", 0), else_=1), job.made_at, job.id, card.place)
        .limit(1)
    ).first()
    if row is None:
        return None
    _set(session, row.job_id, row.place, status="working")
    left = tuple(step for step in row.steps if step not in row.done)
    return CardInHand(row.job_id, row.place, row.member_id, row.kind, left)


def job_at(session: Session, counter: str) -> sa.Row[Any] | None:
    """The job that this counter works on or rests from: the oldest one that has not ended, running before paused."""
    job = issue_jobs.c
    return session.execute(
        sa.select(issue_jobs)
        .where(job.counter == counter, job.status.in_(("running", "paused")))
        .order_by(sa.case((job.status == "running", 0), else_=1), job.made_at, job.id)
        .limit(1)
    ).first()


def counter_of(session: Session, job: str) -> str:
    """The counter that makes the cards of this job. NotFound when there is no such job."""
    return str(_job(session, job).counter)


def step_done(
    session: Session, job: str, place: int, step: str, now: datetime, conventions: Conventions, token: str | None = None
) -> str:
    """Writes a step down; the card's state. `token` is what identifies the card, from whichever step reads it.

    Told twice it counts once. Conflict for a step out of turn, or when all is done and nobody knows the card's token.
    """
    row, asked = _card(session, job, place), _job(session, job)
    if step in row.done:
        return str(row.status)
    left = [each for each in asked.steps if each not in row.done]
    if row.status != "working" or not left or left[0] != step:
        raise Conflict(f"Card {place + 1} of the job is not at the step {step[:20]!r}; ask for the card in hand again.")
    token = token or row.token
    if len(left) > 1:
        _set(session, job, place, done=[*row.done, step], token=token)
        return "working"
    if token is None:
        raise Conflict("The card is ready, but its number was not read; read it and tell it with the last step.")
    by = f"{asked.staff or 'job'} ({asked.counter})"
    card = issue_card(session, row.member_id, asked.kind, token, now, conventions, staff=by)
    _set(session, job, place, done=[*row.done, step], token=token, status="done", card_id=card.id, trouble=None)
    _end(session, job, now)
    return "done"


def card_failed(session: Session, job: str, place: int, sentence: str, now: datetime) -> None:
    """The card is spoilt; the job goes on without it, and `try_again` makes another one."""
    if _card(session, job, place).status == "working":
        _set(session, job, place, status="failed", trouble=sentence[:500], done=[], token=None)
        _end(session, job, now)


def try_again(session: Session, job: str, now: datetime) -> int:
    """Every card that failed waits anew, from its first step; how many."""
    failed = issue_cards.c
    found = session.execute(
        sa.update(issue_cards).where(failed.job_id == job, failed.status == "failed").values(status="waiting")
    )
    number = int(found.rowcount)  # type: ignore[attr-defined]
    if number:
        _status(session, job, "running", now)
    return number


def steer(session: Session, job: str, verb: str, now: datetime) -> Progress:
    """pause, resume or cancel. Twice is as good as once; Conflict for a job that has ended."""
    status = _job(session, job).status
    if verb not in (*_MOVES, "cancel"):
        raise Invalid("A job is paused, resumed or cancelled.")
    if status in ("done", "cancelled") and not (verb == "cancel" and status == "cancelled"):
        raise Conflict(f"The job is {status}; start another one.")
    if verb == "cancel":
        card = issue_cards.c
        session.execute(
            sa.update(issue_cards)
            .where(card.job_id == job, card.status.in_(("waiting", "working")))
            .values(status="left_out")
        )
    _status(session, job, "cancelled" if verb == "cancel" else _MOVES[verb][1], now)
    return progress(session, job)


def progress(session: Session, job: str) -> Progress:
    """How many cards of the job are made, and what went wrong."""
    status = _job(session, job).status
    rows = session.execute(
        sa.select(issue_cards.c.place, issue_cards.c.status, issue_cards.c.trouble)
        .where(issue_cards.c.job_id == job)
        .order_by(issue_cards.c.place)
    ).all()
    failed = tuple((row.place, row.trouble or "") for row in rows if row.status == "failed")
    return Progress(job, status, len(rows), sum(row.status == "done" for row in rows), len(failed), failed)


def _job(session: Session, id: str) -> Any:
    row = session.execute(sa.select(issue_jobs).where(issue_jobs.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {id[:60]!r}; look at the list again.")
    return row


def _card(session: Session, job: str, place: int) -> Any:
    card = issue_cards.c
    row = session.execute(sa.select(issue_cards).where(card.job_id == job, card.place == place)).one_or_none()
    if row is None:
        raise NotFound(f"The job {job[:60]!r} has no card {place + 1}.")
    return row


def _set(session: Session, job: str, place: int, **values: Any) -> None:
    card = issue_cards.c
    session.execute(sa.update(issue_cards).where(card.job_id == job, card.place == place).values(**values))


def _status(session: Session, job: str, status: str, now: datetime) -> None:
    session.execute(sa.update(issue_jobs).where(issue_jobs.c.id == job).values(status=status, changed_at=now))


def _end(session: Session, job: str, now: datetime) -> None:
    card = issue_cards.c
    open_ones = sa.select(card.place).where(card.job_id == job, card.status.in_(("waiting", "working"))).limit(1)
    if session.scalar(open_ones) is None:
        _status(session, job, "done", now)

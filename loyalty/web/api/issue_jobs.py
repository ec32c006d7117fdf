"""Jobs that make many cards: started, paused and watched from outside, worked off by a counter card by card."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import issue_many
from loyalty.checkout.member_view import member_view
from loyalty.contract.wire import to_json
from loyalty.errors import NotFound
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.api.answers_cards import IssueJobAnswer, NextCardAnswer, StepAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import view_document
from loyalty.web.api.schemas_cards import CardFailedBody, IssueJobBody, SteerBody, StepDoneBody


@call("POST", "/issue-jobs", scope="members", body=IssueJobBody, status=201, gives=IssueJobAnswer,
      answer="How far the job is.")  # fmt: skip
def start(session: Session, asked: Asked[IssueJobBody]) -> dict[str, Any]:
    """Makes a card for each member at one counter. The job survives restarts of server and counter."""
    body = asked.body
    id = issue_many.start_job(
        session, body.name, body.members, body.kind, body.counter, body.steps, asked.now, asked.key.id
    )
    return _progress(session, id)


@call("GET", "/issue-jobs/<id>", scope="members", gives=IssueJobAnswer, answer="How far the job is.")
def watch(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """How many cards are made, and what went wrong with the others."""
    return _progress(session, asked.path["id"])


@call("POST", "/issue-jobs/<id>:pause", scope="members", gives=IssueJobAnswer, answer="How far the job is.")
def pause(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """No further card is begun; the one in hand ends."""
    return _steered(session, asked, "pause")


@call("POST", "/issue-jobs/<id>:resume", scope="members", gives=IssueJobAnswer, answer="How far the job is.")
def resume(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Goes on where the job was paused."""
    return _steered(session, asked, "resume")


@call("POST", "/issue-jobs/<id>:cancel", scope="members", gives=IssueJobAnswer, answer="How far the job is.")
def cancel(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Ends the job; cards that are made stay."""
    return _steered(session, asked, "cancel")


@call("POST", "/issue-jobs/<id>:retry", scope="members", gives=IssueJobAnswer, answer="How far the job is.")
def retry(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Makes the cards that failed once more."""
    issue_many.progress(session, asked.path["id"])
    issue_many.try_again(session, asked.path["id"], asked.now)
    return _progress(session, asked.path["id"])


@call("POST", "/counters/<id>/issue-cards:next", scope="counter", gives=NextCardAnswer,
      answer="`card` with the member's `view`, or null; the `job`, or null.")  # fmt: skip
def following(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """The card that this counter makes now, the one that was interrupted before a new one; and how far the job is."""
    counter = asked.path["id"]
    card, job = issue_many.next_card(session, counter), issue_many.job_at(session, counter)
    told = {"job": {**_progress(session, job.id), "name": job.name} if job else None, "view": None, "card": None}
    if card is None:
        return told
    view = view_document(member_view(SqlFacts(session), card.member, asked.now))
    return {**told, "card": to_json(card), "view": view}


@call("POST", "/counters/<id>/issue-cards:steer", scope="counter", body=SteerBody, gives=IssueJobAnswer,
      answer="How far the job is.")  # fmt: skip
def steer(session: Session, asked: Asked[SteerBody]) -> dict[str, Any]:
    """Whoever makes the cards rests, or goes on."""
    job = issue_many.job_at(session, asked.path["id"])
    if job is None or job.id != asked.body.job:
        raise NotFound("This counter has no such job any more; look at the list in the back office.")
    return _steered_to(session, job.id, asked.body.verb, asked.now)


@call("POST", "/counters/<id>/issue-cards:step", scope="counter", body=StepDoneBody, gives=StepAnswer,
      answer="`working` or `done`.")  # fmt: skip
def step(session: Session, asked: Asked[StepDoneBody]) -> dict[str, str]:
    """A step of the card in hand is done; after the last one the card is the member's."""
    body = asked.body
    _of_own_job(session, asked, body.job)
    status = issue_many.step_done(
        session, body.job, body.place, body.step, asked.now, asked.conventions, body.token
    )
    return {"status": status}


@call("POST", "/counters/<id>/issue-cards:failed", scope="counter", body=CardFailedBody, gives=StepAnswer,
      answer="`failed`.")  # fmt: skip
def failed(session: Session, asked: Asked[CardFailedBody]) -> dict[str, str]:
    """The card in hand is spoilt; the job goes on with the next."""
    _of_own_job(session, asked, asked.body.job)
    issue_many.card_failed(session, asked.body.job, asked.body.place, asked.body.sentence, asked.now)
    return {"status": "failed"}


def _of_own_job(session: Session, asked: Asked[Any], job: str) -> None:
    if issue_many.counter_of(session, job) != asked.path["id"]:
        raise NotFound("This counter has no such job any more; look at the list in the back office.")


def _steered(session: Session, asked: Asked[Any], verb: str) -> dict[str, Any]:
    return _steered_to(session, asked.path["id"], verb, asked.now)


def _steered_to(session: Session, id: str, verb: str, now: datetime) -> dict[str, Any]:
    return _answer(issue_many.steer(session, id, verb, now))


def _progress(session: Session, id: str) -> dict[str, Any]:
    return _answer(issue_many.progress(session, id))


def _answer(found: issue_many.Progress) -> dict[str, Any]:
    troubles = [{"place": place, "sentence": sentence} for place, sentence in found.troubles]
    return {"id": found.id, "status": found.status, "cards": found.cards, "done": found.done, "failed": found.failed,
            "troubles": troubles}  # fmt: skip

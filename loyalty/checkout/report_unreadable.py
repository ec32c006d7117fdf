"""What a till of another make handed over and nobody could read as a receipt becomes work for staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.checkout import outcomes, staff_work
from loyalty.contract.commands import ReportUnreadable
from loyalty.contract.outcomes import NotedOutcome
from loyalty.contract.wire import from_json, to_json
from loyalty.db.prepared import Cursor

KIND = "unreadable_receipt"
LONGEST = 4_000
"""Characters of it that are kept."""


def report_unreadable(session: Session, command: ReportUnreadable, now: datetime) -> NotedOutcome:
    """On the list once, however often it is told."""
    cursor = Cursor(session)
    digest = outcomes.digest_of(command.type, to_json(command))
    if (kept := outcomes.find(cursor, command.id, digest)) is not None:
        return from_json(NotedOutcome, kept.answer)
    body = {"till": command.till[:80], "text": command.text[:LONGEST]}
    trouble = staff_work.Trouble(
        KIND, command.sentence[:500], min(command.occurred_at, now), command.id, command.counter, body=body
    )
    staff_work.note(cursor, trouble, now)
    outcome = NotedOutcome(command.id)
    outcomes.keep(
        cursor, command.id, command.type, digest, outcomes.Kept(200, to_json(outcome)), now, command.counter,
        command.seq,
    )  # fmt: skip
    return outcome

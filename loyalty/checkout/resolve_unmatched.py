"""Staff found whose sale it was: it is booked for that member, judged as of when it happened."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout import staff_work
from loyalty.checkout.record_purchase import purchase_body
from loyalty.checkout.thank_for_bringing import thank_for_bringing
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.wire import from_json
from loyalty.errors import Conflict
from loyalty.points.sql_engine import Ledger


def resolve_unmatched(
    session: Session, work_id: str, member: str, now: datetime, staff: str | None = None
) -> dict[str, Any]:
    """What the sale gave (as the engine says it). Conflict when the task is done already."""
    row = staff_work.work(session, work_id)
    if row.kind != "unmatched_sale" or row.status not in staff_work.UNDONE:
        raise Conflict("This task is done already; look at the list again.")
    command = replace(from_json(RecordPurchase, row.body), member=member, token=None)
    ledger = Ledger(session)
    done = ledger.perform("purchase", purchase_body(command, member), now, min(command.occurred_at, now))
    thank_for_bringing(ledger, member, command.id, done.result, now)
    staff_work.done(session, work_id, now, staff, member)
    return dict(done.result)

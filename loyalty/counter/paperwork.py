"""What the server's answer puts on paper and on the card: the receipt, and the face of today."""

from datetime import datetime, timedelta

from loyalty.contract.outcomes import Booked, CancelOutcome, GiftOutcome, PurchaseOutcome, Refusal, TopUpOutcome
from loyalty.counter.outbox import Entry
from loyalty.counter.print_jobs import PrintJobs

RECEIPT_WITHIN = timedelta(minutes=2)
"""A later answer finds the customer gone; the receipt can still be printed by hand."""


def to_print(jobs: PrintJobs, entry: Entry, outcome: Booked, here: bool, now: datetime) -> None:
    """Jobs for the printers, once each however often it is told. `here`: the member stands at the counter."""
    if isinstance(outcome, Refusal):
        return
    if outcome.face and outcome.member:
        of = outcome.purchase if isinstance(outcome, PurchaseOutcome | CancelOutcome) else None
        jobs.add_face(outcome.member, outcome.face, of, now, armed=here)
    if not isinstance(outcome, PurchaseOutcome | TopUpOutcome | GiftOutcome) or not outcome.receipt:
        return
    if now - entry.made_at < RECEIPT_WITHIN:
        of = outcome.purchase if isinstance(outcome, PurchaseOutcome) else getattr(outcome, "topup", outcome.id)
        jobs.add_receipt(outcome.receipt, outcome.member.id if outcome.member else None, of, now)

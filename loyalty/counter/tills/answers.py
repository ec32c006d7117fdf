"""What a till is told about a receipt: the same words on every way."""

from typing import Any

from loyalty.contract.outcomes import Refusal
from loyalty.counter.tills.booking import Booked
from loyalty.counter.views import outcome_view

NO_MEMBER, PENDING, REFUSED, REPEATED = "no_member", "pending", "refused", "repeated"
_NOBODY = "No member card was read for this receipt, so there is nothing to credit."
_STORED = "The receipt is stored at this counter and will be credited as soon as the server can be reached."


def answer_of(number: str, booked: Booked) -> dict[str, Any]:
    """`{receipt, status, …}`; `repeated` is true when the receipt had come before."""
    head: dict[str, Any] = {"receipt": number, REPEATED: not booked.new}
    entry = booked.entry
    if entry is None:
        return {**head, "status": NO_MEMBER, "sentence": _NOBODY}
    if entry.open:
        return {**outcome_view(entry, None), **head, "sentence": _STORED}
    if isinstance(entry.outcome, Refusal):
        return {**head, "status": REFUSED, "code": entry.outcome.code, "sentence": entry.outcome.sentence}
    return {**outcome_view(entry, entry.outcome), **head}

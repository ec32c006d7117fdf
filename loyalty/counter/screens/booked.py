"""The answer to whoever asked for a booking: what came of it, that it waits, or why not."""

from flask import Response, jsonify

from loyalty.contract.outcomes import Refusal
from loyalty.counter.outbox import Entry
from loyalty.counter.screens.problems import problem, status_of
from loyalty.counter.views import outcome_view

_PENDING = "Stored at this counter; it will be credited as soon as the server can be reached."


def booked(entry: Entry, new: bool) -> tuple[Response, int] | Response:
    """201 for what is new, 200 for the same again, 202 while it waits, a problem document for a refusal."""
    if entry.open:
        return jsonify({**outcome_view(entry, None), "sentence": _PENDING}), 202
    if isinstance(entry.outcome, Refusal):
        return problem(status_of(entry.outcome.code), entry.outcome.code, entry.outcome.sentence)
    answer = jsonify(outcome_view(entry, entry.outcome))
    if not new:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer, 201 if new else 200

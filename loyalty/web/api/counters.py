"""What counters send and fetch: their outbox, and what they may know of members while offline."""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from loyalty.checkout.outbox import answer_all, heard_of
from loyalty.checkout.outbox_faults import Again
from loyalty.checkout.snapshot import snapshot
from loyalty.contract.wire import to_json
from loyalty.errors import LoyaltyError
from loyalty.web.api.answers import OutboxAnswer, SnapshotAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import view_document
from loyalty.web.api.schemas import CommandsBody, SnapshotQuery


@call("POST", "/counters/<id>/commands", scope="counter", body=CommandsBody, changes=False, gives=OutboxAnswer,
      answer="`outcomes` in the order sent, the numbers `missing`, and the `fault` at which it stopped.")  # fmt: skip
def commands(session: Session, asked: Asked[CommandsBody]) -> dict[str, Any]:
    """A counter's outbox. Each command is booked by itself: what was answered is booked, whatever happens next."""
    if asked.key.test:
        raise LoyaltyError("A test key cannot empty a counter's outbox: its sales would be lost.", code="forbidden")
    counter = asked.path["id"]
    session.close()  # the commands have transactions of their own
    if not asked.body.commands:
        heard_of(asked.services.engine, counter, asked.now, request.headers.get("Loyalty-Clock-Off", "0"))
    lent = asked.services
    again = Again(asked.body.held, asked.body.tried)
    told = answer_all(lent.engine, counter, asked.body.commands, lent.now, asked.conventions, again)
    return {
        "outcomes": [to_json(one.outcome) for one in told.done],
        "missing": [list(one.missing) for one in told.done if one.missing],
        "fault": to_json(told.fault) if told.fault else None,
    }


@call("GET", "/counters/<id>/snapshot", scope="counter", body=SnapshotQuery, gives=SnapshotAnswer,
      answer="`members` and `next`.")  # fmt: skip
def members(session: Session, asked: Asked[SnapshotQuery]) -> dict[str, Any]:
    """Members as counters show them while offline, page by page, the latest change last; `next` goes on from here."""
    page = snapshot(session, asked.now, asked.body.limit, asked.body.cursor)
    return {"members": [view_document(view) for view in page.views], "next": page.next, "more": page.more}

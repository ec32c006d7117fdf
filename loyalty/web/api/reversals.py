"""Bookings undone over the API, wholly or in part. Sales are returned or cancelled instead: see purchases.py."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.points.sql_engine import Ledger
from loyalty.web.api.answers import BookedAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas_bookings import ReverseBody
from loyalty.web.api.steps import book, booking_of


@call("POST", "/redemptions/<id>:reverse", scope="book", body=ReverseBody, booking=True, gives=BookedAnswer,
      answer="What was given back.")  # fmt: skip
def redemption(session: Session, asked: Asked[ReverseBody]) -> dict[str, Any]:
    """Undoes a redemption or a captured hold: points, stock and limits come back, an unused voucher is void."""
    return _undo(session, asked, "redeem", "capture")


@call("POST", "/bookings/<id>:reverse", scope="book", body=ReverseBody, booking=True, gives=BookedAnswer,
      answer="What was given back or taken back.")  # fmt: skip
def booking(session: Session, asked: Asked[ReverseBody]) -> dict[str, Any]:
    """Undoes a redemption, debit, credit, event, capture or transfer; redemptions, debits and captures in part too."""
    return _undo(session, asked)


def _undo(session: Session, asked: Asked[ReverseBody], *verbs: str) -> dict[str, Any]:
    undone = booking_of(Ledger(session), asked.path["id"], *verbs)
    return book(session, asked, "reverse", of=undone.id)

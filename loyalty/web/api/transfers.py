"""Points passed on, stored value bought and paid back, over the API."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.web.api.answers import BookedAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas_bookings import RefundTopUpBody, TopUpBody, TransferBody
from loyalty.web.api.steps import book


@call("POST", "/transfers", scope="book", body=TransferBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was sent; `member`, `wallets` and `tier` are the sender's.")  # fmt: skip
def transfer(session: Session, asked: Asked[TransferBody]) -> dict[str, Any]:
    """Passes points of a transferable wallet on to another member, lot by lot."""
    return book(session, asked, "transfer")


@call("POST", "/topups", scope="book", body=TopUpBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was paid and credited.")  # fmt: skip
def topup(session: Session, asked: Asked[TopUpBody]) -> dict[str, Any]:
    """Loads stored value: a top-up of the programme, or an amount with a bonus worded here."""
    return book(session, asked, "topup")


@call("POST", "/topups:refund", scope="book", body=RefundTopUpBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was removed, and the `refund` in money.")  # fmt: skip
def refund(session: Session, asked: Asked[RefundTopUpBody]) -> dict[str, Any]:
    """Pays stored value back: all unused principal, or so much money."""
    return book(session, asked, "refund_topup")

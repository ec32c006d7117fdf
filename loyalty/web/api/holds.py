"""Points set aside over the API, until something has come off or not."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.errors import NotFound
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.api.answers import BookedAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas_bookings import CaptureBody, HoldBody, ReleaseBody, ReleaseWalletBody
from loyalty.web.api.steps import book


@call("POST", "/holds", scope="book", body=HoldBody, status=201, booking=True, gives=BookedAnswer,
      answer="The hold.")  # fmt: skip
def hold(session: Session, asked: Asked[HoldBody]) -> dict[str, Any]:
    """Sets points aside: so many, what carries a cost, or the price of a reward. The id names the hold later."""
    return book(session, asked, "hold")


@call("POST", "/holds/<id>:capture", scope="book", body=CaptureBody, booking=True, gives=BookedAnswer,
      answer="What was spent.")  # fmt: skip
def capture(session: Session, asked: Asked[CaptureBody]) -> dict[str, Any]:
    """Spends what is held, all or part; the rest is released unless `release_rest` is false."""
    return book(session, asked, "capture", hold=_known(session, asked))


@call("POST", "/holds/<id>:release", scope="book", body=ReleaseBody, booking=True, gives=BookedAnswer,
      answer="The member's wallets.")  # fmt: skip
def release(session: Session, asked: Asked[ReleaseBody]) -> dict[str, Any]:
    """Gives held points back, all or part."""
    return book(session, asked, "release", hold=_known(session, asked))


@call("POST", "/holds:release", scope="book", body=ReleaseWalletBody, booking=True, gives=BookedAnswer,
      answer="The member's wallets.")  # fmt: skip
def release_wallet(session: Session, asked: Asked[ReleaseWalletBody]) -> dict[str, Any]:
    """Gives held points of one wallet back, over all holds of the member, the oldest first."""
    return book(session, asked, "release")


def _known(session: Session, asked: Asked[Any]) -> str:
    id = asked.path["id"]
    if SqlFacts(session).hold(id) is None:
        raise NotFound(f"There is no hold {id[:60]!r}; holds are named by the id they were booked with.")
    return id

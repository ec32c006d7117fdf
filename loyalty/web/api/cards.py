"""Cards over the API: their whole life, each step an event that stays."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.members.cards import add_card, replace_card, step_card
from loyalty.web.api.answers import CardAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import card_document
from loyalty.web.api.schemas import CardStepBody, NewCardBody, ReplaceCardBody


@call("POST", "/cards", scope="members", body=NewCardBody, status=201, gives=CardAnswer, answer="The card.")
def add(session: Session, asked: Asked[NewCardBody]) -> dict[str, Any]:
    """Gives a member a card: a chip, a printed code or a stripe."""
    body = asked.body
    card = add_card(
        session, body.member, body.kind, body.token, asked.now, asked.conventions, staff=asked.key.id
    )
    return card_document(card)


@call("POST", "/cards/<id>:activate", scope="members", body=CardStepBody, gives=CardAnswer, answer="The card.")
def activate(session: Session, asked: Asked[CardStepBody]) -> dict[str, Any]:
    """Makes an issued, blocked or lost card work (again)."""
    return _step(session, asked, "activate")


@call("POST", "/cards/<id>:block", scope="members", body=CardStepBody, gives=CardAnswer, answer="The card.")
def block(session: Session, asked: Asked[CardStepBody]) -> dict[str, Any]:
    """Stops a card from being used; `lost` when its owner misses it."""
    return _step(session, asked, "lose" if asked.body.lost else "block")


@call("POST", "/cards/<id>:retire", scope="members", body=CardStepBody, gives=CardAnswer, answer="The card.")
def retire(session: Session, asked: Asked[CardStepBody]) -> dict[str, Any]:
    """Takes a card out of use for good; its token may then be given to a new card."""
    return _step(session, asked, "retire")


@call("POST", "/cards/<id>:replace", scope="members", body=ReplaceCardBody, status=201, gives=CardAnswer,
      answer="The new card.")  # fmt: skip
def replace(session: Session, asked: Asked[ReplaceCardBody]) -> dict[str, Any]:
    """A new card for the same member; the old one no longer works."""
    body = asked.body
    card = replace_card(
        session,
        asked.path["id"],
        body.kind,
        body.token,
        asked.now,
        asked.conventions,
        staff=asked.key.id,
        reason=body.reason,
    )
    return card_document(card)


def _step(session: Session, asked: Asked[CardStepBody], verb: str) -> dict[str, Any]:
    card = step_card(session, asked.path["id"], verb, asked.now, staff=asked.key.id, reason=asked.body.reason)
    return card_document(card)

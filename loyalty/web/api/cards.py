"""Cards over the API: their whole life, each step an event that stays."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.card_contents import content_of
from loyalty.checkout.issue_card import issue_card, replace_card
from loyalty.clock import rfc3339
from loyalty.errors import Invalid
from loyalty.members.card_stock import NewBatch, numbered, receive, withdraw_batch
from loyalty.members.cards import get_card, history, step_card
from loyalty.web.api.answers import CardAnswer
from loyalty.web.api.answers_cards import BatchAnswer, CardLifeAnswer, WithdrawnAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import card_document
from loyalty.web.api.schemas import CardStepBody, NewCardBody, ReplaceCardBody
from loyalty.web.api.schemas_cards import BatchBody


@call("POST", "/cards", scope="members", body=NewCardBody, status=201, gives=CardAnswer, answer="The card.")
def add(session: Session, asked: Asked[NewCardBody]) -> dict[str, Any]:
    """Gives a member a card: a chip, a printed code or a stripe. One that lies in stock is activated by it."""
    body = asked.body
    card = issue_card(
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


@call("GET", "/cards/<id>", scope="members", gives=CardLifeAnswer, answer="The card, its history and what is on it.")
def one(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """A card with all that happened to it, oldest first, and what counters say is on it."""
    card = get_card(session, asked.path["id"])
    content = content_of(session, card.id)
    return {
        **card_document(card),
        "events": [
            {"event": row.event, "at": rfc3339(row.at), "staff": row.staff, "reason": row.reason}
            for row in history(session, card.id)
        ],
        "content": {
            "face_as_of": rfc3339(content.face_as_of) if content.face_as_of else None,
            "stale": content.stale,
            "rewrites": content.rewrites,
            "rewrite_limit": content.rewrite_limit,
            "sequence": content.sequence,
            "verdict": content.verdict,
        },
    }


@call("POST", "/card-batches", scope="members", body=BatchBody, status=201, gives=BatchAnswer,
      answer="The batch's `id` and how many `cards` lie in stock.")  # fmt: skip
def receive_batch(session: Session, asked: Asked[BatchBody]) -> dict[str, Any]:
    """Puts pre-printed cards into stock, by tokens or counted up from the first. They work once they are given."""
    body = asked.body
    if (body.tokens is None) == (body.first is None):
        raise Invalid("Name the cards by `tokens`, or by `first` and `count`.", pointer="/tokens")
    tokens = body.tokens if body.tokens is not None else numbered(body.first or "", body.count)
    batch = NewBatch(body.name, body.kind, body.rewrite_limit, body.note)
    id = receive(session, batch, tokens, asked.now, asked.conventions, staff=asked.key.id)
    return {"id": id, "cards": len(tokens)}


@call("POST", "/card-batches/<id>:withdraw", scope="members", gives=WithdrawnAnswer, answer="`withdrawn`: how many.")
def recall(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Takes what is left of a batch out of stock; cards that members have keep working."""
    return {"withdrawn": withdraw_batch(session, asked.path["id"], asked.now)}


def _step(session: Session, asked: Asked[CardStepBody], verb: str) -> dict[str, Any]:
    card = step_card(session, asked.path["id"], verb, asked.now, staff=asked.key.id, reason=asked.body.reason)
    return card_document(card)

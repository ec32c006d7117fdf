"""Cards at the till: a new member, the cards of one who stands there, a lost one, another in its place.

What is done here stands in the card's own history under the cashier's name, and in the audit log under the counter's.
"""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from loyalty.checkout.card_contents import Content, content_of
from loyalty.checkout.enrol import enrol
from loyalty.checkout.issue_card import replace_card
from loyalty.db.audit import note
from loyalty.members.cards import GONE, cards_of, step_card
from loyalty.members.enrolment import NewMember, get_member
from loyalty.members.tables import Card
from loyalty.web.api.answers import CardAnswer, Given, MemberAnswer
from loyalty.web.api.calls import Answer, Asked, call
from loyalty.web.api.documents import card_document, member_document
from loyalty.web.api.schemas import CardBody, CardKind, Id, Strict, TokenText

Staff = Annotated[str, Field(max_length=60)]


class NewcomerBody(Strict):
    """POST /counters/{id}/members: what is asked at the counter, and the card in hand. `id` makes it safe to repeat."""

    id: Id
    name: Annotated[str, Field(max_length=200)]
    phone: str | None = None
    language: Literal["en", "zh-Hant", "zh-Hans"] = "en"
    cards: Annotated[tuple[CardBody, ...], Field(max_length=3)] = ()
    staff: Staff | None = None


class MemberCardsQuery(Strict):
    member: Id


class LostBody(Strict):
    """POST /counters/{id}/cards:lose."""

    card: Id
    staff: Staff | None = None


class Instead(Strict):
    """POST /counters/{id}/cards:replace: `kind` and `token` are those of the new card."""

    card: Id
    kind: CardKind
    token: TokenText
    reason: Annotated[str, Field(max_length=200)] = ""
    staff: Staff | None = None


class TillCard(Given):
    """A card as the cashier may see it: its end only."""

    id: str
    kind: str
    ends: str
    status: str
    stale: bool
    worn: str
    rewrites: int
    rewrite_limit: int | None


class TillCards(Given):
    cards: list[TillCard]


@call("POST", "/counters/<id>/members", scope="counter", body=NewcomerBody, status=201, gives=MemberAnswer,
      answer="The member.")  # fmt: skip
def come_in(session: Session, asked: Asked[NewcomerBody]) -> Answer:
    """Enrols somebody at the till, with the pre-printed card that they get."""
    body, by = asked.body, _by(asked, asked.body.staff)
    new = NewMember(name=body.name, phone=body.phone or None, language=body.language)
    cards = [(card.kind, card.token) for card in body.cards]
    member = enrol(session, new, asked.now, asked.conventions, cards, staff=by)
    told = {"name": body.name, "phone": body.phone, "language": body.language, "cards": len(cards)}
    _note(session, asked, "member.create", f"member:{member.id}", f"at the till, {by}", told)
    return Answer(member_document(session, member.id, asked.now))


@call("GET", "/counters/<id>/cards", scope="counter", body=MemberCardsQuery, gives=TillCards,
      answer="`cards` that are not out of use, the newest first.")  # fmt: skip
def of_member(session: Session, asked: Asked[MemberCardsQuery]) -> dict[str, Any]:
    """The cards of the member who stands at the counter."""
    get_member(session, asked.body.member)
    found = [card for card in reversed(cards_of(session, asked.body.member)) if card.status not in GONE]
    return {"cards": [_shown(card, content_of(session, card.id)) for card in found]}


@call("POST", "/counters/<id>/cards:lose", scope="counter", body=LostBody, gives=CardAnswer, answer="The card.")
def lose(session: Session, asked: Asked[LostBody]) -> dict[str, Any]:
    """Its owner misses it: refused at once, at every counter."""
    body = asked.body
    by = _by(asked, body.staff)
    card = step_card(session, body.card, "lose", asked.now, staff=by, reason="told at the till")
    _note(session, asked, "card.lose", f"card:{card.id}", f"at the till, {by}")
    return card_document(card)


@call("POST", "/counters/<id>/cards:replace", scope="counter", body=Instead, status=201, gives=CardAnswer,
      answer="The new card.")  # fmt: skip
def replace(session: Session, asked: Asked[Instead]) -> dict[str, Any]:
    """A new card for the same member, from stock or not; points and history stay, the old card is refused."""
    body, by = asked.body, _by(asked, asked.body.staff)
    new = replace_card(
        session, body.card, body.kind, body.token, asked.now, asked.conventions, staff=by, reason=body.reason or None
    )
    why = body.reason or f"at the till, {by}"
    _note(session, asked, "card.replace", f"card:{body.card}", why, {"replaced_by": new.id})
    return card_document(new)


def _shown(card: Card, content: Content) -> dict[str, Any]:
    on_it = {name: getattr(content, name) for name in ("stale", "worn", "rewrites", "rewrite_limit")}
    return {"id": card.id, "kind": card.kind, "ends": card.token[-4:], "status": card.status, **on_it}


def _by(asked: Asked[Any], staff: str | None) -> str:
    counter = asked.path["id"]
    return f"{staff} ({counter})"[:120] if staff else counter[:120]


def _note(
    session: Session, asked: Asked[Any], action: str, subject: str, why: str, after: dict[str, Any] | None = None
) -> None:  # fmt: skip
    """Into the audit log."""
    counter = asked.path["id"]
    note(session, f"counter:{counter}"[:255], action, subject, asked.now, after=after or {}, why=why)

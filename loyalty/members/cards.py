"""The life of a card: issued, active, blocked, lost, replaced, retired; each step is an event that stays."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import get_member
from loyalty.members.tables import Card, Member, card_events
from loyalty.members.tokens import CARD_KINDS, normalised

USABLE = ("issued", "active")
"""A card that is used for the first time is known by it: no step is needed to make an issued card work."""
GONE = ("replaced", "retired")

_STEPS = {
    # verb: (from which states, to which)
    "activate": (("issued", "blocked", "lost", "active"), "active"),
    "block": (("issued", "active", "blocked"), "blocked"),
    "lose": (("issued", "active", "blocked", "lost"), "lost"),
    "retire": (("issued", "active", "blocked", "lost", "retired"), "retired"),
}


def add_card(
    session: Session,
    member_id: str,
    kind: str,
    token: str,
    now: datetime,
    conventions: Conventions,
    *,
    staff: str | None = None,
    status: str = "active",
    id: str | None = None,
) -> Card:
    """A new card for the member. Conflict when the token is in use, by whomever. id: of one that lay in stock."""
    if kind not in CARD_KINDS:
        raise Invalid(f"A card's kind is one of {', '.join(CARD_KINDS)}.", pointer="/kind")
    if status not in USABLE:
        raise Invalid("A new card is issued or active.", pointer="/status")
    get_member(session, member_id)
    value = normalised(kind, token, conventions.phone_region)
    _refuse_taken(session, kind, value)
    card = Card(
        id=id or new_id("card", now), member_id=member_id, kind=kind, token=value, status=status, issued_at=now
    )
    session.add(card)
    session.flush()
    _event(session, card.id, status, now, staff, None)
    return card


def step_card(
    session: Session, id: str, verb: str, now: datetime, *, staff: str | None = None, reason: str | None = None
) -> Card:
    """activate, block, lose or retire. A step that changes nothing leaves no event; an impossible one is Invalid."""
    card = get_card(session, id)
    allowed, target = _STEPS[verb]
    if card.status not in allowed:
        raise Invalid(f"The card is {card.status}: it cannot be changed any more; issue a new card instead.")
    if card.status != target:
        card.status = target
        session.flush()
        _event(session, id, target, now, staff, reason)
    return card


def replace_card(
    session: Session,
    id: str,
    kind: str,
    token: str,
    now: datetime,
    conventions: Conventions,
    *,
    staff: str | None = None,
    reason: str | None = None,
    add: Callable[..., Card] = add_card,
) -> Card:
    """A new card in the place of `id`, which is `replaced` from now on. Gives the new one; `add` makes it."""
    old = get_card(session, id)
    if old.status in GONE:
        raise Invalid(f"The card is {old.status} already; issue a new card instead.")
    old.status = "replaced"
    session.flush()  # before the new one: it may carry the same token
    new = add(session, old.member_id, kind, token, now, conventions, staff=staff)
    old.replaced_by = new.id
    session.flush()
    _event(session, id, "replaced", now, staff, reason)
    return new


def get_card(session: Session, id: str) -> Card:
    """NotFound when there is none."""
    card = session.get(Card, id)
    if card is None:
        raise NotFound(f"There is no card {id[:60]!r}; look at the member's cards again.")
    return card


def cards_of(session: Session, member_id: str) -> list[Card]:
    """All cards the member ever had, oldest first."""
    return list(session.scalars(select(Card).where(Card.member_id == member_id).order_by(Card.issued_at, Card.id)))


def history(session: Session, id: str) -> list[Row[Any]]:
    """What happened to the card, oldest first: rows of event, at, staff and reason."""
    events = card_events.c
    found = session.execute(select(card_events).where(events.card_id == id).order_by(events.at, events.id))
    return list(found)


def _refuse_taken(session: Session, kind: str, token: str) -> None:
    holder = session.execute(
        select(Member.number, Card.status)
        .join(Card, Card.member_id == Member.id)
        .where(Card.kind == kind, Card.token == token, Card.status.not_in(GONE))
    ).first()
    if holder is not None:
        raise Conflict(
            f"The card {token[:40]} belongs to member {holder.number} ({holder.status}); retire it there first.",
            pointer="/token",
        )


def _event(
    session: Session, card_id: str, event: str, now: datetime, staff: str | None, reason: str | None
) -> None:
    row = {"id": new_id("cev", now), "card_id": card_id, "event": event, "at": now, "staff": staff, "reason": reason}
    session.execute(insert(card_events), [row])
    member = get_member(session, get_card(session, card_id).member_id)
    member.version += 1  # cards belong to what is told of a member, also to counters that fetch changes
    member.updated_at = now
    session.flush()

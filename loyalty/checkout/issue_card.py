"""A member gets a card: one from stock, which is activated by it, or one that nobody had noted yet."""

from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.checkout import gift_cards
from loyalty.errors import Conflict
from loyalty.members import cards
from loyalty.members.card_stock import find_in_stock, give
from loyalty.members.conventions import Conventions
from loyalty.members.tables import Card


def issue_card(
    session: Session,
    member_id: str,
    kind: str,
    token: str,
    now: datetime,
    conventions: Conventions,
    *,
    staff: str | None = None,
) -> Card:
    """The card, active. Conflict when somebody has it, UnknownMember, Invalid."""
    if gift_cards.is_one(session, kind, token):
        raise Conflict("This is a gift card; take another card for the member.", pointer="/token")
    found = find_in_stock(session, kind, token, conventions)
    take = cards.add_card if found is None else give
    return take(session, member_id, kind, token, now, conventions, staff=staff)


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
) -> Card:
    """A new card for the same member, from stock or not: points and history stay, the old one is out."""
    return cards.replace_card(
        session, id, kind, token, now, conventions, staff=staff, reason=reason, add=issue_card
    )

"""Who is it? From what a counter read or a person typed to one member."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from loyalty.checkout import gift_cards
from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor
from loyalty.errors import CardBlocked, LoyaltyError, UnknownMember
from loyalty.members.conventions import Conventions
from loyalty.members.identification import find_by_token, identify
from loyalty.members.tables import Member


def lookup_member(session: Session, tokens: Sequence[Token], email: str | None, conventions: Conventions) -> str:
    """The member's id. `tokens` are readings of the same credential, tried in order; or an e-mail address.

    CardBlocked for a credential that may not be used any more, UnknownMember when nobody has it,
    `gift_card` when it opens a gift card.
    """
    if email is not None:
        found = session.scalar(select(Member.id).where(Member.email == email.strip().lower()))
        if found is None:
            raise UnknownMember(f"Nobody has the e-mail address {email.strip()[:60]}; search by name instead.")
        return found
    cursor = Cursor(session)
    blocked: CardBlocked | None = None
    for token in tokens:
        known = find_by_token(cursor, token, conventions)
        if known is not None and known.usable:
            return known.member
        if known is not None and blocked is None:
            blocked = _why_not(cursor, token, conventions)
    if blocked is not None:
        raise blocked
    try:
        return identify(cursor, tokens[0], conventions).member
    except UnknownMember:
        if any(gift_cards.is_one(session, token.kind, token.value) for token in tokens):
            sentence = "This is a gift card, nobody's; open gift cards to see what is on it."
            raise LoyaltyError(sentence, code="gift_card") from None
        raise


def _why_not(cursor: Cursor, token: Token, conventions: Conventions) -> CardBlocked | None:
    try:
        identify(cursor, token, conventions)
    except CardBlocked as error:
        return error
    return None

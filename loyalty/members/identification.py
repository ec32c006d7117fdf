"""From what a reader read to the member: chip, code, stripe, phone or number. The hot path of every tap."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor, Prepared
from loyalty.errors import CardBlocked, Invalid, UnknownMember
from loyalty.members.card_tables import stock_cards
from loyalty.members.cards import USABLE
from loyalty.members.conventions import Conventions
from loyalty.members.numbers import is_slip
from loyalty.members.tables import Card, Member
from loyalty.members.tokens import CARD_KINDS, normalised, stripe_numbers

_card, _member = Card.__table__.c, Member.__table__.c
_by_card = Prepared(
    sa.select(_card.member_id, _card.id, _card.status)
    .where(_card.token == bindparam("token"), _card.kind == bindparam("kind"))
    .order_by(_card.issued_at.desc(), _card.id.desc())
)
_by_number = Prepared(sa.select(_member.id, _member.merged_into).where(_member.number == bindparam("token")))
_into = Prepared(sa.select(_member.merged_into).where(_member.id == bindparam("id")))
_by_phone = Prepared(sa.select(_member.id, _member.merged_into).where(_member.phone == bindparam("token")))
_by_stock = Prepared(
    sa.select(stock_cards.c.id).where(
        stock_cards.c.token == bindparam("token"),
        stock_cards.c.kind == bindparam("kind"),
        stock_cards.c.status == "stock",
    )
)

_WHY = {
    "blocked": "is blocked",
    "lost": "was reported lost",
    "replaced": "was replaced by a new one",
    "retired": "was taken out of use",
}


@dataclass(frozen=True)
class Found:
    """Whose credential it is. `card` and `card_status` are None for a phone or a number."""

    member: str
    card: str | None = None
    card_status: str | None = None

    @property
    def usable(self) -> bool:
        return self.card_status is None or self.card_status in USABLE


def find_by_token(cursor: Cursor, token: Token, conventions: Conventions) -> Found | None:
    """The member, also behind a card that may no longer be used; None when nobody has this credential."""
    try:
        value = normalised(token.kind, token.value, conventions.phone_region)
    except Invalid:
        return None  # what a reader read wrongly belongs to nobody
    if token.kind == "phone":
        return _member_by(cursor, _by_phone, [value])
    if token.kind == "number":
        return _member_by(cursor, _by_number, [value])
    found = [Found(*row) for row in cursor.rows(_by_card, token=value, kind=token.kind)]
    if found:
        return next((one for one in found if one.usable), found[0])
    if token.kind == "barcode":  # a card's printed code is the member's number
        return _member_by(cursor, _by_number, [value.upper()])
    if token.kind == "magstripe":
        return _member_by(cursor, _by_number, stripe_numbers(value.upper()))
    return None


def identify(cursor: Cursor, token: Token, conventions: Conventions) -> Found:
    """As `find_by_token`, for a person who stands at the counter: CardBlocked or UnknownMember with the reason."""
    found = find_by_token(cursor, token, conventions)
    if found is None:
        if token.kind in ("number", "barcode") and is_slip(token.value.strip(), conventions.number_check):
            raise UnknownMember(f"{token.value.strip()} has a wrong check digit; look at the number and type it again.")
        if token.kind in CARD_KINDS and _in_stock(cursor, token, conventions):
            raise UnknownMember("This card is new and belongs to nobody yet; activate it for the member who gets it.")
        raise UnknownMember(
            f"Nobody has the {_words(token.kind)} {_tail(token.value)}; try another card or search by name."
        )
    if not found.usable:
        raise CardBlocked(
            f"This card {_WHY[found.card_status or '']}; keep serving without it and ask for another one."
        )
    return found


def going_on(cursor: Cursor, member: str) -> str:
    """The record that goes on in the place of one that was merged, however often; any other id as it is."""
    while (into := cursor.value(_into, id=member)) is not None:
        member = into
    return member


def _in_stock(cursor: Cursor, token: Token, conventions: Conventions) -> bool:
    try:
        value = normalised(token.kind, token.value, conventions.phone_region)
    except Invalid:
        return False
    return cursor.value(_by_stock, token=value, kind=token.kind) is not None


def _member_by(cursor: Cursor, prepared: Prepared, values: list[str]) -> Found | None:
    for value in values:
        row = cursor.row(prepared, token=value)
        if row is not None:
            return Found(row[0] if row[1] is None else going_on(cursor, row[1]))
    return None


def _words(kind: str) -> str:
    return {"phone": "telephone number", "number": "member number"}.get(kind, "card")


def _tail(value: str) -> str:
    """Enough to compare with the card in hand, not the whole credential."""
    text = value.strip()
    return text if len(text) <= 8 else f"…{text[-8:]}"

"""Answers as JSON documents: a member is what counters read (`MemberView`) and the person's own record beside it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.member_view import member_view
from loyalty.clock import rfc3339
from loyalty.contract.outcomes import MemberView
from loyalty.contract.wire import to_json
from loyalty.errors import LoyaltyError
from loyalty.members.cards import cards_of
from loyalty.members.enrolment import get_member
from loyalty.members.names import masked_name
from loyalty.members.tables import Card, Member
from loyalty.points.sql_facts import SqlFacts


def member_document(session: Session, id: str, now: datetime) -> dict[str, Any]:
    """One member. Points are whole numbers, or text where the wallet has decimals."""
    record = get_member(session, id)
    view = _view(session, record, now)
    return {
        **view,
        "phone": record.phone,
        "email": record.email,
        "birthday": record.birthday.isoformat() if record.birthday else None,
        "joined_at": rfc3339(record.joined_at),
        "notes": record.notes,
        "status": record.status,
        "version": record.version,
        "credentials": [card_document(card) for card in cards_of(session, id)],
    }


def card_document(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "member": card.member_id,
        "kind": card.kind,
        "token": card.token,
        "status": card.status,
        "issued_at": rfc3339(card.issued_at),
        "replaced_by": card.replaced_by,
    }


def view_document(view: MemberView) -> dict[str, Any]:
    """A view with its points as whole numbers where the wallet has no decimals."""
    document: dict[str, Any] = to_json(view)
    for name, wallet in view.wallets.items():
        shown = document["wallets"][name]
        for figure in ("available", "pending", "held"):
            shown[figure] = points(getattr(wallet, figure), wallet.decimals)
        for entry, expiring in zip(shown["expiring"], wallet.expiring, strict=True):
            entry["amount"] = points(expiring.amount, wallet.decimals)
    for entry, reward in zip(document["rewards"], view.rewards, strict=True):
        entry["cost"] = points(reward.cost, view.wallets[reward.wallet].decimals)
    return document


def points(amount: Decimal, decimals: int) -> int | str:
    """As the API writes points."""
    return f"{amount:.{decimals}f}" if decimals else int(amount)


def _view(session: Session, record: Member, now: datetime) -> dict[str, Any]:
    """What the ledger says; a shop without a programme has members, but nothing to say about their points yet."""
    try:
        return view_document(member_view(SqlFacts(session), record.id, now))
    except LoyaltyError as error:
        if error.code != "not_ready":
            raise
    return {
        "id": record.id,
        "number": record.number,
        "name": record.name,
        "masked_name": masked_name(record.name),
        "language": record.language,
        "tier": None,
        "wallets": {},
        "rewards": [],
        "cards": [],
        "as_of": rfc3339(now),
        "vouchers": [],
    }

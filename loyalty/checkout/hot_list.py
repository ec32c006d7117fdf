"""Cards that no counter may take, for counters that cannot ask: told whole, and only when it changed."""

from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from loyalty.contract.card_report import hot_name
from loyalty.members.card_tables import card_contents
from loyalty.members.cards import USABLE
from loyalty.members.tables import Card


@dataclass(frozen=True)
class HotList:
    """cards: hot_name -> why, one of blocked, lost, replaced, retired, copied, bent. version: of this very list."""

    version: str
    cards: dict[str, str]


def hot_list(session: Session) -> HotList:
    """All cards that are out of use, unless somebody has their token again; and those under suspicion."""
    again = aliased(Card)
    in_use = sa.exists().where(again.kind == Card.kind, again.token == Card.token, again.status.in_(USABLE))
    columns = sa.select(Card.kind, Card.token, Card.status)
    out = columns.where(Card.status.not_in(USABLE), ~in_use).order_by(Card.issued_at, Card.id)
    found = {hot_name(kind, token): str(status) for kind, token, status in session.execute(out)}
    suspected = (
        sa.select(Card.kind, Card.token, card_contents.c.verdict)
        .join(card_contents, card_contents.c.card_id == Card.id)
        .where(card_contents.c.verdict != "ok", Card.status.in_(USABLE))
        .order_by(Card.id)
    )
    found |= {hot_name(kind, token): str(verdict) for kind, token, verdict in session.execute(suspected)}
    digest = sha256("\n".join(f"{name} {why}" for name, why in sorted(found.items())).encode())
    return HotList(digest.hexdigest()[:32], found)

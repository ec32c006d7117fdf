"""Gift cards as the office sees them: by the last digits of their code, with what is on them. They are nobody's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.gift_tables import gift_cards
from loyalty.points.tables import accounts, lots

MOST = 200


@dataclass(frozen=True)
class GiftRow:
    """`left` and `held`: money in the currency's smallest unit; `last_day` of the first of it, None for always."""

    ends: str
    receipt: str
    counter: str
    issued_at: datetime
    status: str
    left: int
    held: int
    last_day: date | None


@dataclass(frozen=True)
class GiftCards:
    """The latest sold first, at most MOST of them. `cards` in use and what is `left` on all."""

    rows: Sequence[GiftRow]
    cards: int
    left: int


def read_gift_cards(session: Session, text: str) -> GiftCards:
    """Those whose code ends with `text`, or that were sold with that receipt; all for none."""
    g, a, lot = gift_cards.c, accounts.c, lots.c
    last = sa.select(sa.func.min(lot.last_day)).where(lot.member == g.holder, lot.remaining > 0).scalar_subquery()
    asked = (
        sa.select(g.token, g.receipt, g.counter, g.issued_at, g.status, a.active, a.held, last.label("last_day"))
        .join_from(gift_cards, accounts, a.member == g.holder, isouter=True)
        .order_by(g.issued_at.desc(), g.id.desc())
        .limit(MOST)
    )
    if text:
        asked = asked.where(sa.or_(g.token.endswith(text, autoescape=True), g.receipt == text))
    used = g.status == "active"
    rows = [
        GiftRow(
            f"…{row.token[-4:]}", row.receipt, row.counter or "", row.issued_at, row.status,
            *((row.active or 0, row.held or 0, row.last_day) if row.status == "active" else (0, 0, None)),
        )
        for row in session.execute(asked)
    ]  # fmt: skip
    both = sa.func.sum(a.active + a.held)
    cards, left = session.execute(
        sa.select(sa.func.count(), both).join_from(gift_cards, accounts, a.member == g.holder).where(used)
    ).one()
    return GiftCards(rows, cards, int(left or 0))

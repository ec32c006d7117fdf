"""Cards as the pages show them: stock by batch, the cards that need a person, and one card with its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.card_contents import WARN_FROM, Content, content_of
from loyalty.errors import Invalid
from loyalty.members.card_tables import card_batches, card_contents, stock_cards
from loyalty.members.cards import GONE, USABLE, get_card, history
from loyalty.members.tables import Card, Member
from loyalty.members.tokens import normalised
from loyalty.web.texts import _

MOST_BATCHES, MOST_TO_SEE = 100, 50


@dataclass(frozen=True)
class Batch:
    """How many cards of it lie in stock, were given to members and were withdrawn."""

    id: str
    name: str
    kind: str
    rewrite_limit: int | None
    received_at: datetime
    staff: str | None
    stock: int
    given: int
    withdrawn: int


@dataclass(frozen=True)
class CardLine:
    id: str
    kind: str
    tail: str
    member: str
    name: str
    status: str
    verdict: str
    rewrites: int
    rewrite_limit: int | None


@dataclass(frozen=True)
class Stock:
    batches: tuple[Batch, ...]
    lying: int
    in_use: int
    troubled: tuple[CardLine, ...]
    """Suspected or worn cards that are still in use."""


@dataclass(frozen=True)
class Step:
    """One line of a card's history."""

    event: str
    at: datetime
    staff: str | None
    reason: str | None


@dataclass(frozen=True)
class CardPage:
    """`tail` are the last four characters. `steps`: what may be done with the card now."""

    id: str
    kind: str
    tail: str
    status: str
    member: str
    name: str
    language: str
    issued_at: datetime
    replaced_by: str | None
    content: Content
    history: tuple[Step, ...]
    steps: tuple[str, ...]

    @property
    def usable(self) -> bool:
        return self.status in USABLE


def read_stock(session: Session) -> Stock:
    """All batches, the latest first, and what of the cards in use needs a person."""
    lying, batch = stock_cards.c, card_batches.c
    counted = {
        (row.batch_id, row.status): int(row.number)
        for row in session.execute(
            sa.select(lying.batch_id, lying.status, sa.func.count().label("number")).group_by(
                lying.batch_id, lying.status
            )
        )
    }
    found = session.execute(sa.select(card_batches).order_by(batch.received_at.desc(), batch.id).limit(MOST_BATCHES))
    batches = tuple(
        Batch(row.id, row.name, row.kind, row.rewrite_limit, row.received_at, row.staff,
              *(counted.get((row.id, status), 0) for status in ("stock", "given", "withdrawn")))
        for row in found
    )  # fmt: skip
    in_use = session.scalar(sa.select(sa.func.count()).select_from(Card).where(Card.status.in_(USABLE))) or 0
    in_stock = sum(number for (_batch, status), number in counted.items() if status == "stock")
    return Stock(batches, in_stock, int(in_use), _troubled(session))


def _troubled(session: Session) -> tuple[CardLine, ...]:
    content = card_contents.c
    worn = content.rewrites >= content.rewrite_limit * WARN_FROM
    rows = session.execute(
        sa.select(Card.id, Card.kind, Card.token, Card.member_id, Member.name, Card.status, content.verdict,
                  content.rewrites, content.rewrite_limit)
        .join(card_contents, content.card_id == Card.id)
        .join(Member, Member.id == Card.member_id)
        .where(Card.status.in_(USABLE), sa.or_(content.verdict != "ok", worn))
        .order_by(content.seen_at.desc())
        .limit(MOST_TO_SEE)
    )  # fmt: skip
    return tuple(CardLine(id, kind, token[-4:], *rest) for id, kind, token, *rest in rows)


def find_card(session: Session, text: str, region: str) -> str | None:
    """The id of the card that reads `text`, of whatever kind; one in use before others."""
    values = set()
    for kind in ("card_uid", "barcode"):
        try:
            values.add(normalised(kind, text, region))
        except Invalid:
            continue
    gone = sa.case((Card.status.in_(GONE), 1), else_=0)
    found = sa.select(Card.id).where(Card.token.in_(values)).order_by(gone, Card.issued_at.desc()).limit(1)
    return session.scalar(found)


def read_card(session: Session, id: str) -> CardPage:
    """NotFound when there is none."""
    card = get_card(session, id)
    member = session.get_one(Member, card.member_id)
    steps = tuple(Step(row.event, row.at, row.staff, row.reason) for row in reversed(history(session, id)))
    return CardPage(
        card.id, card.kind, card.token[-4:], card.status, member.id, member.name, member.language, card.issued_at,
        card.replaced_by, content_of(session, id), steps, _possible(card.status),
    )  # fmt: skip


def _possible(status: str) -> tuple[str, ...]:
    if status in GONE:
        return ()
    return ("block", "lose", "retire") if status in USABLE else ("activate", "retire")


def event_words(event: str) -> str:
    """What happened to a card."""
    return {
        "stock": _("Received into stock"),
        "issued": _("Issued"),
        "active": _("In use"),
        "blocked": _("Blocked"),
        "lost": _("Reported lost"),
        "replaced": _("Replaced by a new card"),
        "retired": _("Taken out of use"),
    }.get(event, event)


def verdict_words(verdict: str) -> str:
    """What is held against a card."""
    return {
        "copied": _("Showed an older state than was seen before: perhaps a copy"),
        "bent": _("Carries what this shop did not write"),
    }.get(verdict, "")


def step_words() -> Mapping[str, str]:
    """What can be done with a card."""
    return {
        "block": _("Block"),
        "activate": _("Let it work again"),
        "lose": _("Report lost"),
        "retire": _("Take out of use"),
    }


def wear_share(content: Content) -> float | None:
    """Part of its prints that the card has behind it, 0 to 1; None for a medium without a limit."""
    return min(content.rewrites / content.rewrite_limit, 1.0) if content.rewrite_limit else None

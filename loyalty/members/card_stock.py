"""Cards that belong to nobody yet: batches come in, cards lie in stock, and each is given to a member or withdrawn.

A card keeps its id when it is given: its life is one story, from the box it came in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.card_tables import card_batches, card_contents, stock_cards
from loyalty.members.cards import GONE, add_card
from loyalty.members.conventions import Conventions
from loyalty.members.tables import Card, card_events
from loyalty.members.tokens import CARD_KINDS, normalised

MOST_IN_BATCH = 100_000
LIMITS = range(1, 100_001)
_AT_ONCE = 500


@dataclass(frozen=True)
class NewBatch:
    """rewrite_limit: how often the medium may be printed, as its maker says; None when it is printed once."""

    name: str
    kind: str
    rewrite_limit: int | None = None
    note: str = ""


def receive(
    session: Session,
    batch: NewBatch,
    tokens: Sequence[str],
    now: datetime,
    conventions: Conventions,
    *,
    staff: str | None = None,
) -> str:
    """Puts a batch into stock; its id. Invalid or Conflict naming the first card that cannot be: then none is taken."""
    if batch.kind not in CARD_KINDS:
        raise Invalid(f"A card's kind is one of {', '.join(CARD_KINDS)}.", pointer="/kind")
    if not batch.name.strip() or len(batch.name) > 120:
        raise Invalid("A batch needs a name of 1 to 120 characters, such as the supplier's number.", pointer="/name")
    if batch.rewrite_limit is not None and batch.rewrite_limit not in LIMITS:
        raise Invalid("The rewrite limit is a number from 1 to 100,000, or nothing.", pointer="/rewrite_limit")
    values = _cleaned(batch.kind, tokens, conventions.phone_region)
    _refuse_known(session, batch.kind, values)
    id = new_id("bat", now)
    row = {"id": id, "name": batch.name.strip(), "kind": batch.kind, "rewrite_limit": batch.rewrite_limit}
    session.execute(sa.insert(card_batches), [row | {"received_at": now, "staff": staff, "note": batch.note}])
    rows = [
        {"id": new_id("card", now), "batch_id": id, "kind": batch.kind, "token": value, "status": "stock",
         "changed_at": now} for value in values
    ]  # fmt: skip
    session.execute(sa.insert(stock_cards), rows)
    return id


def find_in_stock(session: Session, kind: str, token: str, conventions: Conventions) -> tuple[str, str] | None:
    """Ids of the card and its batch: the card lying in stock that reads `token`."""
    try:
        value = normalised(kind, token, conventions.phone_region)
    except Invalid:
        return None
    lying = stock_cards.c
    row = session.execute(
        sa.select(lying.id, lying.batch_id).where(lying.kind == kind, lying.token == value, lying.status == "stock")
    ).one_or_none()
    return (row.id, row.batch_id) if row else None


def give(
    session: Session,
    member_id: str,
    kind: str,
    token: str,
    now: datetime,
    conventions: Conventions,
    *,
    staff: str | None = None,
) -> Card:
    """A pre-printed card becomes this member's, active at once. NotFound when it does not lie in stock."""
    found = find_in_stock(session, kind, token, conventions)
    if found is None:
        raise NotFound(
            f"The card …{token.strip()[-4:]} does not lie in stock; take one of a batch that was received, or add"
            " the card to the member by hand.",
        )
    batch = session.execute(sa.select(card_batches).where(card_batches.c.id == found[1])).one()
    card = add_card(session, member_id, kind, token, now, conventions, staff=staff, id=found[0])
    session.execute(
        sa.update(stock_cards).where(stock_cards.c.id == found[0]).values(status="given", changed_at=now)
    )
    event = {"id": new_id("cev", batch.received_at), "card_id": card.id, "event": "stock"}
    session.execute(
        sa.insert(card_events), [event | {"at": batch.received_at, "staff": batch.staff, "reason": batch.name}]
    )
    if batch.rewrite_limit is not None:
        session.execute(
            sa.insert(card_contents),
            [{"card_id": card.id, "rewrites": 0, "rewrite_limit": batch.rewrite_limit, "verdict": "ok"}],
        )
    return card


def withdraw(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Takes cards out of stock that are damaged or missing; how many lay there."""
    lying = stock_cards.c
    done = session.execute(
        sa.update(stock_cards)
        .where(lying.id.in_(ids), lying.status == "stock")
        .values(status="withdrawn", changed_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def withdraw_batch(session: Session, batch: str, now: datetime) -> int:
    """All that is left of a batch, such as one that was recalled; how many that was. NotFound without the batch."""
    if session.scalar(sa.select(card_batches.c.id).where(card_batches.c.id == batch)) is None:
        raise NotFound(f"There is no batch {batch[:60]!r}; look at the list again.")
    lying = stock_cards.c
    left = session.scalars(sa.select(lying.id).where(lying.batch_id == batch, lying.status == "stock")).all()
    return sum(withdraw(session, left[at : at + _AT_ONCE], now) for at in range(0, len(left), _AT_ONCE))


def put_back(session: Session, batch: str, now: datetime, since: datetime) -> int:
    """Undoes withdrawals of a batch made at or after `since`; how many cards lie in stock again."""
    lying = stock_cards.c
    done = session.execute(
        sa.update(stock_cards)
        .where(lying.batch_id == batch, lying.status == "withdrawn", lying.changed_at >= since)
        .values(status="stock", changed_at=now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def numbered(first: str, count: int) -> list[str]:
    """`count` tokens that count up from `first`, with its letters and leading zeros: CARD0098, CARD0099, CARD0100."""
    head = first.rstrip("0123456789")
    digits = first[len(head) :]
    if not digits or len(first) > 60 or count not in range(1, MOST_IN_BATCH + 1):
        raise Invalid(
            f"Give a first number that ends in digits, and 1 to {MOST_IN_BATCH:,} cards.", pointer="/first"
        )
    return [f"{head}{number:0{len(digits)}d}" for number in range(int(digits), int(digits) + count)]


def _cleaned(kind: str, tokens: Sequence[str], region: str) -> list[str]:
    if not 1 <= len(tokens) <= MOST_IN_BATCH:
        raise Invalid(f"A batch holds 1 to {MOST_IN_BATCH:,} cards, this one has {len(tokens):,}.", pointer="/tokens")
    values: dict[str, int] = {}
    for place, token in enumerate(tokens):
        value = normalised(kind, token, region)
        if value in values:
            sentence = f"Card {place + 1} is the same as card {values[value]}; take one of them out."
            raise Invalid(sentence, pointer=f"/tokens/{place}")
        values[value] = place + 1
    return list(values)


def _refuse_known(session: Session, kind: str, values: Sequence[str]) -> None:
    for at in range(0, len(values), _AT_ONCE):
        part = values[at : at + _AT_ONCE]
        known = session.scalar(
            sa.select(stock_cards.c.token)
            .where(stock_cards.c.kind == kind, stock_cards.c.token.in_(part), stock_cards.c.status == "stock")
            .limit(1)
        )
        used = session.scalar(
            sa.select(Card.token).where(Card.kind == kind, Card.token.in_(part), Card.status.not_in(GONE)).limit(1)
        )
        if known or used:
            where = "lies in stock already" if known else "belongs to a member already"
            raise Conflict(f"The card {str(known or used)[:40]} {where}; take it out of this batch.", pointer="/tokens")

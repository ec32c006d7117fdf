"""The ledger as people read it: rows of a member, the balance at any moment, and why a row is what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import NotFound
from loyalty.points.facts import Booking, Lot
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import lot_moves, transfers


@dataclass(frozen=True)
class LedgerRow:
    """One transfer. `amount` and `balance_after` in the wallet's smallest unit; what was taken is below zero."""

    number: int
    wallet: str
    amount: int
    balance_after: int
    kind: str
    reason: str | None
    booking: str | None
    occurred_at: datetime
    recorded_at: datetime
    reverses: int | None


@dataclass(frozen=True)
class Explanation:
    """A row with what it was decided on: programme version, inputs, rules with their arithmetic, lots touched."""

    row: LedgerRow
    member: str
    booking: Booking | None
    awards: Sequence[Award]
    purchase: Purchase | None
    lines: Sequence[PurchaseLine]
    moves: Sequence[tuple[Lot, int]]
    """Each lot with what was put in or taken out."""


def ledger_rows(
    session: Session, member: str, limit: int = 50, before: int | None = None, wallet: str | None = None
) -> list[LedgerRow]:
    """The newest first; `before` is the number of the last row of the page before."""
    statement = sa.select(transfers).where(transfers.c.member == member).order_by(transfers.c.number.desc())
    if before is not None:
        statement = statement.where(transfers.c.number < before)
    if wallet is not None:
        statement = statement.where(transfers.c.wallet == wallet)
    return [_row(row) for row in session.execute(statement.limit(limit))]


def balances_at(session: Session, member: str, moment: datetime) -> dict[str, int]:
    """By wallet: what all transfers recorded up to and including `moment` add up to, pending and held included."""
    mine = sa.case((transfers.c.credit.like("member:%"), transfers.c.amount), else_=-transfers.c.amount)
    statement = (
        sa.select(transfers.c.wallet, sa.func.sum(mine))
        .where(transfers.c.member == member, transfers.c.recorded_at <= moment)
        .group_by(transfers.c.wallet)
    )
    return {wallet: int(total) for wallet, total in session.execute(statement)}


def explain(session: Session, number: int) -> Explanation:
    """NotFound when there is no such transfer."""
    found = session.execute(sa.select(transfers).where(transfers.c.number == number)).first()
    if found is None:
        raise NotFound(f"There is no ledger row {number}; look at the member's ledger.")
    facts = SqlFacts(session)
    booking = facts.booking(found.booking) if found.booking else None
    awards = [
        award
        for award in (facts.awards_of(found.booking) if found.booking else ())
        if (award.member, award.wallet) == (found.member, found.wallet)
    ]
    purchase = facts.purchase(found.booking) if found.booking else None
    touched = sa.select(lot_moves).where(lot_moves.c.transfer == number).order_by(lot_moves.c.position)
    moves = [(facts.lot(move.lot), int(move.amount)) for move in session.execute(touched)]
    return Explanation(
        row=_row(found),
        member=found.member,
        booking=booking,
        awards=awards,
        purchase=purchase,
        lines=facts.lines_of(purchase.id) if purchase else (),
        moves=[(lot, amount) for lot, amount in moves if lot is not None],
    )


def _row(row: Any) -> LedgerRow:
    sign = 1 if row.credit.startswith("member:") else -1
    return LedgerRow(
        number=row.number,
        wallet=row.wallet,
        amount=sign * row.amount,
        balance_after=row.balance_after,
        kind=row.kind,
        reason=row.reason,
        booking=row.booking,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        reverses=row.reverses,
    )

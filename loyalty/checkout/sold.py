"""Sales as they stand, for whoever takes something back: what was bought and how much of each line is left."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.checkout.member_view import programme_of
from loyalty.db.prepared import Prepared
from loyalty.errors import NotFound
from loyalty.points.exact import tidy
from loyalty.points.facts import Exact
from loyalty.points.facts_sale import Purchase
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables_sale import purchases

_latest = Prepared(
    sa.select(purchases.c.id)
    .where(purchases.c.member == bindparam("member"))
    .order_by(purchases.c.occurred_at.desc(), purchases.c.number.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True)
class SoldLine:
    """Money in the programme's currency. `left`: how many pieces have not come back yet."""

    sku: str | None
    category: str | None
    quantity: Decimal
    left: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Sold:
    """`left` is the part of `total` that has not come back yet."""

    purchase: str
    member: str
    occurred_at: datetime
    store: str | None
    total: Decimal
    left: Decimal
    lines: tuple[SoldLine, ...]


def sold(facts: SqlFacts, id: str, now: datetime) -> Sold:
    """NotFound when no such sale is booked."""
    purchase = facts.purchase(id)
    if purchase is None:
        raise NotFound(f"There is no booked sale {id[:60]!r}; read the number from the receipt again.")
    return _read(facts, purchase, programme_of(facts, now).programme.digits)


def last_sold(facts: SqlFacts, member: str, limit: int, now: datetime) -> list[Sold]:
    """The member's sales, the latest first."""
    digits = programme_of(facts, now).programme.digits
    found = [facts.purchase(row[0]) for row in facts.cursor.rows(_latest, member=member, limit=limit)]
    return [_read(facts, purchase, digits) for purchase in found if purchase is not None]


def _read(facts: SqlFacts, purchase: Purchase, digits: int) -> Sold:
    state = facts.purchase_state(purchase.id)
    rows = sorted(facts.lines_of(purchase.id), key=lambda line: line.position)
    shares = (state.returned if state else ()) or (0,) * len(rows)
    lines = tuple(
        SoldLine(row.sku, row.category, _decimal(row.quantity), _decimal(row.quantity * (1 - share)),
                 round(_decimal(row.paid, -digits), digits))
        for row, share in zip(rows, shares, strict=True)
    )  # fmt: skip
    total, refunded = Decimal(purchase.total), Decimal(state.refunded if state else 0)
    if state and state.cancelled:
        refunded = total
    return Sold(
        purchase.id, purchase.member, purchase.occurred_at, purchase.store, total.scaleb(-digits),
        (total - refunded).scaleb(-digits), lines,
    )  # fmt: skip


def _decimal(value: Exact, shift: int = 0) -> Decimal:
    number = tidy(value)
    return (Decimal(number.numerator) / Decimal(number.denominator)).scaleb(shift)

"""What a ledger says once the numbers handed out in it are left aside: for comparing two that went the same way."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points import tables as t
from loyalty.points import tables_sale as ts
from loyalty.points.facts import LotMove

NUMBERS = {"number", "arrival", "after", "transfer", "lot", "spend", "reverses", "principal_lot", "bonus_lots"}
HASHES = {"hash", "previous_hash", "head"}
INSIDE = {"awards", "lots"}
"""Of bookings and awards: full of numbers. Awards are compared through their view."""
TABLES = (
    *(t.standings, t.accounts, t.lots, t.transfers, t.spends, t.settlements, t.holds, t.bookings, t.ledger_clock),
    *(ts.purchases, ts.purchase_states, ts.rule_uses, ts.vouchers, ts.topups, ts.entitlements, ts.tier_spells),
    ts.awards,
)


def said_by(session: Session) -> dict[str, list[Any]]:
    """Table by table the rows, those of one member in order of booking."""
    told = {table.name: _rows(session, table) for table in TABLES}
    told["lot_moves"] = _moves(session)
    return told


def _rows(session: Session, table: sa.Table) -> list[Any]:
    kept = [column for column in table.c if column.name not in NUMBERS | HASHES | INSIDE]
    order = [table.c[name] for name in ("member", "wallet", "number", "level", "id") if name in table.c]
    return [tuple(map(_without_numbers, row)) for row in session.execute(sa.select(*kept).order_by(*order))]


def _without_numbers(value: Any) -> Any:
    if isinstance(value, tuple) and all(isinstance(each, LotMove) for each in value):
        return [(each.amount, each.cost) for each in value]
    return value


def _moves(session: Session) -> list[Any]:
    """Each move with the places of its transfer and its lot in their account."""
    places = {table.name: _places(session, table) for table in (t.lots, t.transfers)}
    return sorted(
        (places["transfers"][row.transfer], row.position, places["lots"][row.lot], row.amount, row.cost)
        for row in session.execute(sa.select(t.lot_moves))
    )


def _places(session: Session, table: sa.Table) -> dict[int, Sequence[Any]]:
    seen: dict[tuple[str, str], int] = defaultdict(int)
    places: dict[int, Sequence[Any]] = {}
    for row in session.execute(sa.select(table.c.member, table.c.wallet, table.c.number).order_by(table.c.number)):
        seen[row.member, row.wallet] += 1
        places[row.number] = (row.member, row.wallet, seen[row.member, row.wallet])
    return places

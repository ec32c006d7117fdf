"""Writes a plan into the database: once, all of it or nothing, inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor, Prepared
from loyalty.points import sql_queries as q
from loyalty.points import sql_rows as rows
from loyalty.points import tables as t
from loyalty.points import tables_sale as ts
from loyalty.points.chain import FIRST, effect, link
from loyalty.points.facts import Account, Transfer
from loyalty.points.facts_sale import Voucher
from loyalty.points.facts_tier import Entitlement
from loyalty.points.plan import Plan

_HEAD_COLUMNS: dict[str, Any] = {name: bindparam(name) for name in ("transfers", "balance", "head")}
_this_account = (t.accounts.c.member == bindparam("key_member"), t.accounts.c.wallet == bindparam("key_wallet"))
_read_head = Prepared(
    sa.select(t.accounts.c.transfers, t.accounts.c.balance, t.accounts.c.head).where(*_this_account)
)
_write_head = Prepared(sa.update(t.accounts).where(*_this_account).values(_HEAD_COLUMNS))
_insert_transfer = Prepared(
    sa.insert(t.transfers).values({column.name: bindparam(column.name) for column in t.transfers.c}).inline()
)
_insert_move = Prepared(
    sa.insert(t.lot_moves).values({column.name: bindparam(column.name) for column in t.lot_moves.c}).inline()
)
_end_level = Prepared(
    sa.delete(ts.entitlements).where(
        ts.entitlements.c.member == bindparam("member"), ts.entitlements.c.level == bindparam("level")
    )
)
_take_numbers = Prepared(
    sa.update(t.counts)
    .where(t.counts.c.name == "numbers")
    .values(value=t.counts.c.value + bindparam("many"))
    .returning(t.counts.c.value)
)
_count_vouchers = Prepared(
    sa.update(t.counts)
    .where(t.counts.c.name == "vouchers", t.counts.c.value < bindparam("highest"))
    .values(value=bindparam("highest"))
)
_review_all = Prepared(
    sa.update(t.standings)
    .where(sa.or_(t.standings.c.due_at.is_(None), t.standings.c.due_at > bindparam("moment")))
    .values(due_at=bindparam("moment"))
)
_set_clock = Prepared(sa.update(t.ledger_clock).where(t.ledger_clock.c.id == 1).values(moment=bindparam("moment")))
_start_clock = Prepared(sa.insert(t.ledger_clock).values(id=1, moment=bindparam("moment")).inline())


class SqlNumbers:
    """Booking order, in blocks: one statement for each block, gaps allowed, greater than all handed out before.

    The row is locked until the transaction ends, so that a later transaction always has greater numbers.
    """

    def __init__(self, cursor: Cursor, block: int = 64) -> None:
        self._cursor = cursor
        self._block = block
        self._next = self._end = 0

    def __call__(self) -> int:
        if self._next >= self._end:
            self._end = int(self._cursor.value(_take_numbers, many=self._block))
            self._next = self._end - self._block
        self._next += 1
        return self._next


def post(session: Session, plan: Plan) -> None:
    """All rows of the plan, then its orders, then its clock."""
    if plan.empty:
        return
    cursor = Cursor(session)
    for mapping in rows.PLAIN:
        changed = plan.rows.get(mapping.kind)
        if changed:
            _write(cursor, mapping, plan, changed.values())
    _write_levels(cursor, plan.changed(Entitlement))
    _write_accounts(cursor, plan)
    ordinal = max((voucher.ordinal for voucher in plan.changed(Voucher)), default=0)
    if ordinal:
        cursor.run(_count_vouchers, [{"highest": ordinal}])
    cursor.run(_review_all, [{"moment": order.at} for order in plan.orders])
    if plan.clock_to is not None:
        cursor.run(_start_clock if cursor.value(q.clock) is None else _set_clock, [{"moment": plan.clock_to}])


def _write(cursor: Cursor, mapping: rows.Mapping[Any], plan: Plan, changed: Iterable[Any]) -> None:
    fresh: list[Any] = []
    replaced: list[Any] = []
    for row in changed:
        (fresh if plan.before(mapping.kind, row.key) is None else replaced).append(row)
    cursor.run_rows(mapping.insert, fresh)
    cursor.run_rows(mapping.update, replaced)


def _write_levels(cursor: Cursor, changed: Sequence[Entitlement]) -> None:
    """An ended level leaves no row: its history stands in the spells. One that starts again is a new row."""
    cursor.run_rows(_end_level, changed)
    cursor.run_rows(rows.entitlements.insert, [row for row in changed if row.status != "ended"])


def _write_accounts(cursor: Cursor, plan: Plan) -> None:
    """Account rows, then their transfers, each chained to the one before it."""
    _write(cursor, rows.accounts, plan, plan.rows.get(Account, {}).values())
    by_account: dict[tuple[str, str], list[Transfer]] = {}
    for transfer in plan.changed(Transfer):
        by_account.setdefault((transfer.member, transfer.wallet), []).append(transfer)
    links, moves = [], []
    for (member, wallet), transfers in by_account.items():
        key = {"key_member": member, "key_wallet": wallet}
        count, balance, head = cursor.row(_read_head, **key) or (0, 0, FIRST)
        for transfer in transfers:
            balance += effect(transfer)
            previous, head = head, link(head, transfer, balance)
            links.append(
                {**rows.transfers.values(transfer), "balance_after": balance, "previous_hash": previous, "hash": head}
            )
            moves.extend(_move_rows(transfer))
        cursor.run(_write_head, [{**key, "transfers": count + len(transfers), "balance": balance, "head": head}])
    cursor.run(_insert_transfer, links)
    cursor.run(_insert_move, moves)


def _move_rows(transfer: Transfer) -> list[dict[str, Any]]:
    return [
        {"transfer": transfer.number, "position": i, "lot": move.lot, "amount": move.amount, "cost": move.cost}
        for i, move in enumerate(transfer.moves)
    ]

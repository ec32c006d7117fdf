"""Writes a plan into the database: once, all of it or nothing, inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
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
from loyalty.points.facts import Account, Booking, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseState, Voucher
from loyalty.points.facts_tier import Entitlement, VersionRow
from loyalty.points.plan import Plan
from loyalty.points.sql_facts import VERSIONS, SqlFacts
from loyalty.points.sql_types import award_cells

_values: dict[str, Any] = {column.name: bindparam(column.name) for column in t.accounts.c}
_insert_account = Prepared(sa.insert(t.accounts).values(_values).inline())
_update_account = Prepared(
    sa.update(t.accounts)
    .where(t.accounts.c.member == bindparam("key_member"), t.accounts.c.wallet == bindparam("key_wallet"))
    .values({name: value for name, value in _values.items() if name not in ("member", "wallet")})
)
_insert_booking = Prepared(
    sa.insert(t.bookings).values({column.name: bindparam(column.name) for column in t.bookings.c}).inline()
)
_insert_transfer = Prepared(
    sa.insert(t.transfers).values({column.name: bindparam(column.name) for column in t.transfers.c}).inline()
)
_forget_change = Prepared(sa.delete(ts.purchase_changes).where(ts.purchase_changes.c.purchase == bindparam("purchase")))
_end_level = Prepared(
    sa.delete(ts.entitlements).where(
        ts.entitlements.c.member == bindparam("member"), ts.entitlements.c.level == bindparam("level")
    )
)
_MORE_NUMBERS = (
    sa.update(t.counts).where(t.counts.c.name == "numbers").values(value=t.counts.c.value + bindparam("many"))
)
_take_numbers = Prepared(_MORE_NUMBERS.returning(t.counts.c.value))
_count_numbers = Prepared(_MORE_NUMBERS)
_last_number = Prepared(sa.select(t.counts.c.value).where(t.counts.c.name == "numbers"))
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
            self._end = self._take()
            self._next = self._end - self._block
        self._next += 1
        return self._next

    def _take(self) -> int:
        """The last number of a new block. RETURNING saves PostgreSQL a journey; SQLite makes a table for it."""
        if self._cursor.dialect.name != "sqlite":
            return int(self._cursor.value(_take_numbers, many=self._block))
        self._cursor.change(_count_numbers, many=self._block)
        return int(self._cursor.value(_last_number))


def post(session: Session, plan: Plan) -> None:
    """All rows of the plan, then its orders, then its clock."""
    if plan.empty:
        return
    cursor = Cursor(session)
    for mapping in rows.PLAIN:
        changed = plan.rows.get(mapping.kind)
        if changed:
            _write(cursor, mapping, plan, changed.values())
    _write_bookings(cursor, plan)
    _write_states(cursor, plan)
    _write_levels(cursor, plan.changed(Entitlement))
    facts = plan.facts if isinstance(plan.facts, SqlFacts) else SqlFacts(session)
    _write_accounts(facts, plan)
    facts.posted()
    if VersionRow in plan.rows:
        cursor.remembered.pop(VERSIONS, None)
    ordinal = max((voucher.ordinal for voucher in plan.changed(Voucher)), default=0)
    if ordinal:
        cursor.run(_count_vouchers, [{"highest": ordinal}])
    cursor.run(_review_all, [{"moment": order.at} for order in plan.orders])
    if plan.clock_to is not None:
        cursor.run(_start_clock if cursor.value(q.clock) is None else _set_clock, [{"moment": plan.clock_to}])


def _write(cursor: Cursor, mapping: rows.Mapping[Any], plan: Plan, changed: Iterable[Any]) -> None:
    """New rows whole, of the others what has changed."""
    fresh: list[Any] = []
    replaced: dict[tuple[str, ...], list[Any]] = {}
    for row in changed:
        before = plan.before(mapping.kind, row.key)
        if before is None:
            fresh.append(row)
        elif names := mapping.changed(before, row):
            replaced.setdefault(names, []).append(row)
    cursor.run_rows(mapping.insert, fresh)
    for names, alike in replaced.items():
        cursor.run_rows(mapping.update(names), alike)


def _write_bookings(cursor: Cursor, plan: Plan) -> None:
    """A booking with what it awarded. Awards of the clock have a table of their own."""
    inside: dict[str | None, list[Any]] = {booking.id: [] for booking in plan.changed(Booking)}
    alone = []
    for award in plan.changed(Award):
        if award.booking in inside:
            inside[award.booking].append(award_cells(award))
        else:
            alone.append(award)
    values = rows.bookings.values
    cursor.run(_insert_booking, [{**values(row), "awards": inside[row.id]} for row in plan.changed(Booking)])
    cursor.run_rows(rows.clock_awards.insert, alone)


def _write_states(cursor: Cursor, plan: Plan) -> None:
    """Sales that no longer stand as they were booked."""
    sales = plan.rows.get(Purchase, {})
    for state in plan.changed(PurchaseState):
        sale = sales.get(state.purchase)
        if sale is None or PurchaseState(sale.id, sale.member, sale.day, sale.number, sale.total) != state:
            cursor.run_rows(_forget_change, [state])
            cursor.run_rows(rows.purchase_changes.insert, [state])


def _write_levels(cursor: Cursor, changed: Sequence[Entitlement]) -> None:
    """An ended level leaves no row: its history stands in the spells. One that starts again is a new row."""
    cursor.run_rows(_end_level, changed)
    cursor.run_rows(rows.entitlements.insert, [row for row in changed if row.status != "ended"])


def _write_accounts(facts: SqlFacts, plan: Plan) -> None:
    """Account rows and their transfers, each chained to the one before it."""
    by_account: dict[tuple[str, str], list[Transfer]] = {}
    for transfer in plan.changed(Transfer):
        by_account.setdefault((transfer.member, transfer.wallet), []).append(transfer)
    cursor, links = facts.cursor, []
    for account in plan.changed(Account):
        known = facts.head(account.member, account.wallet)
        count, balance, head = known or (0, 0, FIRST)
        transfers = by_account.pop(account.key, ())
        for transfer in transfers:
            balance += effect(transfer)
            previous, head = head, link(head, transfer, balance)
            links.append(
                {**rows.transfers.values(transfer), "balance_after": balance, "previous_hash": previous, "hash": head}
            )
        values = rows.accounts.values(account)
        values |= {"transfers": count + len(transfers), "balance": balance, "head": head}
        if known is None:
            cursor.run(_insert_account, [values])
        else:
            cursor.run(_update_account, [{**values, "key_member": account.member, "key_wallet": account.wallet}])
    assert not by_account, "a transfer changes its account"
    links.sort(key=itemgetter("number"))
    cursor.run(_insert_transfer, links)

"""Points that came long after the sale, from many receipts, by hand, or for goods that came back."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from loyalty.db.base import Moment
from loyalty.insight.odd_rules import Settings
from loyalty.insight.odd_sales import SALES_NAMED, Finding
from loyalty.insight.report import Books
from loyalty.members.record_tables import point_requests
from loyalty.points.calendar import day_of
from loyalty.points.tables import spends
from loyalty.points.tables_sale import purchase_states, purchases

_work = sa.table(
    "staff_work", *(sa.column(name) for name in ("kind", "command", "counter", "member", "status", "done_by")),
    sa.column("occurred_at", Moment), sa.column("done_at", Moment),
)  # fmt: skip
_outcomes = sa.table("outcomes", sa.column("id"), sa.column("verb"), sa.column("recorded_at", Moment))
"""Both belong to the counters' use cases; read here as facts."""
_BY_MEMBER = "member:%"


def late(books: Books, settings: Settings) -> Iterator[Finding]:
    """A sale that stood without its member, or with another, got its points long after it was paid."""
    most = settings.limits["late"]["hours"]
    for row in (*_given_late(books), *_moved(books)):
        hours = int((row.given_at - row.occurred_at) / timedelta(hours=1))
        if row.given_at - row.occurred_at > timedelta(hours=most):
            by = row.by or ""
            facts = {"sales": [row.sale], "hours": hours, "limit": most, "by_member": by.startswith("member:")}
            staff = "" if by.startswith("member:") else by
            yield Finding("late", row.sale, row.given_at, facts, row.member, staff, row.store or "")


def _given_late(books: Books) -> list[Any]:
    at, sale = _work.c, purchases.c
    bounds = books.bounds([books.span], Moment())
    statement = (
        sa.select(sale.id.label("sale"), sale.member, sale.store, sale.occurred_at, at.done_at.label("given_at"),
                  at.done_by.label("by"))
        .join_from(bounds, _work, sa.and_(at.done_at >= bounds.c.low, at.done_at < bounds.c.high))
        .join(purchases, sale.id == at.command)
        .where(at.kind == "unmatched_sale", at.status == "done", at.member.is_not(None))
    )  # fmt: skip
    return list(books.session.execute(statement))


def _moved(books: Books) -> list[Any]:
    """Sales of these days that were moved from one member to another."""
    sale, kept = purchases.c, _outcomes.c
    statement = (
        sa.select(sale.id.label("sale"), sale.member, sale.store, sale.occurred_at,
                  kept.recorded_at.label("given_at"), sa.literal("").label("by"))
        .join_from(purchases, _outcomes, kept.id == sale.id)
        .where(sale.day.between(books.span.first, books.span.last), kept.verb == "move_purchase")
    )  # fmt: skip
    return list(books.session.execute(statement))


def receipts(books: Books, settings: Settings) -> Iterator[Finding]:
    """One member claimed more sales by the codes on their receipts on one day than a shopper makes."""
    most, at, sale = settings.limits["receipts"]["receipts"], _work.c, purchases.c
    bounds = books.bounds([books.span], Moment())
    statement = (
        sa.select(at.member, at.command, at.done_at, sale.store)
        .join_from(bounds, _work, sa.and_(at.done_at >= bounds.c.low, at.done_at < bounds.c.high))
        .join(purchases, sale.id == at.command)
        .where(at.kind == "unmatched_sale", at.done_by.like(_BY_MEMBER))
        .order_by(at.done_at)
    )
    by_day: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in books.session.execute(statement):
        by_day[row.member, day_of(row.done_at, books.zone)].append(row)
    for (member, day), rows in by_day.items():
        if len(rows) > most:
            facts = {"sales": [row.command for row in rows][:SALES_NAMED], "count": len(rows), "limit": most,
                     "stores": len({row.store for row in rows if row.store})}  # fmt: skip
            yield Finding("receipts", f"{member} {day}", rows[-1].done_at, facts, member)


def by_hand(books: Books, settings: Settings) -> Iterator[Finding]:
    """One of the staff moved more points by hand on one day than the shop allows itself; given and taken both count."""
    most, at = settings.limits["by_hand"]["points"], point_requests.c
    bounds = books.bounds([books.span], at.asked_at.type)
    statement = (
        sa.select(at.asked_by, at.wallet, at.units, at.asked_at, at.member_id)
        .join_from(bounds, point_requests, sa.and_(at.asked_at >= bounds.c.low, at.asked_at < bounds.c.high))
        .where(at.status == "booked")
        .order_by(at.asked_at)
    )
    by_day: dict[tuple[str, str, date], list[Any]] = defaultdict(list)
    for row in books.session.execute(statement):
        by_day[row.asked_by, row.wallet, day_of(row.asked_at, books.zone)].append(row)
    for (staff, wallet, day), rows in by_day.items():
        moved = books.points(wallet, sum(abs(int(row.units)) for row in rows))
        if moved > most:
            members = sorted({row.member_id for row in rows})
            facts = {"count": len(rows), "points": f"{moved:f}", "wallet": wallet, "limit": most,
                     "members": members[:SALES_NAMED], "of": len(members)}  # fmt: skip
            one = members[0] if len(members) == 1 else None
            yield Finding("by_hand", f"{staff} {wallet} {day}", rows[-1].asked_at, facts, one, staff)


def returns(books: Books, settings: Settings) -> Iterator[Finding]:
    """Goods came back again and again of sales in which a reward was used: more in one calendar month than usual."""
    most, s, sale = settings.limits["returns"]["sales"], purchase_states.c, purchases.c
    first = books.span.first.replace(day=1)
    used = sa.exists().where(spends.c.booking == s.purchase)
    statement = (
        sa.select(s.member, s.purchase, s.day, s.refunded, sale.occurred_at, sale.store)
        .join_from(purchase_states, purchases, sale.id == s.purchase)
        .where(s.day.between(first, books.span.last), sa.or_(s.refunded > 0, s.cancelled.is_(True)), used)
        .order_by(sale.occurred_at)
    )
    by_month: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in books.session.execute(statement):
        by_month[row.member, f"{row.day:%Y-%m}"].append(row)
    for (member, month), rows in by_month.items():
        if len(rows) > most:
            facts = {"sales": [row.purchase for row in rows][:SALES_NAMED], "count": len(rows), "limit": most,
                     "refunded": str(books.money(sum(int(row.refunded) for row in rows)))}  # fmt: skip
            at: datetime = rows[-1].occurred_at
            yield Finding("returns", f"{member} {month}", at, facts, member, store=rows[-1].store or "")

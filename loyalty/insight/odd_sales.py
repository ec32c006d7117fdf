"""Cards that are used too often, at two places at once, or by the very person at the till."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from loyalty.insight.odd_rules import Settings
from loyalty.insight.report import Books
from loyalty.members.watch_tables import staff_members, staff_sales
from loyalty.points.calendar import day_of
from loyalty.points.tables_sale import purchase_states, purchases

SALES_NAMED = 20
"""Sales that a finding names; the count is of all."""
HOUR = timedelta(hours=1)
_AT_ONCE = 400


@dataclass(frozen=True)
class Finding:
    """Something to look at. `key`: what a rule tells once. `facts`: plain JSON, `sales` holds ids of sales."""

    rule: str
    key: str
    at: datetime
    facts: Mapping[str, Any]
    member: str | None = None
    staff: str = ""
    store: str = ""


def often_day(books: Books, settings: Settings) -> Iterator[Finding]:
    """More sales of one member on one local day than usual; those that came back in full do not count."""
    most = settings.limits["often_day"]["sales"]
    s, sale = purchase_states.c, purchases.c
    count = sa.func.count().label("number")
    statement = (
        sa.select(s.member, s.day, count, sa.func.max(sale.occurred_at, type_=sale.occurred_at.type).label("at"),
                  sa.func.sum(s.net).label("net"), sa.func.count(sa.distinct(sale.store)).label("stores"))
        .join_from(purchase_states, purchases, sale.id == s.purchase)
        .where(s.counts.is_(True), s.day.between(books.span.first, books.span.last))
        .group_by(s.member, s.day)
        .having(count > most)
    )  # fmt: skip
    found = books.session.execute(statement).all()
    theirs = _sales_of(books, {row.member for row in found})
    for row in found:
        same = [one for one in theirs[row.member] if one.day == row.day]
        facts = {"sales": _ids(same), "count": int(row.number), "limit": most, "stores": int(row.stores),
                 "net": str(books.money(int(row.net)))}  # fmt: skip
        yield Finding("often_day", f"{row.member} {row.day}", row.at, facts, row.member, store=_last_store(same))


def often_hour(books: Books, settings: Settings) -> Iterator[Finding]:
    """More sales of one member within 60 minutes than usual; each member at most once a day."""
    most = settings.limits["often_hour"]["sales"]
    for member, sales in _sales_of(books, _close_together(books, most)).items():
        told = set()
        for place in range(most, len(sales)):
            burst = sales[place - most : place + 1]
            if burst[-1].at - burst[0].at <= HOUR and burst[-1].day not in told:
                told.add(burst[-1].day)
                minutes = int((burst[-1].at - burst[0].at).total_seconds() // 60)
                facts = {"sales": _ids(burst), "count": len(burst), "limit": most, "minutes": minutes}
                key = f"{member} {burst[-1].day}"
                yield Finding("often_hour", key, burst[-1].at, facts, member, store=_last_store(burst))


def _close_together(books: Books, most: int) -> set[str]:
    """Members with a sale whose `most`-th one before it lies in the hour before."""
    at = purchases.c.occurred_at
    for_each = {"partition_by": purchases.c.member, "order_by": (at, purchases.c.number)}
    if not most:
        earlier: Any = at.label("earlier")
    else:
        earlier = sa.type_coerce(sa.func.lag(at, most).over(**for_each), at.type).label("earlier")  # type: ignore[arg-type]
    inner = _counted(books).with_only_columns(purchases.c.member, at.label("at"), earlier).subquery()
    rows = books.session.execute(sa.select(inner).where(inner.c.earlier.is_not(None)))
    return {row.member for row in rows if row.at - row.earlier <= HOUR}


def two_stores(books: Books, settings: Settings) -> Iterator[Finding]:
    """One card at two stores, nearer in time than anybody travels; stores that lie side by side are left out."""
    most, sale = settings.limits["two_stores"]["minutes"], purchases.c
    for_each: Any = {"partition_by": sale.member, "order_by": (sale.occurred_at, sale.number)}

    def before(column: sa.Column[Any]) -> Any:
        return sa.type_coerce(sa.func.lag(column).over(**for_each), column.type)

    inner = (
        _counted(books)
        .with_only_columns(sale.id, sale.member, sale.store, sale.occurred_at, before(sale.id).label("first"),
                           before(sale.store).label("left"), before(sale.occurred_at).label("left_at"))
        .where(sale.store.is_not(None))
        .subquery()
    )  # fmt: skip
    for row in books.session.execute(sa.select(inner).where(inner.c.left != inner.c.store)):
        minutes = int((row.occurred_at - row.left_at).total_seconds() // 60)
        if minutes < most and settings.far_apart(row.left, row.store):
            facts = {"sales": [row.first, row.id], "from": row.left, "to": row.store, "minutes": minutes, "limit": most}
            yield Finding("two_stores", row.id, row.occurred_at, facts, row.member, store=row.store)


def own_card(books: Books, settings: Settings) -> Iterator[Finding]:
    """Whoever stood at the till collected on their own card, more often on one day than allowed."""
    most, at, s = settings.limits["own_card"]["sales"], staff_sales.c, purchase_states.c
    bounds = books.bounds([books.span], at.occurred_at.type)
    statement = (
        sa.select(at.staff, at.member_id, at.purchase, at.occurred_at, s.net)
        .join_from(bounds, staff_sales, sa.and_(at.occurred_at >= bounds.c.low, at.occurred_at < bounds.c.high))
        .join(staff_members, staff_members.c.staff == at.staff)
        .join(purchase_states, s.purchase == at.purchase)
        .where(s.counts.is_(True), staff_members.c.member_id == at.member_id)
        .order_by(at.occurred_at)
    )
    by_day: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in books.session.execute(statement):
        by_day[row.staff, row.member_id, str(day_of(row.occurred_at, books.zone))].append(row)
    for (staff, member, day), rows in by_day.items():
        if len(rows) > most:
            ids = [row.purchase for row in rows][:SALES_NAMED]
            net = str(books.money(sum(int(row.net) for row in rows)))
            facts = {"sales": ids, "count": len(rows), "limit": most, "net": net}
            yield Finding("own_card", f"{staff} {member} {day}", rows[-1].occurred_at, facts, member, staff)


@dataclass(frozen=True)
class _Sale:
    id: str
    day: Any
    at: datetime
    store: str = field(default="")


def _counted(books: Books) -> Any:
    s = purchase_states.c
    return (
        sa.select(purchases.c.id)
        .join_from(purchase_states, purchases, purchases.c.id == s.purchase)
        .where(s.counts.is_(True), s.day.between(books.span.first, books.span.last))
    )


def _sales_of(books: Books, members: Iterable[str]) -> dict[str, list[_Sale]]:
    """Their sales of these days that count, in order of time."""
    found: dict[str, list[_Sale]] = defaultdict(list)
    sale, wanted = purchases.c, sorted(members)
    for start in range(0, len(wanted), _AT_ONCE):
        some = _counted(books).with_only_columns(sale.id, sale.member, sale.day, sale.occurred_at, sale.store)
        some = some.where(sale.member.in_(wanted[start : start + _AT_ONCE])).order_by(sale.occurred_at, sale.number)
        for row in books.session.execute(some):
            found[row.member].append(_Sale(row.id, row.day, row.occurred_at, row.store or ""))
    return found


def _ids(sales: list[_Sale]) -> list[str]:
    return [sale.id for sale in sales][:SALES_NAMED]


def _last_store(sales: list[_Sale]) -> str:
    return sales[-1].store if sales else ""

"""What deserves a second look: many sales of one member in one day, points by hand, and what counters did to cards."""

import sqlalchemy as sa

from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition
from loyalty.members.card_tables import card_reports
from loyalty.members.record_tables import point_requests
from loyalty.members.tables import Member
from loyalty.points.tables_sale import purchase_states, purchases

OFTEN = 3
"""Sales of one member in one local day from which on the day is shown."""
MOST_ROWS = 500


def frequent(books: Books) -> list[tuple[Cell, ...]]:
    s, days = purchase_states.c, books.span
    number = sa.func.count().label("number")
    stores = sa.func.count(sa.distinct(purchases.c.store)).label("stores")
    statement = (
        sa.select(s.day, Member.number.label("who"), number, stores, sa.func.sum(s.net).label("net"))
        .join_from(purchase_states, purchases, purchases.c.id == s.purchase)
        .join(Member, Member.id == s.member)
        .where(s.counts.is_(True), s.day.between(days.first, days.last))
        .group_by(s.day, Member.number)
        .having(sa.func.count() >= OFTEN)
        .order_by(number.desc(), s.day.desc(), Member.number)
        .limit(MOST_ROWS)
    )
    return [
        (f"{row.who} {row.day.isoformat()}", int(row.number), int(row.stores), books.money(int(row.net)))
        for row in books.session.execute(statement)
    ]


def by_hand(books: Books) -> list[tuple[Cell, ...]]:
    at, bounds = point_requests.c, books.bounds([books.span], point_requests.c.asked_at.type)

    def total(condition: sa.ColumnElement[bool], value: sa.ColumnElement[int] | int) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0)

    booked = at.status == "booked"
    statement = (
        sa.select(
            at.asked_by, at.wallet, total(booked, 1).label("bookings"),
            total(sa.and_(booked, at.units > 0), at.units).label("given"),
            total(sa.and_(booked, at.units < 0), -at.units).label("taken"),
            total(at.status == "waiting", 1).label("waiting"), total(at.status == "refused", 1).label("refused"),
        )
        .join_from(bounds, point_requests, sa.and_(at.asked_at >= bounds.c.low, at.asked_at < bounds.c.high))
        .group_by(at.asked_by, at.wallet)
        .order_by(sa.desc("given"), at.asked_by, at.wallet)
    )  # fmt: skip
    return [
        (row.asked_by, row.wallet, int(row.bookings), books.points(row.wallet, int(row.given)),
         books.points(row.wallet, int(row.taken)), int(row.waiting), int(row.refused))
        for row in books.session.execute(statement)
    ]  # fmt: skip


def cards(books: Books) -> list[tuple[Cell, ...]]:
    at, bounds = card_reports.c, books.bounds([books.span], card_reports.c.occurred_at.type)
    kinds = [sa.func.sum(sa.case((at.kind == kind, 1), else_=0)).label(kind) for kind in ("printed", "written", "read")]
    doubted = sa.func.sum(sa.case((at.verdict != "ok", 1), else_=0)).label("doubted")
    statement = (
        sa.select(at.counter, *kinds, doubted)
        .join_from(bounds, card_reports, sa.and_(at.occurred_at >= bounds.c.low, at.occurred_at < bounds.c.high))
        .group_by(at.counter)
        .order_by(at.counter)
    )
    return [(row.counter, *(int(part) for part in row[1:])) for row in books.session.execute(statement)]


WATCH = (
    Definition(
        "frequent",
        N_("Whose card is used many times in one day?"),
        (
            Column("member", "text", N_("Member number and local day, from three sales on that day.")),
            Column("sales", "count", N_("Sales of the day that were not returned in full.")),
            Column("stores", "count", N_("Different stores among them.")),
            Column("net", "money", N_("Paid, less what was returned until today.")),
        ),
        frequent,
        "sales",
    ),
    Definition(
        "by-hand",
        N_("Who gives points by hand?"),
        (
            Column("staff", "text", N_("Who asked for the points.")),
            Column("wallet", "text", N_("The wallet's name in the programme.")),
            Column("bookings", "count", N_("Requests of these days that were booked.")),
            Column("given", "points", N_("Points credited by them.")),
            Column("taken", "points", N_("Points taken off by them.")),
            Column("waiting", "count", N_("Requests that wait for a second person.")),
            Column("refused", "count", N_("Requests that a second person refused.")),
        ),
        by_hand,
        "given",
    ),
    Definition(
        "cards",
        N_("What do counters do to cards?"),
        (
            Column("counter", "text", N_("The counter that reported it.")),
            Column("printed", "count", N_("Faces printed.")),
            Column("written", "count", N_("Chips or stripes written.")),
            Column("read", "count", N_("Cards read and compared with what they should hold.")),
            Column("doubted", "count", N_("Reports of a card that may be a copy, or whose contents were bent.")),
        ),
        cards,
        "printed",
    ),
)

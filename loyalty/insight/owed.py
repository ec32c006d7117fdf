"""What the shop owes its members, how old that is, when it goes, and what share is never used.

All of it as it stands now, from the lots: the time asked about chooses lots by the day they were credited.
"""

from collections import defaultdict
from datetime import timedelta

import sqlalchemy as sa

from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition, name_of, share
from loyalty.points.calendar import day_of, start_of_day
from loyalty.points.tables import accounts, lots

AGES = ((30, "0-30"), (90, "31-90"), (180, "91-180"), (365, "181-365"), (None, "366+"))
"""Days since a lot was credited, in local days."""


def liability(books: Books) -> list[tuple[Cell, ...]]:
    a = accounts.c
    sums = [sa.func.sum(column).label(column.name) for column in (a.active, a.pending, a.held, a.deficit)]
    holders = sa.func.sum(sa.case((a.balance > 0, 1), else_=0)).label("holders")
    rows = books.session.execute(sa.select(a.wallet, *sums, holders).group_by(a.wallet).order_by(a.wallet))
    found: list[tuple[Cell, ...]] = []
    for row in rows:
        parts = [int(part) for part in (row.active, row.pending, row.held, row.deficit)]
        outstanding = parts[0] + parts[1] + parts[2] - parts[3]
        shown = [books.points(row.wallet, part) for part in (outstanding, *parts)]
        found.append((row.wallet, *shown, books.worth(row.wallet, outstanding), int(row.holders)))
    return found


def ageing(books: Books) -> list[tuple[Cell, ...]]:
    moment = lots.c.credited_at.type
    left = lots.c.remaining + lots.c.held
    edges = [
        (lots.c.credited_at >= sa.literal(start_of_day(books.today - timedelta(days=days), books.zone), moment), number)
        for number, (days, _) in enumerate(AGES)
        if days is not None
    ]
    age = sa.case(*edges, else_=len(AGES) - 1).label("age")
    statement = sa.select(age, lots.c.wallet, sa.func.sum(left).label("units"), sa.func.count().label("lots"))
    rows = books.session.execute(statement.where(left > 0).group_by(age, lots.c.wallet).order_by(age, lots.c.wallet))
    found: list[tuple[Cell, ...]] = []
    for row in rows:
        units = int(row.units)
        shown = books.points(row.wallet, units), books.worth(row.wallet, units)
        found.append((AGES[row.age][1], row.wallet, *shown, row.lots))
    return found


def expiring(books: Books) -> list[tuple[Cell, ...]]:
    left = lots.c.remaining + lots.c.held
    statement = sa.select(lots.c.wallet, lots.c.expires_at, lots.c.follows_activity, sa.func.sum(left).label("units"))
    grouped = statement.where(left > 0).group_by(lots.c.wallet, lots.c.expires_at, lots.c.follows_activity)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in books.session.execute(grouped):
        if row.expires_at is not None:
            last = day_of(row.expires_at - timedelta(microseconds=1), books.zone)
            month = f"{last:%Y-%m}"
        else:
            month = "inactivity" if row.follows_activity else "never"
        found[month, row.wallet] += int(row.units)
    return [
        (month, wallet, books.points(wallet, units), books.worth(wallet, units))
        for (month, wallet), units in sorted(found.items())
    ]


def breakage(books: Books) -> list[tuple[Cell, ...]]:
    pieces = books.pieces()
    bounds = books.bounds(pieces, lots.c.credited_at.type)
    inside = sa.and_(lots.c.credited_at >= bounds.c.low, lots.c.credited_at < bounds.c.high)
    statement = (
        sa.select(bounds.c.piece, lots.c.wallet)
        .add_columns(*(sa.func.sum(lots.c[name]).label(name) for name in ("amount", "expired", "remaining", "held")))
        .join_from(bounds, lots, inside)
        .group_by(bounds.c.piece, lots.c.wallet)
        .order_by(bounds.c.piece, lots.c.wallet)
    )
    found: list[tuple[Cell, ...]] = []
    for row in books.session.execute(statement):
        issued, expired, left = int(row.amount), int(row.expired), int(row.remaining) + int(row.held)
        figures = [books.points(row.wallet, units) for units in (issued, issued - expired - left, expired, left)]
        found.append((name_of(pieces[row.piece]), row.wallet, *figures, share(expired, issued)))
    return found


_WALLET = Column("wallet", "text", N_("The wallet's name in the programme."))
_VALUE = Column(
    "value", "money", N_("Points times the value of a point in the programme in force; 0 where it has none.")
)

OWED = (
    Definition(
        "liability",
        N_("What do we owe our members?"),
        (
            _WALLET,
            Column("outstanding", "points", N_("Active, pending and held points less what members owe: all balances.")),
            Column("active", "points", N_("Points that can be spent now.")),
            Column("pending", "points", N_("Points that were given but do not count yet.")),
            Column("held", "points", N_("Points set aside for a reward or a payment that is not settled.")),
            Column("deficit", "points", N_("Points that members owe the shop, after returns.")),
            _VALUE,
            Column("holders", "count", N_("Accounts with a balance above zero.")),
        ),
        liability,
        "outstanding",
    ),
    Definition(
        "ageing",
        N_("How old are the points we owe?"),
        (
            Column("age", "text", N_("Local days since the points were credited.")),
            _WALLET,
            Column("points", "points", N_("What is left or held of points of that age.")),
            _VALUE,
            Column("lots", "count", N_("Credits that the points are left of.")),
        ),
        ageing,
        "points",
    ),
    Definition(
        "expiring",
        N_("When do the points go if nobody uses them?"),
        (
            Column("month", "text", N_("Month of the last local day; `inactivity` and `never` have no date.")),
            _WALLET,
            Column("points", "points", N_("What is left or held of points with that last day.")),
            _VALUE,
        ),
        expiring,
        "points",
    ),
    Definition(
        "breakage",
        N_("What share of the points is never used?"),
        (
            Column("credited", "text", N_("Day or month in which the points were credited.")),
            _WALLET,
            Column("issued", "points", N_("Points credited then.")),
            Column("used", "points", N_("Of them: spent or taken back.")),
            Column("expired", "points", N_("Of them: expired unused.")),
            Column("left", "points", N_("Of them: still there.")),
            Column("breakage", "percent", N_("Expired as a share of issued; it grows until none are left.")),
        ),
        breakage,
        "issued",
    ),
)

"""Settlement between stores: points that one store gave and another took, so that one can make it good to the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa

from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition
from loyalty.members.watch_tables import booking_places
from loyalty.points.tables import lots, transfers
from loyalty.points.tables_sale import purchases

_AT_ONCE = 500
_NONE = "-"

Taken = Mapping[tuple[str, str, int], int]
"""Units by wallet, using store and lot."""


def settlement(books: Books) -> list[tuple[Cell, ...]]:
    taken = _taken(books)
    gave = dict(_givers(books, {lot for _wallet, _store, lot in taken}))
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for (wallet, used, lot), units in taken.items():
        sums[gave.get(lot) or _NONE, used, wallet] += units
    return [_row(books, *key, units) for key, units in sorted(sums.items()) if units]


def _row(books: Books, gave: str, used: str, wallet: str, units: int) -> tuple[Cell, ...]:
    value = books.worth(wallet, units)
    across = _NONE not in (gave, used) and gave != used
    return gave, used, wallet, books.points(wallet, units), value, value if across else books.money(0)


def _taken(books: Books) -> Taken:
    """What was spent in the time, less what was given back in it; given back counts for the store that took it."""
    t, first, sale, place = transfers.c, transfers.alias("first"), purchases.c, booking_places.c
    booking = sa.func.coalesce(first.c.booking, t.booking)
    bounds = books.bounds([books.span], t.occurred_at.type)
    inside = sa.and_(t.occurred_at >= bounds.c.low, t.occurred_at < bounds.c.high)
    statement = (
        sa.select(t.wallet, t.moves, sa.func.coalesce(sale.store, place.store).label("store"))
        .join_from(bounds, transfers, inside)
        .outerjoin(first, first.c.number == t.reverses)
        .outerjoin(purchases, sale.id == booking)
        .outerjoin(booking_places, place.booking == booking)
        .where(t.kind.in_(("spend", "restore")))
        .execution_options(yield_per=1_000)
    )
    found: dict[tuple[str, str, int], int] = defaultdict(int)
    for row in books.session.execute(statement):
        for move in row.moves:
            found[row.wallet, row.store or _NONE, move.lot] -= move.amount
    return found


def _givers(books: Books, wanted: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The store of the sale that each lot was given for; lots of anything else are left out."""
    numbers = sorted(wanted)
    for start in range(0, len(numbers), _AT_ONCE):
        some = sa.select(lots.c.number, purchases.c.store).join(purchases, purchases.c.id == lots.c.booking)
        some = some.where(lots.c.number.in_(numbers[start : start + _AT_ONCE]), purchases.c.store.is_not(None))
        yield from ((row.number, row.store) for row in books.session.execute(some))


SETTLEMENT = (
    Definition(
        "settlement",
        N_("Which store owes which for points used?"),
        (
            Column("gave", "text", N_("The store whose sale gave the points; - stands for none.")),
            Column("used_at", "text", N_("The store in which they were used; - stands for none.")),
            Column("wallet", "text", N_("The wallet's name in the programme.")),
            Column("points", "points", N_("Used in this time, less what was given back in it.")),
            Column("value", "money", N_("Points times the value of a point in the programme in force.")),
            Column("owed", "money", N_("What the first store owes the second; 0 where they are one, or not known.")),
        ),
        settlement,
        "points",
    ),
)

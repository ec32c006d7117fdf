"""What moved: points in and out, members between levels, sales of the stores."""

from collections import defaultdict

import sqlalchemy as sa

from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition, name_of, share
from loyalty.points.tables import transfers
from loyalty.points.tables_sale import purchase_states, purchases, tier_spells

_IN = ("earn", "credit", "topup")
_SPENT = ("spend", "restore")
_EXPIRED = ("expire",)


def earn_burn(books: Books) -> list[tuple[Cell, ...]]:
    t, pieces = transfers.c, books.pieces()
    bounds = books.bounds(pieces, t.occurred_at.type)
    signed = sa.case((t.credit == "member:" + t.member + ":" + t.wallet, t.amount), else_=-t.amount)
    statement = (
        sa.select(bounds.c.piece, t.wallet, t.kind, sa.func.sum(signed).label("units"))
        .join_from(bounds, transfers, sa.and_(t.occurred_at >= bounds.c.low, t.occurred_at < bounds.c.high))
        .group_by(bounds.c.piece, t.wallet, t.kind)
    )
    sums: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in books.session.execute(statement):
        sums[row.piece, row.wallet][row.kind] += int(row.units)
    found: list[tuple[Cell, ...]] = []
    for (piece, wallet), kinds in sorted(sums.items()):
        issued = sum(kinds.get(kind, 0) for kind in _IN)
        spent = -sum(kinds.get(kind, 0) for kind in _SPENT)
        expired = -sum(kinds.get(kind, 0) for kind in _EXPIRED)
        net = sum(kinds.values())
        other = net - issued + spent + expired
        figures = [books.points(wallet, units) for units in (issued, spent, expired, other, net)]
        found.append((name_of(pieces[piece]), wallet, *figures, share(spent, issued)))
    return found


def tier_flow(books: Books) -> list[tuple[Cell, ...]]:
    s = tier_spells.c
    order = (s.at, s.number)
    before = sa.func.lag(s.tier).over(partition_by=s.member, order_by=order).label("old")
    last = sa.func.row_number().over(partition_by=s.member, order_by=[column.desc() for column in order]).label("back")
    rank = {level.name: level.rank for level in books.programme.tiers.levels} if books.programme.tiers else {}

    def members_at(condition: sa.ColumnElement[bool]) -> dict[str | None, int]:
        spells = sa.select(s.tier, last).where(condition).subquery()
        counted = sa.select(spells.c.tier, sa.func.count()).where(spells.c.back == 1).group_by(spells.c.tier)
        return {tier: int(number) for tier, number in books.session.execute(counted)}

    at_start, at_end = members_at(s.since < books.span.first), members_at(s.since <= books.span.last)
    steps = sa.select(s.tier, s.since, before).subquery()
    inside = steps.c.since.between(books.span.first, books.span.last)
    flow = sa.select(steps.c.old, steps.c.tier, sa.func.count()).where(inside).group_by(steps.c.old, steps.c.tier)
    came: dict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])  # new and up, down, left up, left down
    for old, tier, number in books.session.execute(flow):
        up = rank.get(tier, -1) >= rank.get(old, -1)
        came[tier][0 if up else 1] += int(number)
        if old is not None:
            came[old][2 if up else 3] += int(number)
    levels = sorted({*at_start, *at_end, *came, *rank}, key=lambda tier: (rank.get(tier or "", -1), tier or ""))
    return [(tier or "-", at_start.get(tier, 0), *came[tier], at_end.get(tier, 0)) for tier in levels]


def sales(books: Books) -> list[tuple[Cell, ...]]:
    p, s = purchases.c, purchase_states.c
    statement = (
        sa.select(p.store, sa.func.count().label("sales"), sa.func.sum(s.net).label("net"))
        .add_columns(sa.func.count(sa.distinct(p.member)).label("members"), sa.func.sum(s.refunded).label("refunded"))
        .join_from(purchases, purchase_states, s.purchase == p.id)
        .where(p.day.between(books.span.first, books.span.last), s.counts.is_(True))
        .group_by(p.store)
        .order_by(p.store)
    )
    return [
        (row.store or "-", row.sales, row.members, books.money(int(row.net)), books.money(int(row.refunded)),
         books.money(int(row.net) // row.sales))
        for row in books.session.execute(statement)
    ]  # fmt: skip


_WHEN = Column("day", "text", N_("Local day or month in which it happened."))

FLOWS = (
    Definition(
        "earn-burn",
        N_("How many points come in, how many are used?"),
        (
            _WHEN,
            Column("wallet", "text", N_("The wallet's name in the programme.")),
            Column("issued", "points", N_("Earned, credited by hand and topped up, before returns.")),
            Column("spent", "points", N_("Spent on rewards and payments, less what was given back.")),
            Column("expired", "points", N_("Expired unused.")),
            Column("other", "points", N_("Returns, debits by hand and transfers: what else changed balances.")),
            Column("net", "points", N_("By how much all balances changed.")),
            Column("burn", "percent", N_("Spent as a share of issued.")),
        ),
        earn_burn,
        "issued",
    ),
    Definition(
        "tier-flow",
        N_("Who goes up, who goes down?"),
        (
            Column("level", "text", N_("The level's name in the programme; - stands for none.")),
            Column("at_start", "count", N_("Members in it before the first day.")),
            Column("came_up", "count", N_("Members who came into it new or from below.")),
            Column("came_down", "count", N_("Members who came into it from above.")),
            Column("left_up", "count", N_("Members who left it upwards.")),
            Column("left_down", "count", N_("Members who left it downwards.")),
            Column(
                "at_end", "count", N_("Members in it after the last day: at the start, plus who came, less who left.")
            ),
        ),
        tier_flow,
        "at_end",
    ),
    Definition(
        "sales",
        N_("What do members buy in each store?"),
        (
            Column("store", "text", N_("The store as the till names it; - stands for none.")),
            Column(
                "sales", "count", N_("Sales of members that were not returned in full, by the local day of the sale.")
            ),
            Column("members", "count", N_("Different members among them.")),
            Column("net", "money", N_("Paid, less what was returned until today.")),
            Column("returned", "money", N_("Returned of these sales until today.")),
            Column("average", "money", N_("Net by sale.")),
        ),
        sales,
        "net",
    ),
)

"""Profitability: what sales to members bring after the points they earn, and who brings most of it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, in_order, month_name, month_of, part, total
from loyalty.insight.marked import N_
from loyalty.insight.relationships import relationship
from loyalty.insight.report import Cell
from loyalty.insight.scores import CLASSES
from loyalty.members.value_tables import member_values
from loyalty.points.tables import standings, transfers

TENTHS = 10


def _grouped(scope: Scope, sales: sa.Subquery, key: ColumnElement[Any], source: Any) -> dict[Any, list[int]]:
    """Buyers, net, discount and worth of the points earned (smallest units of money), by a key over `source`, which
    holds the sales.
    """
    statement = sa.select(key.label("name"), sa.func.count(sa.distinct(sales.c.member)).label("members"))
    statement = statement.add_columns(sa.func.sum(sales.c.net), sa.func.sum(sales.c.discount)).select_from(source)
    found = {
        name: [int(members), int(net), int(discount), 0]
        for name, members, net, discount in scope.session.execute(statement.group_by(key))
    }
    move = transfers.c
    earned = (
        sa.select(key.label("name"), move.wallet, sa.func.sum(move.amount))
        .select_from(source.join(transfers, sa.and_(move.booking == sales.c.purchase, move.kind == "earn")))
        .group_by(key, move.wallet)
    )
    worth: dict[Any, Fraction] = {}
    for name, wallet, units in scope.session.execute(earned):
        worth[name] = worth.get(name, Fraction(0)) + _worth(scope, wallet, int(units))
    for name, value in worth.items():
        found[name][3] = int(value)
    return found


def _worth(scope: Scope, wallet: str, units: int) -> Fraction:
    """In the smallest unit of money, not rounded."""
    known = scope.programme.wallets.get(wallet)
    if known is None:
        return Fraction(0)
    return Fraction(known.value_per_point) * units * Fraction(10**scope.programme.digits, 10**known.decimals)


def _cells(scope: Scope, name: Cell, figures: list[int], all_net: int) -> tuple[Cell, ...]:
    members, net, discount, points = figures
    return (name, members, scope.money(net), part(net, all_net), scope.money(discount), scope.money(points),
            part(points, net), _left(scope, net, points))  # fmt: skip


def _left(scope: Scope, net: int, points: int) -> Decimal | None:
    if scope.margin is None:
        return None
    return scope.money(Fraction(net) * Fraction(scope.margin) / 100 - points)


def _table(scope: Scope, found: dict[Any, list[int]]) -> list[tuple[Cell, ...]]:
    all_net = sum(figures[1] for figures in found.values())
    return [_cells(scope, name, figures, all_net) for name, figures in found.items()]


def months(scope: Scope) -> list[tuple[Cell, ...]]:
    sales = scope.sales()
    found = _grouped(scope, sales, month_of(sales.c.day), sales)
    return _table(scope, {month_name(month): found[month] for month in sorted(found)})


def levels(scope: Scope) -> list[tuple[Cell, ...]]:
    sales = scope.sales()
    source = sales.outerjoin(standings, standings.c.member == sales.c.member)
    names = [level.name for level in scope.programme.tiers.levels] if scope.programme.tiers else []
    found = _table(scope, _grouped(scope, sales, sa.func.coalesce(standings.c.tier, "-"), source))
    return in_order(found, ["-", *names])


def classes(scope: Scope) -> list[tuple[Cell, ...]]:
    """By the customer pyramid, with the relationship that numbers and money propose."""
    sales = scope.sales()
    source = sales.outerjoin(member_values, member_values.c.member_id == sales.c.member)
    found = _grouped(scope, sales, sa.func.coalesce(member_values.c.pyramid, "unknown"), source)
    buyers, all_net = sum(each[0] for each in found.values()), sum(each[1] for each in found.values())
    rows = [
        (*row, relationship(part(found[row[0]][0], buyers), _against_mean(found[row[0]], buyers, all_net)))
        for row in _table(scope, found)
    ]
    return in_order(rows, CLASSES)


def _against_mean(figures: list[int], buyers: int, all_net: int) -> Fraction:
    """Net by buyer as a multiple of everybody's."""
    members, net = figures[0], figures[1]
    return Fraction(net * buyers, members * all_net) if members and all_net > 0 else Fraction(0)


def tenths(scope: Scope) -> list[tuple[Cell, ...]]:
    """Buyers from the best to the least, in ten groups of the same size."""
    sales = scope.sales()
    net = sa.func.sum(sales.c.net).label("net")
    each = sa.select(sales.c.member, net).group_by(sales.c.member).subquery()
    tenth = sa.func.ntile(TENTHS).over(order_by=(each.c.net.desc(), each.c.member)).label("tenth")
    ranked = sa.select(each.c.net, tenth).subquery()
    statement = sa.select(ranked.c.tenth, sa.func.count().label("members"), sa.func.sum(ranked.c.net).label("net"))
    rows = scope.rows(statement.group_by(ranked.c.tenth).order_by(ranked.c.tenth))
    everything, so_far = total(rows, "net"), 0
    found: list[tuple[Cell, ...]] = []
    for row in rows:
        so_far += int(row.net)
        shares = part(row.net, everything), part(so_far, everything)
        found.append((str(row.tenth), row.members, scope.money(int(row.net)), *shares))
    return found


def _net(scope: Scope) -> Cell:
    return scope.money(int(scope.session.scalar(sa.select(sa.func.sum(scope.sales().c.net))) or 0))


def _points(scope: Scope) -> Cell:
    sales = scope.sales()
    return scope.money(sum(each[3] for each in _grouped(scope, sales, sa.literal("all"), sales).values()))


def _best_fifth(scope: Scope) -> Cell:
    rows = tenths(scope)
    shared = rows[1][4] if len(rows) == TENTHS else None
    return shared


_MONEY = (
    Shown("members", "count", N_("Members with a purchase in the time that was not returned in full."), N_("Buyers")),
    Shown("net", "money", N_("What they paid in the time, less what was returned until today."), N_("Net sales")),
    Shown("share", "percent", N_("Of the sales of all rows."), N_("Share")),
    Shown("discount", "money", N_("What levels, offers and vouchers took off; it is no longer in the sales."),
          N_("Discounts")),
    Shown("points", "money", N_("Points earned with these sales, before returns, at the programme's value of a point."),
          N_("Points, worth")),
    Shown("rate", "percent", N_("Worth of the points as a share of the sales."), N_("Points, share")),
    Shown("left", "money", N_("Sales times the margin typed above, less the worth of the points; empty without one."),
          N_("Left")),
)  # fmt: skip
_CLASS = Shown("class", "word",
               N_("Buyers of the last 365 days by their sales: the best 1, next 4, next 15 percent, and the rest."),
               N_("Class"))  # fmt: skip
_BOND = Shown("bond", "word", N_("Proposed from the share of buyers and the sales of each; see the help below."),
              N_("Relationship"))  # fmt: skip

PROFITABILITY = Analysis(
    "profitability",
    N_("Profitability"),
    N_("What do sales to members bring, and who brings most of it?"),
    (
        Headline("net", N_("Net sales"), "money",
                 N_("What members paid in the time, less what was returned until today."), _net),
        Headline("points", N_("Points, worth"), "money",
                 N_("Points earned with these sales, before returns, at the programme's value of a point."), _points),
        Headline("fifth", N_("Best fifth brings"), "percent",
                 N_("Share of the sales that the best 20 percent of the buyers bring."), _best_fifth),
    ),
    (
        View("month", N_("by month"), (Shown("month", "month", N_("Calendar month."), N_("Month")), *_MONEY),
             months, "net"),
        View("level", N_("by level"), (
            Shown("level", "text", N_("The level a member has now; – stands for none."), N_("Level")), *_MONEY,
        ), levels, "net"),
        View("class", N_("customer pyramid"), (_CLASS, *_MONEY, _BOND), classes, "net"),
        View("tenth", N_("80/20"), (
            Shown("tenth", "text", N_("Buyers from the best to the least, in ten groups of the same size."),
                  N_("Tenth")),
            Shown("members", "count", N_("Buyers in the group."), N_("Buyers")),
            Shown("net", "money", N_("What they paid in the time, less what was returned."), N_("Net sales")),
            Shown("share", "percent", N_("Of all sales."), N_("Share")),
            Shown("so_far", "percent", N_("Of this group and those before it together."), N_("Together")),
        ), tenths, "share"),
    ),
)  # fmt: skip

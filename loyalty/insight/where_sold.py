"""Performance: what is sold where, when and in which channel."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, part, total
from loyalty.insight.marked import N_
from loyalty.insight.report import Cell
from loyalty.points.tables_sale import purchase_lines

WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MOST_CATEGORIES = 200


def _table(scope: Scope, rows: Any) -> list[tuple[Cell, ...]]:
    everything = total(rows, "net")
    return [
        (row.name, row.sales, row.members, scope.money(int(row.net)), part(row.net, everything),
         scope.money(int(row.net) // row.sales))
        for row in rows
    ]  # fmt: skip


def _grouped(scope: Scope, key: str) -> list[tuple[Cell, ...]]:
    sales = scope.sales()
    name: ColumnElement[Any] = sa.func.coalesce(sales.c[key], "-")
    return _table(scope, scope.rows(_counted(sales, name).order_by(sa.func.sum(sales.c.net).desc(), name)))


def _counted(sales: sa.Subquery, key: ColumnElement[Any]) -> sa.Select[Any]:
    statement = sa.select(key.label("name"), sa.func.count().label("sales"), sa.func.sum(sales.c.net).label("net"))
    return statement.add_columns(sa.func.count(sa.distinct(sales.c.member)).label("members")).group_by(key)


def stores(scope: Scope) -> list[tuple[Cell, ...]]:
    return _grouped(scope, "store")


def channels(scope: Scope) -> list[tuple[Cell, ...]]:
    return _grouped(scope, "channel")


def weekdays(scope: Scope) -> list[tuple[Cell, ...]]:
    sales = scope.sales()
    rows = _table(scope, scope.rows(_counted(sales, sa.extract("dow", sales.c.day))))
    by_day = {int(str(row[0])): row[1:] for row in rows}
    return [(WEEK[day % 7], *by_day[day % 7]) for day in range(1, 8) if day % 7 in by_day]


def categories(scope: Scope) -> list[tuple[Cell, ...]]:
    sales, line = scope.sales(), purchase_lines.c
    name = sa.func.coalesce(line.category, "-")
    amount = sa.func.sum(line.amount)
    statement = (
        sa.select(name.label("name"), sa.func.count(sa.distinct(sales.c.purchase)).label("sales"), amount.label("net"))
        .add_columns(sa.func.count(sa.distinct(sales.c.member)).label("members"))
        .join_from(sales, purchase_lines, line.purchase == sales.c.purchase)
        .group_by(name)
        .order_by(amount.desc(), name)
    )
    return _table(scope, scope.rows(statement))[:MOST_CATEGORIES]


def _net(scope: Scope) -> Cell:
    return scope.money(int(scope.session.scalar(sa.select(sa.func.sum(scope.sales().c.net))) or 0))


def _sales(scope: Scope) -> Cell:
    return int(scope.session.scalar(sa.select(sa.func.count()).select_from(scope.sales())) or 0)


def _average(scope: Scope) -> Cell:
    sales = scope.sales()
    number, net = scope.session.execute(sa.select(sa.func.count(), sa.func.sum(sales.c.net)).select_from(sales)).one()
    return scope.money(int(net) // number) if number else None


_COUNTS = (
    Shown("sales", "count", N_("Purchases of members that were not returned in full."), N_("Purchases")),
    Shown("members", "count", N_("Different members among them."), N_("Members")),
    Shown("net", "money", N_("Paid in the time, less what was returned until today."), N_("Net sales")),
    Shown("share", "percent", N_("Of the sales of all rows."), N_("Share")),
    Shown("each", "money", N_("Sales by purchase."), N_("By purchase")),
)
_LINES = (
    Shown("sales", "count", N_("Purchases with goods of the category."), N_("Purchases")),
    Shown("members", "count", N_("Different members among them."), N_("Members")),
    Shown("net", "money", N_("Amounts of the lines as the till sent them, of purchases not returned in full."),
          N_("Net sales")),
    Shown("share", "percent", N_("Of the sales of all rows."), N_("Share")),
    Shown("each", "money", N_("Sales by purchase."), N_("By purchase")),
)  # fmt: skip

PERFORMANCE = Analysis(
    "performance",
    N_("Performance"),
    N_("What sells where, and when?"),
    (
        Headline("net", N_("Net sales"), "money",
                 N_("What members paid in the time, less what was returned until today."), _net),
        Headline("sales", N_("Purchases"), "count", N_("Purchases of members that were not returned in full."), _sales),
        Headline("average", N_("By purchase"), "money", N_("Sales by purchase."), _average),
    ),
    (
        View("category", N_("by category"), (
            Shown("category", "text", N_("The category as the till names it; - stands for none."), N_("Category")),
            *_LINES,
        ), categories, "net", few=15),
        View("store", N_("by store"), (
            Shown("store", "text", N_("The store as the till names it; - stands for none."), N_("Store")), *_COUNTS,
        ), stores, "net", few=15),
        View("channel", N_("by channel"), (
            Shown("channel", "text", N_("How it was sold, as the till says; - stands for none."), N_("Channel")),
            *_COUNTS,
        ), channels, "net"),
        View("weekday", N_("by weekday"), (
            Shown("weekday", "word", N_("The shop's local day of the purchase."), N_("Weekday")), *_COUNTS,
        ), weekdays, "net"),
    ),
)  # fmt: skip

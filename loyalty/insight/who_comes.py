"""Prospecting: where sales are heading, who is leaving, and what the coming year may bring."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, in_order, month_name, month_of
from loyalty.insight.marked import N_
from loyalty.insight.report import Cell, Span
from loyalty.insight.scores import CLASSES
from loyalty.members.tables import Member
from loyalty.members.value_tables import member_values

LATELY = 90
RISKS = ((250, "under 25 %"), (500, "25-50 %"), (750, "50-75 %"), (900, "75-90 %"), (1001, "over 90 %"))
"""Thousandths of `alive` below which each band ends."""
MOVES = ("no longer buying", "falling", "steady", "rising", "new or back")


def trend(scope: Scope) -> list[tuple[Cell, ...]]:
    """Sales by calendar month, with the mean of three and the change against the month before."""
    sales = scope.sales()
    month = month_of(sales.c.day)
    rows = scope.rows(sa.select(month.label("month"), sa.func.sum(sales.c.net).label("net")).group_by(month))
    net = {int(row.month): int(row.net) for row in rows}
    if not net:
        return []
    found: list[tuple[Cell, ...]] = []
    for number in range(min(net), max(net) + 1):
        now, before = net.get(number, 0), net.get(number - 1)
        last = [net.get(each, 0) for each in range(max(min(net), number - 2), number + 1)]
        change = round(Decimal(now - before) * 100 / before, 1) if before else None
        found.append((month_name(number), scope.money(now), scope.money(sum(last) // len(last)), change))
    return found


def moves(scope: Scope) -> list[tuple[Cell, ...]]:
    """Members by how their last 90 days compare with the 90 before."""
    sales = scope.sales(Span(scope.ago(2 * LATELY - 1), scope.span.last))
    recent = sales.c.day > scope.span.last - timedelta(days=LATELY)
    now, before = (
        sa.func.sum(sa.case((condition, sales.c.net), else_=0)) for condition in (recent, sa.not_(recent))
    )
    each = sa.select(now.label("now"), before.label("before")).group_by(sales.c.member).subquery()
    key = sa.case(
        (each.c.before <= 0, "new or back"),
        (each.c.now <= 0, "no longer buying"),
        (each.c.now * 10 > each.c.before * 12, "rising"),
        (each.c.now * 10 < each.c.before * 8, "falling"),
        else_="steady",
    )
    statement = sa.select(key, sa.func.count(), sa.func.sum(each.c.before), sa.func.sum(each.c.now)).group_by(key)
    rows = [
        (name, members, scope.money(int(earlier)), scope.money(int(later)), scope.money(int(later) - int(earlier)))
        for name, members, earlier, later in scope.session.execute(statement)
    ]
    return in_order(rows, MOVES)


def _valued(scope: Scope, key: Any) -> Any:
    """Members with a value, by a key over it, what they brought in the year and may bring in the next."""
    value = member_values.c
    statement = (
        sa.select(key.label("name"), sa.func.count().label("members"), sa.func.sum(value.spent_year).label("year"))
        .add_columns(sa.func.sum(value.alive).label("alive"), sa.func.sum(value.expected).label("expected"))
        .add_columns(sa.func.sum(value.next_year).label("next"), sa.func.sum(value.lifetime).label("lifetime"))
        .join_from(member_values, Member, Member.id == value.member_id)
        .where(scope.people(), value.alive.is_not(None))
        .group_by(key)
    )
    return scope.rows(statement)


def risk(scope: Scope) -> list[tuple[Cell, ...]]:
    key = sa.case(*((member_values.c.alive < edge, name) for edge, name in RISKS), else_=RISKS[-1][1])
    rows = [
        (row.name, row.members, scope.money(int(row.year)), scope.money(int(row.next))) for row in _valued(scope, key)
    ]
    return in_order(rows, [name for _edge, name in RISKS])


def future(scope: Scope) -> list[tuple[Cell, ...]]:
    rows = [
        (row.name, row.members, _tenth(row.alive), _tenth(row.expected), scope.money(int(row.next)),
         scope.money(int(row.lifetime)))
        for row in _valued(scope, member_values.c.pyramid)
    ]  # fmt: skip
    return in_order(rows, CLASSES)


def _tenth(thousandths: int | Decimal) -> Decimal:
    return round(Decimal(int(thousandths)) / 1000, 1)


def _expected(scope: Scope) -> Cell:
    rows = _valued(scope, sa.literal("all"))
    return scope.money(int(rows[0].next)) if rows else None


def _at_risk(scope: Scope) -> Cell:
    rows = risk(scope)
    return sum(int(str(row[1])) for row in rows if row[0] in (RISKS[0][1], RISKS[1][1])) if rows else None


def _stopped(scope: Scope) -> Cell:
    return next((row[1] for row in moves(scope) if row[0] == "no longer buying"), 0)


_CLASS = Shown("class", "word",
               N_("Buyers of the last 365 days by their sales: the best 1, next 4, next 15 percent, and the rest."),
               N_("Class"))  # fmt: skip
_MEMBERS = Shown("members", "count", N_("Members of the row who are not closed and have bought."), N_("Members"))
_NEXT = Shown("next", "money", N_("Purchases to be expected in 365 days, times what each spends, by the model."),
              N_("Next 12 months"))  # fmt: skip

PROSPECTING = Analysis(
    "prospecting",
    N_("Prospecting"),
    N_("Where are sales heading, and who is leaving?"),
    (
        Headline("expected", N_("Next 12 months"), "money",
                 N_("What today's members may buy in 365 days, by the model of lifetime value."), _expected),
        Headline("risk", N_("Probably gone"), "count",
                 N_("Members who are still customers with a probability below 50 percent."), _at_risk),
        Headline("stopped", N_("Stopped"), "count",
                 N_("Members who bought in the 90 days before the last 90, and not since."), _stopped),
    ),
    (
        View("trend", N_("trend"), (
            Shown("month", "month", N_("Calendar month."), N_("Month")),
            Shown("net", "money", N_("Paid in the time, less what was returned until today."), N_("Net sales")),
            Shown("mean", "money", N_("Mean of this month and the two before it."), N_("Mean of three")),
            Shown("change", "percent", N_("Against the month before."), N_("Difference")),
        ), trend, "net"),
        View("moves", N_("rising and falling"), (
            Shown("move", "word", N_("Sales of the last 90 days against the 90 before: rising and falling by more than"
                                     " a fifth."), N_("Members who are")),
            Shown("members", "count", N_("Members who bought in these 180 days."), N_("Members")),
            Shown("before", "money", N_("Their sales in the 90 days before the last 90."), N_("Before")),
            Shown("now", "money", N_("Their sales in the last 90 days."), N_("Now")),
            Shown("change", "money", N_("Now less before."), N_("Difference")),
        ), moves, "change"),
        View("risk", N_("who may be gone"), (
            Shown("risk", "word", N_("Probability of still being a customer, by the model."), N_("Still a customer")),
            _MEMBERS,
            Shown("year", "money", N_("What they bought in the last 365 days."), N_("Last 12 months")), _NEXT,
        ), risk, "members"),
        View("future", N_("the coming year"), (
            _CLASS, _MEMBERS,
            Shown("alive", "ratio", N_("How many of them still are customers, by the model."), N_("Still customers")),
            Shown("expected", "ratio", N_("Days of purchase to be expected in 365 days."), N_("Purchases")), _NEXT,
            Shown("lifetime", "money", N_("The same over three years; later years count 10 percent less each."),
                  N_("Lifetime value")),
        ), future, "next"),
    ),
)  # fmt: skip

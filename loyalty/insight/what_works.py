"""Promotion: which rules and rewards are used, and how their users differ from the others."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, part
from loyalty.insight.marked import N_
from loyalty.insight.report import Cell
from loyalty.points.calendar import end_of_day, start_of_day
from loyalty.points.tables import bookings, spends
from loyalty.points.tables_sale import rule_uses


def rules(scope: Scope) -> list[tuple[Cell, ...]]:
    """Rules and offers of the programme, by how often they gave something."""
    use, sales = rule_uses.c, scope.sales()
    wanted = [use.undone.is_(False), use.day.between(scope.span.first, scope.span.last), scope.theirs(use.member)]
    joined = sa.outerjoin(rule_uses, sales, sales.c.purchase == use.booking)
    if scope.store:
        wanted.append(sales.c.purchase.is_not(None))
    counted = (
        sa.select(use.section, use.name, sa.func.count().label("times"), sa.func.sum(sales.c.net).label("net"))
        .add_columns(sa.func.count(sa.distinct(use.member)).label("members"))
        .select_from(joined)
        .where(*wanted)
        .group_by(use.section, use.name)
    )
    points = _points_of(scope, joined, wanted)
    rows: list[tuple[Cell, ...]] = [
        (row.name, row.section, row.times, row.members, round(points[row.section, row.name]),
         scope.money(int(row.net or 0)))
        for row in scope.rows(counted)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-int(str(row[2])), str(row[0])))


def _points_of(scope: Scope, joined: Any, wanted: list[ColumnElement[bool]]) -> dict[tuple[str, str], Fraction]:
    """Exact points by rule: those with one denominator are added up by the database."""
    use = rule_uses.c
    statement = sa.select(use.section, use.name, use.points_under, sa.func.sum(use.points_over))
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    grouped = statement.select_from(joined).where(*wanted).group_by(use.section, use.name, use.points_under)
    for section, name, under, over in scope.session.execute(grouped):
        found[section, name] += Fraction(int(over), int(under) or 1)
    return found


def _redeemed(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on bookings of rewards that were taken in the time."""
    at = bookings.c
    first = sa.literal(start_of_day(scope.span.first, scope.zone), at.occurred_at.type)
    last = sa.literal(end_of_day(scope.span.last, scope.zone), at.occurred_at.type)
    return [at.verb != "purchase", at.occurred_at >= first, at.occurred_at < last, spends.c.reward.is_not(None),
            scope.theirs(spends.c.member)]  # fmt: skip


def rewards(scope: Scope) -> list[tuple[Cell, ...]]:
    spend = spends.c
    statement = (
        sa.select(spend.reward, spend.wallet, sa.func.sum(spend.pieces), sa.func.count(sa.distinct(spend.member)))
        .add_columns(sa.func.sum(spend.amount), sa.func.sum(spend.restored))
        .join_from(spends, bookings, bookings.c.id == spend.booking)
        .where(*_redeemed(scope))
        .group_by(spend.reward, spend.wallet)
    )
    rows: list[tuple[Cell, ...]] = [
        (reward, wallet, int(pieces), members, scope.points(wallet, int(amount) - int(back)),
         scope.worth(wallet, int(amount) - int(back)))
        for reward, wallet, pieces, members, amount, back in scope.session.execute(statement)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-int(str(row[2])), str(row[0])))


def users(scope: Scope) -> list[tuple[Cell, ...]]:
    """Buyers who took a reward in the time, and those who did not."""
    taken = sa.select(spends.c.member).join_from(spends, bookings, bookings.c.id == spends.c.booking)
    sales = scope.sales()
    key = sa.case((sales.c.member.in_(taken.where(*_redeemed(scope))), "took a reward"), else_="took none")
    statement = sa.select(key.label("name"), sa.func.count(sa.distinct(sales.c.member)), sa.func.count())
    statement = statement.add_columns(sa.func.sum(sales.c.net)).group_by(key).order_by(key)
    return [
        (name, members, number, *(scope.money(int(net) // each) for each in (1, members, number)))
        for name, members, number, net in scope.session.execute(statement)
    ]


def _rewards(scope: Scope) -> Cell:
    return sum(int(str(row[2])) for row in rewards(scope))


def _share(scope: Scope) -> Cell:
    rows = {row[0]: int(str(row[1])) for row in users(scope)}
    return part(rows.get("took a reward", 0), sum(rows.values())) if rows else None


_WALLET = Shown("wallet", "text", N_("The wallet's name in the programme."), N_("Wallet"))
PROMOTION = Analysis(
    "promotion",
    N_("Promotion"),
    N_("Which rules and rewards do members use?"),
    (
        Headline("rewards", N_("Rewards taken"), "count", N_("Rewards redeemed in the time, all stores."), _rewards),
        Headline("share", N_("Buyers who took one"), "percent",
                 N_("Of the members who bought in the time: took a reward in it."), _share),
    ),
    (
        View("rules", N_("rules and offers"), (
            Shown("rule", "text", N_("The rule's or offer's name in the programme."), N_("Rule")),
            Shown("section", "word", N_("The part of the programme that it stands in."), N_("Part")),
            Shown("times", "count", N_("How often it gave something that was not taken back."), N_("Times")),
            Shown("members", "count", N_("Different members among them."), N_("Members")),
            Shown("points", "count", N_("Points that it gave, in the smallest unit of its wallet."), N_("Points")),
            Shown("net", "money", N_("Sales in which it gave something; one sale may count for several rules."),
                  N_("Net sales")),
        ), rules, "times"),
        View("rewards", N_("rewards"), (
            Shown("reward", "text", N_("The reward's name in the programme."), N_("Reward")), _WALLET,
            Shown("times", "count", N_("How many were taken in the time, all stores."), N_("Taken")),
            Shown("members", "count", N_("Different members among them."), N_("Members")),
            Shown("points", "points", N_("Spent on it, less what was given back."), N_("Points")),
            Shown("worth", "money", N_("These points at the programme's value of a point."), N_("Worth")),
        ), rewards, "times"),
        View("users", N_("with and without"), (
            Shown("group", "word", N_("Buyers of the time, by whether they took a reward in it. Who buys more takes"
                                      " more: only a hold-out group shows what a reward brings."), N_("Buyers who")),
            Shown("members", "count", N_("Members of the group."), N_("Members")),
            Shown("sales", "count", N_("Their purchases in the time."), N_("Purchases")),
            Shown("net", "money", N_("Paid in the time, less what was returned until today."), N_("Net sales")),
            Shown("each", "money", N_("Sales by member."), N_("By member")),
            Shown("basket", "money", N_("Sales by purchase."), N_("By purchase")),
        ), users, "each"),
    ),
)  # fmt: skip

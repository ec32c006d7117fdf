"""Persistency: who comes again, how soon, and how many come back month after month."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, month_name, month_of, part
from loyalty.insight.marked import N_
from loyalty.insight.report import Cell

GAPS = ((7, "up to 7 days"), (14, "8-14 days"), (30, "15-30 days"), (60, "31-60 days"), (90, "61-90 days"))
LONGEST = "over 90 days"


def months(scope: Scope) -> list[tuple[Cell, ...]]:
    """Buyers of each calendar month: new ones, those of the month before, and those who had stayed away."""
    sales = scope.ever()
    month = month_of(sales.c.day)
    each = (
        sa.select(sales.c.member, month.label("month"), sa.func.count(sa.distinct(sales.c.day)).label("days"))
        .group_by(sales.c.member, month)
        .subquery()
    )
    before = sa.func.lag(each.c.month).over(partition_by=each.c.member, order_by=each.c.month)
    steps = sa.select(each, before.label("before")).subquery()

    def number(condition: Any, name: str) -> Any:
        return sa.func.sum(sa.case((condition, 1), else_=0)).label(name)

    statement = (
        sa.select(steps.c.month, sa.func.count().label("buyers"))
        .add_columns(number(steps.c.before.is_(None), "new"), number(steps.c.before == steps.c.month - 1, "kept"))
        .add_columns(number(steps.c.before < steps.c.month - 1, "back"), number(steps.c.days > 1, "twice"))
        .group_by(steps.c.month)
        .order_by(steps.c.month)
    )
    first = scope.span.first.year * 12 + scope.span.first.month - 1
    rows = scope.rows(statement)
    buyers = {int(row.month): int(row.buyers) for row in rows}
    return [
        (month_name(row.month), row.buyers, int(row.new), int(row.kept), int(row.back),
         part(row.kept, buyers[row.month - 1]) if buyers.get(row.month - 1) else None, part(row.twice, row.buyers))
        for row in rows
        if row.month >= first
    ]  # fmt: skip


def cohorts(scope: Scope) -> list[tuple[Cell, ...]]:
    """Members by the month of their first purchase: how many came a second time, within how many days."""
    pairs: dict[str, tuple[date, date | None]] = {}
    for member, day in _days(scope):
        first, second = pairs.get(member, (day, None))
        pairs[member] = (first, second or (day if day > first else None))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for first, second in pairs.values():
        month = found[f"{first:%Y-%m}"]
        month["all"] += 1
        for days in (30, 90, 180):
            month[str(days)] += second is not None and (second - first).days <= days
    start = f"{scope.span.first:%Y-%m}"
    return [
        (month, each["all"], *(part(each[days], each["all"]) for days in ("30", "90", "180")))
        for month, each in sorted(found.items())
        if month >= start
    ]


def _days(scope: Scope, since: date | None = None) -> Iterable[tuple[str, date]]:
    """Each member's different days of purchase, by member and day."""
    sales = scope.ever()
    statement = sa.select(sales.c.member, sales.c.day).distinct().order_by(sales.c.member, sales.c.day)
    if since is not None:
        statement = statement.where(sales.c.day >= since)
    for row in scope.session.execute(statement.execution_options(yield_per=5_000)):
        yield row.member, row.day


def _gaps(scope: Scope) -> list[int]:
    """Days between one day of purchase and the next, both in the time."""
    found, last_member, last_day = [], "", date.min
    for member, day in _days(scope, scope.span.first):
        if member == last_member:
            found.append((day - last_day).days)
        last_member, last_day = member, day
    return found


def gaps(scope: Scope) -> list[tuple[Cell, ...]]:
    found = Counter(next((name for days, name in GAPS if gap <= days), LONGEST) for gap in _gaps(scope))
    names = [*(name for _days_, name in GAPS), LONGEST]
    return [(name, found[name], part(found[name], found.total())) for name in names] if found else []


def silence(scope: Scope) -> list[tuple[Cell, ...]]:
    """Members by days since their last purchase, on the last day asked about."""
    sales, last = scope.ever(), scope.span.last
    state = sa.func.max(sales.c.day, type_=sa.Date()).label("day")
    each = sa.select(sales.c.member, state, sa.func.sum(sales.c.net).label("net")).group_by(sales.c.member).subquery()
    key = sa.case(*((each.c.day >= last - timedelta(days=days), name) for days, name in GAPS), else_=LONGEST)
    counted = sa.select(key.label("name"), sa.func.count().label("members"), sa.func.sum(each.c.net).label("net"))
    rows = {row.name: row for row in scope.rows(counted.group_by(key))}
    everybody = sum(row.members for row in rows.values())
    return [
        (name, rows[name].members, part(rows[name].members, everybody), scope.money(int(rows[name].net)))
        for name in [*(name for _days_, name in GAPS), LONGEST]
        if name in rows
    ]


def _repeat(scope: Scope) -> Cell:
    sales = scope.sales()
    days = sa.func.count(sa.distinct(sales.c.day)).label("days")
    each = sa.select(days).select_from(sales).group_by(sales.c.member).subquery()
    statement = sa.select(sa.func.count(), sa.func.sum(sa.case((each.c.days > 1, 1), else_=0))).select_from(each)
    everybody, twice = scope.session.execute(statement).one()
    return part(twice, everybody) if everybody else None


def _median_gap(scope: Scope) -> Cell:
    found = sorted(_gaps(scope))
    return found[len(found) // 2] if found else None


_SHARE = Shown("share", "percent", N_("Of all rows together."), N_("Share"))
_WAIT = Shown("wait", "word", N_("Days from one day of purchase to the member's next one."), N_("Days between"))
_SILENT = Shown("silent", "word", N_("Days since the last purchase, on the last day asked about."), N_("Last purchase"))
_FIRST = Shown("month", "month", N_("Month of the member's first purchase."), N_("First purchase"))

PERSISTENCY = Analysis(
    "persistency",
    N_("Persistency"),
    N_("Who comes again, and how soon?"),
    (
        Headline("repeat", N_("Buy again"), "percent",
                 N_("Members who bought on two days or more, of all who bought in the time."), _repeat),
        Headline("gap", N_("Days between purchases"), "count",
                 N_("The middle one of all gaps between two days of purchase of the same member."), _median_gap),
    ),
    (
        View("month", N_("by month"), (
            Shown("month", "month", N_("Calendar month."), N_("Month")),
            Shown("buyers", "count", N_("Members who bought in the month."), N_("Buyers")),
            Shown("new", "count", N_("Of them: bought for the first time."), N_("New")),
            Shown("kept", "count", N_("Of them: had bought in the month before."), N_("Kept")),
            Shown("back", "count", N_("Of them: had bought before, but not in the month before."), N_("Returning")),
            Shown("kept_share", "percent", N_("Kept as a share of the month before."), N_("Kept, share")),
            Shown("twice", "percent", N_("Of the month's buyers: came on two days or more."), N_("Came twice")),
        ), months, "buyers"),
        View("cohort", N_("by first purchase"), (
            _FIRST,
            Shown("members", "count", N_("Members who first bought in that month."), N_("Members")),
            Shown("in_30", "percent", N_("Came again within 30 days; recent months still grow."), N_("In 30 days")),
            Shown("in_90", "percent", N_("Came again within 90 days; recent months still grow."), N_("In 90 days")),
            Shown("in_180", "percent", N_("Came again within 180 days; recent months still grow."), N_("In 180 days")),
        ), cohorts, "in_30"),
        View("gap", N_("by days between"), (
            _WAIT, Shown("times", "count", N_("How often that was so in the time."), N_("Times")), _SHARE,
        ), gaps, "times"),
        View("silence", N_("by last purchase"), (
            _SILENT,
            Shown("members", "count", N_("Members whose last purchase was then."), N_("Members")),
            _SHARE,
            Shown("net", "money", N_("What they have bought so far."), N_("Net sales")),
        ), silence, "members"),
    ),
)  # fmt: skip

"""Profile: who the members are, and which of them buy."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.insight.analysis import Analysis, Headline, Scope, Shown, View, in_order, part, total
from loyalty.insight.marked import N_
from loyalty.insight.report import Cell
from loyalty.members.tables import Member
from loyalty.points.calendar import start_of_day
from loyalty.points.tables import standings

AGES = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
TENURES = ((30, "up to 1 month"), (91, "1-3 months"), (182, "3-6 months"), (365, "6-12 months"))


def _grouped(scope: Scope, key: ColumnElement[str]) -> list[tuple[Cell, ...]]:
    """Members by `key`, an expression over a member's row, and what they bought."""
    sales = scope.sales()
    each = sa.select(sales.c.member, sa.func.sum(sales.c.net).label("net")).group_by(sales.c.member).subquery()
    statement = (
        sa.select(key.label("name"), sa.func.count().label("members"), sa.func.count(each.c.member).label("buyers"))
        .add_columns(sa.func.coalesce(sa.func.sum(each.c.net), 0).label("net"))
        .select_from(Member)
        .outerjoin(each, each.c.member == Member.id)
        .outerjoin(standings, standings.c.member == Member.id)
        .where(scope.people())
        .group_by(key)
        .order_by(key)
    )
    rows = scope.rows(statement)
    everybody = total(rows, "members")
    return [
        (row.name, row.members, part(row.members, everybody), row.buyers, part(row.buyers, row.members),
         scope.money(int(row.net)), scope.money(int(row.net) // row.buyers) if row.buyers else None)
        for row in rows
    ]  # fmt: skip


def levels(scope: Scope) -> list[tuple[Cell, ...]]:
    names = [level.name for level in scope.programme.tiers.levels] if scope.programme.tiers else []
    return in_order(_grouped(scope, sa.func.coalesce(standings.c.tier, "-")), ["-", *names])


def languages(scope: Scope) -> list[tuple[Cell, ...]]:
    return _grouped(scope, Member.__table__.c.language)


def ages(scope: Scope) -> list[tuple[Cell, ...]]:
    """By whole years on the last day asked about."""
    born, last = Member.__table__.c.birthday, scope.span.last

    def before(years: int) -> date:
        day = 28 if (last.month, last.day) == (2, 29) else last.day
        return date(last.year - years, last.month, day)

    key = sa.case(
        (born.is_(None), "unknown"), *((born > before(years), name) for years, name in AGES), else_="65 and older"
    )
    return in_order(_grouped(scope, key), [*(name for _years, name in AGES), "65 and older", "unknown"])


def tenure(scope: Scope) -> list[tuple[Cell, ...]]:
    joined = Member.__table__.c.joined_at

    def after(days: int) -> ColumnElement[bool]:
        edge = scope.span.last - timedelta(days=days - 1)
        return joined >= sa.literal(start_of_day(edge, scope.zone), joined.type)

    key = sa.case(*((after(days), name) for days, name in TENURES), else_="over 1 year")
    return in_order(_grouped(scope, key), [*(name for _days, name in TENURES), "over 1 year"])


def _members(scope: Scope) -> Cell:
    return int(scope.session.scalar(sa.select(sa.func.count()).select_from(Member).where(scope.people())) or 0)


def _buyers(scope: Scope) -> Cell:
    sales = scope.sales()
    statement = sa.select(sa.func.count(sa.distinct(sales.c.member))).join(Member, Member.id == sales.c.member)
    return int(scope.session.scalar(statement.where(scope.people())) or 0)


_COUNTS = (
    Shown("members", "count", N_("Members who are not closed, as it stands now."), N_("Members")),
    Shown("share", "percent", N_("Of all these members."), N_("Share")),
    Shown("buyers", "count", N_("Of them: with a purchase in the time that was not returned in full."), N_("Buyers")),
    Shown("active", "percent", N_("Buyers as a share of the members of the row."), N_("Active")),
    Shown("net", "money", N_("What they paid in the time, less what was returned until today."), N_("Net sales")),
    Shown("each", "money", N_("Sales of the row by its buyers."), N_("By buyer")),
)
_LEVEL = Shown("level", "text", N_("The level a member has now; – stands for none."), N_("Level"))
_LANGUAGE = Shown("language", "word", N_("The language that staff noted for the member."), N_("Language"))
_AGE = Shown("age", "word", N_("Whole years on the last day asked about."), N_("Age"))
_TENURE = Shown("tenure", "word", N_("Time since joining, on the last day asked about."), N_("Member for"))

PROFILE = Analysis(
    "profile",
    N_("Member profile"),
    N_("Who are our members, and which of them buy?"),
    (
        Headline("members", N_("Members"), "count", N_("Members who are not closed, as it stands now."), _members),
        Headline("buyers", N_("Buyers"), "count", N_("Members who bought in the time."), _buyers),
    ),
    (
        View("level", N_("by level"), (_LEVEL, *_COUNTS), levels, "net"),
        View("language", N_("by language"), (_LANGUAGE, *_COUNTS), languages, "members"),
        View("age", N_("by age"), (_AGE, *_COUNTS), ages, "members"),
        View("tenure", N_("by time as a member"), (_TENURE, *_COUNTS), tenure, "members"),
    ),
)

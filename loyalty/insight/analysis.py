"""What an analysis is: a question about customers, answered by views with every column defined, and a few headlines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from loyalty.insight.report import Books, Cell, Column, Span, share
from loyalty.members.tables import Member
from loyalty.points.tables_sale import purchase_states, purchases


@dataclass(frozen=True)
class Scope(Books):
    """The books with what the page filters by: a store, some members (a statement over their ids), and the part of a
    sale that is left when the goods are paid, in percent.
    """

    store: str = ""
    members: sa.Select[Any] | None = None
    margin: Decimal | None = None

    def sales(self, span: Span | None = None) -> sa.Subquery:
        """Sales that count, of the span's local days (default: those asked about): purchase, member, day, net,
        discount, store, channel.
        """
        sale, state, days = purchases.c, purchase_states.c, span or self.span
        found = (
            sa.select(state.purchase, state.member, state.day, state.net, sale.discount, sale.store, sale.channel)
            .join_from(purchase_states, purchases, sale.id == state.purchase)
            .where(state.counts.is_(True), state.day.between(days.first, days.last))
        )
        if self.store:
            found = found.where(sale.store == self.store)
        if self.members is not None:
            found = found.where(state.member.in_(self.members))
        return found.subquery()

    def ever(self) -> sa.Subquery:
        """The same from the first sale on, up to the last day asked about."""
        return self.sales(Span(date.min, self.span.last))

    def people(self) -> ColumnElement[bool]:
        """Members who are not closed and whom the filter lets in."""
        active: ColumnElement[bool] = Member.status == "active"
        return active if self.members is None else sa.and_(active, Member.id.in_(self.members))

    def theirs(self, member: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a row's member is one of the filter's."""
        return sa.true() if self.members is None else member.in_(self.members)

    def rows(self, statement: Any) -> Sequence[Any]:
        """All rows of a selection."""
        return self.session.execute(statement).all()

    def ago(self, days: int) -> date:
        """That many days before the last day asked about."""
        return self.span.last - timedelta(days=days)


@dataclass(frozen=True)
class Shown(Column):
    """A column of a page. unit, besides those of reports: word (one of the page's own words), ratio (a plain number)
    and month (`2026-03`).
    """

    heading: str = ""


@dataclass(frozen=True)
class View:
    """One table with its chart: the column drawn, over the first one. `few`: rows that the chart shows at most."""

    name: str
    title: str
    columns: tuple[Shown, ...]
    read: Callable[[Scope], list[tuple[Cell, ...]]]
    chart: str
    few: int = 24


@dataclass(frozen=True)
class Headline:
    """A figure above the views; None where there is nothing to tell."""

    name: str
    heading: str
    unit: str
    meaning: str
    read: Callable[[Scope], Cell]


@dataclass(frozen=True)
class Analysis:
    name: str
    title: str
    question: str
    headlines: tuple[Headline, ...]
    views: tuple[View, ...]

    def view(self, name: str) -> View | None:
        """The one of that name; the first for an empty one."""
        return next((view for view in self.views if name in ("", view.name)), None)


def month_of(day: ColumnElement[Any]) -> ColumnElement[int]:
    """Months since the year 0, to group by."""
    return sa.extract("year", day) * 12 + sa.extract("month", day) - 1


def month_name(number: int) -> str:
    return f"{int(number) // 12:04}-{int(number) % 12 + 1:02}"


def in_order(
    rows: Iterable[tuple[Cell, ...]], names: Sequence[str | None], place: int = 0
) -> list[tuple[Cell, ...]]:
    """Rows by the order of their names; others stay behind in their own order."""
    known = {name: number for number, name in enumerate(names)}
    return sorted(rows, key=lambda row: known.get(str(row[place]) if row[place] is not None else None, len(known)))


def total(rows: Sequence[Any], name: str) -> int:
    return sum(int(getattr(row, name) or 0) for row in rows)


def part(some: int | Decimal, whole: int | Decimal) -> Decimal:
    """In percent with one decimal; 0 of nothing."""
    return share(int(some), int(whole))

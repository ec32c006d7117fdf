"""An analysis as its page shows it: what is asked for in the address, the rows, and the chart over the first column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.segments import members_query
from loyalty.errors import Invalid
from loyalty.insight.analysis import Analysis, Scope, View
from loyalty.insight.report import Cell, Span
from loyalty.points.tables_sale import purchases
from loyalty.web.backoffice.analyses_words import cell_text
from loyalty.web.shop import Shop

DAYS = 365
PRESETS = (28, 91, 365)


@dataclass(frozen=True)
class Wish:
    """What the address asks for; texts empty for no matter."""

    view: str = ""
    first: date | None = None
    last: date | None = None
    store: str = ""
    segment: str = ""
    margin: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in the address, without what is not set."""
        values = {"view": self.view, "from": self.first, "to": self.last, "store": self.store,
                  "segment": self.segment, "margin": self.margin}  # fmt: skip
        return {name: str(value) for name, value in values.items() if value}

    def other(self, **changes: Any) -> dict[str, str]:
        """The address with something changed."""
        return replace(self, **changes).asked


def wish_of(asked: Mapping[str, str]) -> Wish:
    """ValueError for what cannot be."""
    texts = {name: asked.get(name, "").replace("\x00", "")[:200] for name in ("view", "store", "segment", "margin")}
    days = {name: date.fromisoformat(asked[key]) if asked.get(key) else None
            for name, key in (("first", "from"), ("last", "to"))}  # fmt: skip
    if texts["margin"]:
        try:
            margin = Decimal(texts["margin"])
        except InvalidOperation as error:
            raise ValueError("no number") from error
        if not (margin.is_finite() and -100 <= margin <= 100):
            raise ValueError("no share")
    return Wish(first=days["first"], last=days["last"], **texts)


def scope_of(session: Session, shop: Shop, wish: Wish) -> Scope:
    """Invalid for days that cannot be; NotFound for a segment that is gone. Default: the last 365 days."""
    if shop.programme is None:
        raise Invalid("The shop has no programme yet.")
    last = wish.last or shop.today
    first = wish.first or last - timedelta(days=DAYS - 1)
    members = members_query(session, wish.segment, shop.now) if wish.segment else None
    margin = Decimal(wish.margin) if wish.margin else None
    return Scope(session, shop.programme, Span(first, last), shop.today, wish.store, members, margin)


@dataclass(frozen=True)
class Mark:
    """One bar: its name, its value written out, and how long it is (0 to 1); `below`: the value is below zero."""

    name: Any
    value: Any
    length: float
    below: bool


@dataclass(frozen=True)
class Chart:
    """`upright`: columns over time from left to right; else lying bars. `left_out`: rows that are not drawn."""

    marks: tuple[Mark, ...]
    upright: bool
    left_out: int


def chart_of(view: View, rows: Sequence[tuple[Cell, ...]]) -> Chart:
    """Without marks where every value is nothing."""
    place = [column.key for column in view.columns].index(view.chart)
    upright = view.columns[0].unit == "month"
    shown = rows[-view.few :] if upright else rows[: view.few]
    values = [Decimal(str(row[place] or 0)) for row in shown]
    highest = max((abs(value) for value in values), default=Decimal(0))
    if not highest:
        return Chart((), False, 0)
    marks = tuple(
        Mark(
            cell_text(view.columns[0].unit, row[0]), cell_text(view.columns[place].unit, row[place]),
            float(abs(value) / highest), value < 0,
        )
        for row, value in zip(shown, values, strict=True)
    )  # fmt: skip
    return Chart(marks, upright and len(marks) > 1, len(rows) - len(shown))


def any_sale(session: Session) -> bool:
    """Whether the shop has a sale at all."""
    return session.scalar(sa.select(purchases.c.id).limit(1)) is not None


def neighbours(analysis: Analysis, wish: Wish) -> list[tuple[View, dict[str, str], bool]]:
    """Its views, each with its address and whether it is the one shown."""
    here = analysis.view(wish.view)
    return [(view, wish.other(view=view.name), view is here) for view in analysis.views]

"""What a report is: a question, columns with their meaning, rows, and the column that a chart shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Invalid
from loyalty.points.calendar import start_of_day, zone_of
from loyalty.points.programme import Programme

Cell = str | int | Decimal | None
MOST_DAYS = 20 * 366
BY_DAY_UP_TO = 92


@dataclass(frozen=True)
class Span:
    """Local days, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Books:
    """What reports are read from: one state of the database, the programme in force, and the time asked about."""

    session: Session
    programme: Programme
    span: Span
    today: date

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.span.last - self.span.first <= timedelta(days=MOST_DAYS):
            raise Invalid("The report's first day lies after its last, or more than 20 years before it; mend the days.")

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.programme.timezone)

    def money(self, units: int | Fraction) -> Decimal:
        """Smallest units as money, halves down: what is owed is never shown as more."""
        return Decimal(int(units)).scaleb(-self.programme.digits)

    def points(self, wallet: str, units: int) -> Decimal:
        known = self.programme.wallets.get(wallet)
        return Decimal(units).scaleb(-(known.decimals if known else 0))

    def worth(self, wallet: str, units: int) -> Decimal:
        """What points of a wallet are worth by the programme in force; 0 where it gives them no value."""
        known = self.programme.wallets.get(wallet)
        per_point = Fraction(known.value_per_point) if known else Fraction(0)
        scale = Fraction(10**self.programme.digits, 10 ** (known.decimals if known else 0))
        return self.money(units * per_point * scale)

    def pieces(self) -> list[Span]:
        """The time in days, or in calendar months when it is longer than a quarter."""
        first, last = self.span.first, self.span.last
        if (last - first).days < BY_DAY_UP_TO:
            return [Span(day, day) for day in (first + timedelta(days=n) for n in range((last - first).days + 1))]
        found, start = [], first
        while start <= last:
            following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
            found.append(Span(start, min(last, following - timedelta(days=1))))
            start = following
        return found

    def bounds(self, pieces: Sequence[Span], moment: sa.types.TypeEngine[Any]) -> sa.CTE:
        """The pieces as rows of (piece, low, high): moments from `low` up to before `high`."""
        rows = [
            sa.select(
                sa.literal(number).label("piece"),
                sa.literal(start_of_day(piece.first, self.zone), moment).label("low"),
                sa.literal(start_of_day(piece.last + timedelta(days=1), self.zone), moment).label("high"),
            )
            for number, piece in enumerate(pieces)
        ]
        return sa.union_all(*rows).cte("pieces")


def name_of(piece: Span) -> str:
    """`2026-03-01` for a day, `2026-03` for a month or a part of one."""
    return piece.first.isoformat() if piece.first == piece.last else f"{piece.first:%Y-%m}"


@dataclass(frozen=True)
class Column:
    """`unit`: text, count, points, money, percent. `meaning`: what exactly the number is."""

    key: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Definition:
    """A report that can be asked for. `chart` is the column drawn, over the first column."""

    name: str
    question: str
    columns: Sequence[Column]
    read: Callable[[Books], list[tuple[Cell, ...]]]
    chart: str


@dataclass(frozen=True)
class Report:
    definition: Definition
    span: Span
    rows: Sequence[tuple[Cell, ...]]

    def as_json(self) -> dict[str, Any]:
        keys = [column.key for column in self.definition.columns]
        return {
            "name": self.definition.name,
            "question": self.definition.question,
            "from": self.span.first.isoformat(),
            "to": self.span.last.isoformat(),
            "columns": [{"key": each.key, "unit": each.unit, "meaning": each.meaning}
                        for each in self.definition.columns],
            "rows": [{key: plain(cell) for key, cell in zip(keys, row, strict=True)} for row in self.rows],
        }

    def drawn(self) -> list[tuple[str, Decimal]]:
        """What a chart shows: names and values."""
        place = [column.key for column in self.definition.columns].index(self.definition.chart)
        found: dict[str, Decimal] = {}
        for row in self.rows:
            found[str(row[0])] = found.get(str(row[0]), Decimal(0)) + Decimal(str(row[place] or 0))
        return list(found.items())


def plain(cell: Cell) -> str | int | None:
    """As it stands in JSON: exact numbers as text, so that nobody reads them as floats."""
    return f"{cell:f}" if isinstance(cell, Decimal) else cell


def share(part: int, whole: int) -> Decimal:
    """In percent with one decimal; 0 of nothing."""
    return Decimal(0) if not whole else round(Decimal(part) * 100 / Decimal(whole), 1)


Definitions = Mapping[str, Definition]

"""A report as its page shows it: the days asked for, the chart, and the addresses of other days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from loyalty.insight.report import Cell, Report
from loyalty.web.backoffice.analyses_view import Chart, Mark
from loyalty.web.backoffice.reports_words import shown

PRESETS = (7, 28, 91, 365)
_OVER_TIME = ("earn-burn", "breakage", "stops")
_FEW_DAYS, _FEW_BARS = 31, 15


@dataclass(frozen=True)
class Days:
    """What the address asks for; None for the default, the last 28 days."""

    first: date | None = None
    last: date | None = None

    @property
    def asked(self) -> dict[str, str]:
        values = {"from": self.first, "to": self.last}
        return {name: value.isoformat() for name, value in values.items() if value}


def days_of(asked: Mapping[str, str]) -> Days:
    """ValueError for what is no day."""
    first, last = (date.fromisoformat(asked[key]) if asked.get(key) else None for key in ("from", "to"))
    return Days(first, last)


def presets(last: date) -> list[tuple[int, dict[str, str]]]:
    return [(days, Days(last - timedelta(days=days - 1), last).asked) for days in PRESETS]


def chart_of(report: Report, wallet: str) -> Chart:
    """Of the rows of one wallet where a row names its wallet beside something else: points and stamps do not add up.

    Of more lying bars than a glance takes in, the longest are drawn. Without marks where every value is nothing.
    """
    keys = [column.key for column in report.definition.columns]
    rows: Sequence[tuple[Cell, ...]] = report.rows
    if "wallet" in keys[1:]:
        rows = [row for row in rows if row[keys.index("wallet")] == wallet]
    place, name = keys.index(report.definition.chart), report.definition.name
    upright = name in _OVER_TIME
    drawn = rows[-_FEW_DAYS:] if upright else rows
    if not upright and len(rows) > _FEW_BARS:
        drawn = sorted(rows, key=lambda row: abs(Decimal(str(row[place] or 0))), reverse=True)[:_FEW_BARS]
    values = [Decimal(str(row[place] or 0)) for row in drawn]
    highest = max((abs(value) for value in values), default=Decimal(0))
    if not highest:
        return Chart((), False, 0)
    columns = report.definition.columns
    marks = tuple(
        Mark(shown(name, columns[0].unit, row[0]), shown(name, columns[place].unit, row[place]),
             float(abs(value) / highest), value < 0)
        for row, value in zip(drawn, values, strict=True)
    )  # fmt: skip
    return Chart(marks, upright and len(marks) > 1, len(rows) - len(drawn))

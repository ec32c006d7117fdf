"""A year of real grocery purchases: 100 households, 60,405 receipt lines (data/README.md tells their origin)."""

import csv
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from io import StringIO
from itertools import groupby
from zoneinfo import ZoneInfo

from loyalty.contract.commands import Line
from loyalty.money import round_half_up

ZONE = ZoneInfo("America/New_York")
"""The receipts carry local times without a zone; the chain sells in the eastern half of the United States."""
LAST_DAY = date(2018, 1, 1)
"""Of the data as it was recorded; a test holds it against the data."""
YEAR = timedelta(weeks=52)


@dataclass(frozen=True)
class Basket:
    """One receipt. `at` is the local moment, already moved; lines are in the order of the receipt."""

    id: str
    household: str
    store: str
    at: datetime
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


def receipt_rows() -> Iterator[dict[str, str]]:
    """The rows as they stand in the data, unmoved and unrounded."""
    packed = (files("loyalty.cli.demo") / "data" / "purchases.csv.xz").read_bytes()
    yield from csv.DictReader(StringIO(lzma.decompress(packed).decode("utf-8")))


def moved(at: datetime, today: date) -> datetime:
    """When a receipt of the data was written if its year ended on the day before `today`.

    Weekdays stay: the data moves by whole weeks, and the few days that would then lie ahead become the year's first.
    """
    yesterday = today - timedelta(days=1)
    at += timedelta(weeks=-((LAST_DAY - yesterday).days // 7))
    return at if at.date() <= yesterday else at - YEAR


def read_history(today: date) -> list[Basket]:
    """All baskets by time, moved so that the last ones were bought on the day before `today`."""
    rows = list(receipt_rows())
    rows.sort(key=lambda row: (row["transaction_timestamp"], row["basket_id"]))  # stable: lines keep their order
    baskets = [
        Basket(
            id=basket_id,
            household=first["household_id"],
            store=first["store_id"],
            at=moved(datetime.fromisoformat(first["transaction_timestamp"]), today).replace(tzinfo=ZONE),
            lines=tuple(_line(row) for row in [first, *group]),
        )
        for basket_id, group in groupby(rows, key=lambda row: row["basket_id"])
        for first in [next(group)]
    ]
    return sorted(baskets, key=lambda basket: basket.at)


def _line(row: dict[str, str]) -> Line:
    # One amount is 1.8e-15, so rounding to cents comes first; weighed goods can have quantity 0, which counts as 1.
    return Line(
        amount=round_half_up(Decimal(row["sales_value"]), 2),
        quantity=max(Decimal(row["quantity"]), Decimal(1)),
        sku=row["product_id"],
        category=row["product_category"],
        labels=(row["department"],),
    )

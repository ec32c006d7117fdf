"""The headlines over the demo's year, counted from the file of receipts: nothing of the product but the booking."""

import csv
import lzma
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

import loyalty.cli.demo
from loyalty.cli.demo.history import moved, read_history
from loyalty.cli.demo.seed import book_history, people_of
from loyalty.db.session import read
from loyalty.insight.analyses import ANALYSES
from loyalty.insight.analysis import Scope
from loyalty.insight.report import Span
from loyalty.points.sql_facts import SqlFacts
from tests.databases import new_sqlite
from tests.insight import by_hand

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
DATA = Path(loyalty.cli.demo.__file__).parent / "data" / "purchases.csv.xz"
TODAY = date(2026, 11, 21)
SPAN = Span(TODAY - timedelta(days=364), TODAY)
LEVELS = ((4000, Decimal(2)), (1500, Decimal("1.5")), (0, Decimal(1)))
EVERY = 1


@pytest.fixture(scope="module")
def engine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    history = read_history(TODAY)
    households = {person.household for person in people_of(history)[::EVERY]}
    made = new_sqlite(shared, tmp_path_factory.mktemp("year"))
    book_history(made, [each for each in history if each.household in households], lambda done, all: True)
    yield made
    made.dispose()


def sales_of_the_file() -> list[by_hand.Sale]:
    """Each basket with its points in money: a point a dollar times the level that the year's spend had reached."""
    baskets: dict[tuple[datetime, str], list[dict[str, str]]] = defaultdict(list)
    with lzma.open(DATA, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            baskets[moved(datetime.fromisoformat(row["transaction_timestamp"]), TODAY), row["basket_id"]].append(row)
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    found = []
    for (at, _id), rows in sorted(baskets.items()):
        lines = [(row["product_category"], Decimal(row["sales_value"]).quantize(Decimal("0.01"), ROUND_HALF_UP))
                 for row in rows]  # fmt: skip
        total, household = sum((amount for _name, amount in lines), Decimal(0)), rows[0]["household_id"]
        factor = next(factor for limit, factor in LEVELS if spent[household] >= limit)
        day = at.date()
        cents = tuple((name, int(amount * 100)) for name, amount in lines)
        points = int(int(total) * factor) / Decimal(100)
        found.append(by_hand.Sale(household, day, int(total * 100), rows[0]["store_id"], cents, points))
        spent[household] += total
    return found


def test_the_year_of_the_demo(engine: Engine) -> None:
    shop = by_hand.Shop(sales_of_the_file(), SPAN.first, SPAN.last)
    assert len(shop.sales) == 6789
    expected = by_hand.headlines(shop)
    expected["profitability.points"] = sum(sale.points for sale in shop.asked)
    expected["profile.members"] = len({sale.member for sale in shop.sales})
    with read(engine) as session:
        version = SqlFacts(session).latest()
        assert version is not None
        scope = Scope(session, version.programme, SPAN, TODAY)
        found = {f"{name}.{each.name}": each.read(scope) for name, one in ANALYSES.items() for each in one.headlines}
        assert {name: found[name] for name in expected} == expected
        month = ANALYSES["persistency"].view("month")
        assert month is not None and month.read(scope) == by_hand.months(shop)
        category = ANALYSES["performance"].view("category")
        assert category is not None
        rows = {row[0]: row[1:4] for row in category.read(scope)}
        mine = by_hand.categories(shop)
        assert rows == {name: mine[name] for name in rows} and len(rows) == 200

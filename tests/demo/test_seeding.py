"""A year of real purchases through the engine gives what the programme says, reckoned here a second time by hand."""

import csv
import lzma
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

import loyalty.cli.demo
from loyalty.cli.demo.history import read_history
from loyalty.cli.demo.seed import book_history
from loyalty.db.session import open_engine, read
from loyalty.db.upgrade import upgrade
from loyalty.ops.verify import verify

DATA = Path(loyalty.cli.demo.__file__).parent / "data" / "purchases.csv.xz"
LEVELS = ((4000, Decimal(2)), (1500, Decimal("1.5")), (500, Decimal(1)), (0, Decimal(1)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The demo's database, seeded once."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('seeding') / 'shop.sqlite'}")
    upgrade(engine)
    book_history(engine, read_history(date(2026, 11, 21)), lambda done, all: True)
    yield engine
    engine.dispose()


def points_by_hand() -> dict[str, int]:
    """Household -> points, straight from the file: a point a dollar, times the level that the year's spend had reached.

    The whole year lies within the rolling year, so the level only rises. Uses nothing of the product.
    """
    baskets: dict[tuple[str, str], list] = {}
    with lzma.open(DATA, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            key = row["transaction_timestamp"], row["basket_id"]
            basket = baskets.setdefault(key, [row["household_id"], Decimal(0)])
            basket[1] += Decimal(row["sales_value"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    points: defaultdict[str, int] = defaultdict(int)
    for _key, (household, total) in sorted(baskets.items()):
        multiplier = next(factor for limit, factor in LEVELS if spent[household] >= limit)
        points[household] += int(int(total) * multiplier)
        spent[household] += total
    return dict(points)


def scalar(engine: sa.Engine, statement: str) -> int:
    with read(engine) as session:
        return session.execute(sa.text(statement)).scalar_one()


def test_the_sum_of_points_is_what_the_programme_gives(shop):
    assert scalar(shop, "select sum(amount) from transfers where kind = 'earn'") == sum(points_by_hand().values())


def test_every_member_has_their_own_sum(shop):
    with read(shop) as session:
        rows = session.execute(sa.text("select sum(amount) from transfers where kind = 'earn' group by member"))
        booked = sorted(row[0] for row in rows)
    assert booked == sorted(points for points in points_by_hand().values() if points)


def test_every_line_and_basket_is_booked_once(shop):
    assert scalar(shop, "select count(*) from purchase_lines") == 60_405
    assert scalar(shop, "select count(*) from purchases") == 6_789


def test_the_ledger_verifies(shop):
    with read(shop) as session:
        report = verify(session)
    assert report.problems == []
    assert report.accounts == 100

"""A year of real purchases through the engine gives what the programme says, reckoned here a second time by hand."""

import csv
import lzma
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

import loyalty.cli.demo
from loyalty.cli.demo.history import Basket, read_history
from loyalty.cli.demo.seed import book_history, people_of
from loyalty.db.session import read
from loyalty.ops.verify import verify
from tests.databases import new_sqlite

DATA = Path(loyalty.cli.demo.__file__).parent / "data" / "purchases.csv.xz"
EVERY = 20
LEVELS = ((4000, Decimal(2)), (1500, Decimal("1.5")), (500, Decimal(1)), (0, Decimal(1)))


@dataclass(frozen=True)
class Seeded:
    """The demo's database, and the history that was booked into it."""

    engine: sa.Engine
    baskets: list[Basket]

    @property
    def households(self) -> set[str]:
        return {basket.household for basket in self.baskets}


@pytest.fixture(scope="module", params=[EVERY, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def shop(request, shared, tmp_path_factory):
    """Seeded once, with every how manieth household, from those who spend most to those who spend least."""
    history = read_history(date(2026, 11, 21))
    households = {person.household for person in people_of(history)[:: request.param]}
    baskets = [basket for basket in history if basket.household in households]
    engine = new_sqlite(shared, tmp_path_factory.mktemp("seeding"))
    book_history(engine, baskets, lambda done, all: True)
    yield Seeded(engine, baskets)
    engine.dispose()


def as_booked(stamp: str) -> datetime:
    """464 weeks later, on 23 November 2026 at the latest; what then lies beyond the 20th, 52 weeks earlier."""
    at = datetime.fromisoformat(stamp) + timedelta(weeks=464)
    return at if at < datetime(2026, 11, 21) else at - timedelta(weeks=52)


def points_by_hand(households: set[str]) -> dict[str, int]:
    """Household -> points, straight from the file: a point a dollar, times the level that the year's spend had reached.

    The whole year lies within the rolling year, so the level only rises. Uses nothing of the product.
    """
    baskets: dict[tuple[str, str], list] = {}
    with lzma.open(DATA, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["household_id"] in households:
                key = as_booked(row["transaction_timestamp"]), row["basket_id"]
                basket = baskets.setdefault(key, [row["household_id"], Decimal(0)])
                basket[1] += Decimal(row["sales_value"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    points: defaultdict[str, int] = defaultdict(int)
    for _key, (household, total) in sorted(baskets.items()):
        multiplier = next(factor for limit, factor in LEVELS if spent[household] >= limit)
        points[household] += int(int(total) * multiplier)
        spent[household] += total
    return dict(points)


def scalar(shop: Seeded, statement: str) -> int:
    with read(shop.engine) as session:
        return session.execute(sa.text(statement)).scalar_one()


def test_the_sum_of_points_is_what_the_programme_gives(shop):
    by_hand = points_by_hand(shop.households)
    assert scalar(shop, "select sum(amount) from transfers where kind = 'earn'") == sum(by_hand.values())


def test_every_member_has_their_own_sum(shop):
    with read(shop.engine) as session:
        rows = session.execute(sa.text("select sum(amount) from transfers where kind = 'earn' group by member"))
        booked = sorted(row[0] for row in rows)
    assert booked == sorted(points for points in points_by_hand(shop.households).values() if points)


def test_every_line_and_basket_is_booked_once(shop):
    lines = sum(len(basket.lines) for basket in shop.baskets)
    assert scalar(shop, "select count(*) from purchase_lines") == lines > 60_405 / EVERY / 2
    assert scalar(shop, "select count(*) from purchases") == len(shop.baskets)


def test_the_ledger_verifies(shop):
    with read(shop.engine) as session:
        report = verify(session)
    assert report.problems == []
    assert report.accounts == len(shop.households) >= 100 / EVERY

"""What each member is worth, counted a second time in plain Python from the rows of the sales."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.db.session import open_engine, read
from loyalty.insight.purchase_model import History, Purchases
from loyalty.insight.scores import fifths, places
from loyalty.insight.values import refresh_daily, refresh_values
from loyalty.members.value_tables import member_values, value_models
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.tables_sale import purchase_states
from tests.databases import sqlite_engine
from tests.shop import open_shop
from tests.web.harbour import NOW, copied

__all__ = ["sqlite_engine"]
ZONE = zone_of("Asia/Hong_Kong")
TODAY = day_of(NOW, ZONE)


@pytest.fixture(scope="module")
def engine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("harbour")
    copied(shared, folder)
    made = open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}")
    refresh_values(made, NOW)
    yield made
    made.dispose()


def rows(engine: Engine, table: sa.Table) -> list[Any]:
    with read(engine) as session:
        return list(session.execute(sa.select(table)))


def test_counts_and_money_of_every_member(engine: Engine) -> None:
    days: dict[str, set[date]] = defaultdict(set)
    money: dict[str, int] = defaultdict(int)
    for sale in rows(engine, purchase_states):
        if sale.counts:
            days[sale.member].add(sale.day)
            money[sale.member] += sale.net
    found = {row.member_id: row for row in rows(engine, member_values)}
    assert set(found) == set(days) and len(found) > 20
    for member, bought in days.items():
        row = found[member]
        assert row.repeats == len(bought) - 1
        assert row.recency_days == (max(bought) - min(bought)).days
        assert row.age_days == (TODAY - min(bought)).days
        assert row.spent == row.spent_year == money[member]  # the shop is half a year old


def test_the_best_are_named_in_their_order(engine: Engine) -> None:
    ordered = sorted(rows(engine, member_values), key=lambda row: -row.spent_year)
    total, before = sum(row.spent_year for row in ordered), 0
    for rank, row in enumerate(ordered, 1):
        assert row.rank_share == -(-1000 * rank // len(ordered))
        assert row.money_share == 1000 * before // total
        before += row.spent_year
    assert [row.pyramid for row in ordered[:3]] == ["top", "big", "medium"]
    assert ordered[0].money_score == 5 and ordered[-1].money_score == 1


def test_the_model_is_kept_with_what_it_says_of_each(engine: Engine) -> None:
    (model,) = rows(engine, value_models)
    assert model.note == "fitted" and model.as_of == TODAY and model.log_likelihood < 0
    bought = Purchases(*(model.parameters[name] for name in ("r", "alpha", "a", "b")))
    for row in rows(engine, member_values):
        who = History(row.repeats, row.recency_days / 7, row.age_days / 7)
        assert row.alive == round(1000 * bought.alive(who))
        assert row.expected == round(1000 * bought.expected(who, 365 / 7))
        assert row.lifetime >= row.next_year * 0.9


def test_it_is_worked_out_once_a_day_and_forgets_nobody_twice(shared: Path, tmp_path: Path) -> None:
    copied(shared, tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    assert refresh_daily(engine, NOW) > 20
    assert refresh_daily(engine, NOW + timedelta(hours=1)) == 0
    assert refresh_daily(engine, NOW + timedelta(days=400)) > 20
    assert {row.pyramid for row in rows(engine, member_values)} == {"inactive"}
    engine.dispose()


def test_a_shop_with_hardly_any_sales_gets_places_but_no_model(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine)
    assert refresh_values(sqlite_engine, shop.clock()) == 0
    shop.perform("purchase", id="s1", member=shop.ann, amount=70)
    assert refresh_values(sqlite_engine, shop.clock()) == 1
    (row,), (model,) = rows(sqlite_engine, member_values), rows(sqlite_engine, value_models)
    assert (row.pyramid, row.alive, model.note) == ("top", None, "few_members")


def test_equal_members_have_equal_scores() -> None:
    assert fifths([7, 7, 7]) == [1, 1, 1]
    assert fifths([1, 2, 3, 4, 5]) == [1, 2, 3, 4, 5]
    assert [place[2] for place in places([0, 5, 100, *range(200, 300)])][:3] == ["inactive", "small", "small"]
    assert places([30, 50, 20])[0] == (667, 500, "small")

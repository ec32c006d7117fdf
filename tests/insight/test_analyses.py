"""Every headline and most tables of the seven analyses, counted a second time by hand; filters; an empty shop."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import open_engine, read, write
from loyalty.insight.analyses import ANALYSES
from loyalty.insight.analysis import Scope
from loyalty.insight.report import Span
from loyalty.insight.values import refresh_values
from loyalty.insight.what_goes_together import pairs_of
from loyalty.members.tables import Member
from loyalty.members.value_tables import member_values
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import bookings, transfers
from loyalty.points.tables_sale import purchase_lines, purchase_states, purchases
from tests.databases import sqlite_engine
from tests.insight import by_hand
from tests.shop import open_shop
from tests.web.harbour import NOW, copied, fill

__all__ = ["sqlite_engine"]
ZONE = zone_of("Asia/Hong_Kong")
TODAY = day_of(NOW, ZONE)
SPAN = Span(TODAY - timedelta(days=119), TODAY)


def busier(engine: Engine) -> Engine:
    """Two more rewards and the members' values."""
    with write(engine) as session:
        named = {each.name: each.id for each in session.scalars(sa.select(Member))}
        members = [named[name] for name in sorted(named)]  # numbers differ from shop to shop
        ledger = Ledger(session)
        for number, member in enumerate(members[:3]):
            credit = {"id": f"c{number}", "member": member, "points": 100, "reason": "test"}
            ledger.perform("credit", credit, NOW)
            ledger.perform("redeem", {"id": f"r{number}", "member": member, "reward": "five off"}, NOW)
    refresh_values(engine, NOW)
    return engine


@pytest.fixture(scope="module")
def engine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Read by all tests, changed by none."""
    folder = tmp_path_factory.mktemp("harbour")
    copied(shared, folder)
    made = busier(open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}"))
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with read(engine) as session:
        yield session


def scope_of(session: Session, span: Span = SPAN, now: Any = NOW, **filters: Any) -> Scope:
    version = SqlFacts(session).version(now)
    assert version is not None
    return Scope(session, version.programme, span, span.last, **filters)


def shop_of(session: Session, store: str = "") -> by_hand.Shop:
    """The rows of the sales as lists."""
    lines: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in session.execute(sa.select(purchase_lines)):
        lines[line.purchase].append((line.category, line.amount))
    stores = {row.id: row.store for row in session.execute(sa.select(purchases))}
    sales = [
        by_hand.Sale(row.member, row.day, row.net, stores[row.purchase], tuple(lines[row.purchase]))
        for row in session.execute(sa.select(purchase_states))
        if row.counts and store in ("", stores[row.purchase])
    ]
    return by_hand.Shop(sales, SPAN.first, SPAN.last)


def told(scope: Scope) -> dict[str, object]:
    return {f"{name}.{each.name}": each.read(scope) for name, one in ANALYSES.items() for each in one.headlines}


def table(scope: Scope, analysis: str, view: str) -> list[dict[str, Any]]:
    found = ANALYSES[analysis].view(view)
    assert found is not None
    keys = [column.key for column in found.columns]
    return [dict(zip(keys, row, strict=True)) for row in found.read(scope)]


def check_headlines(session: Session) -> None:
    found = told(scope_of(session))
    expected = by_hand.headlines(shop_of(session))
    members = [each.id for each in session.scalars(sa.select(Member)) if each.status == "active"]
    values = [row for row in session.execute(sa.select(member_values)) if row.member_id in members]
    expected["profile.members"] = len(members)
    expected["prospecting.expected"] = by_hand.money(sum(row.next_year for row in values))
    expected["prospecting.risk"] = sum(row.alive < 500 for row in values)
    asked = {sale.member for sale in shop_of(session).asked}
    taken = [row for row in session.execute(sa.select(bookings)) if row.verb == "redeem"]
    expected["promotion.rewards"] = len(taken)
    expected["promotion.share"] = by_hand.percent(len({row.member for row in taken} & asked), len(asked))
    counted = {row.purchase for row in session.execute(sa.select(purchase_states)) if row.counts}
    inside = {row.id for row in session.execute(sa.select(purchases)) if SPAN.first <= row.day <= SPAN.last}
    points = [row.amount for row in session.execute(sa.select(transfers))
              if row.kind == "earn" and row.wallet == "points" and row.booking in counted & inside]  # fmt: skip
    expected["profitability.points"] = Decimal(sum(points)) / 10
    assert found == expected
    assert all(found.values())


def test_every_headline_is_what_counting_by_hand_gives(session: Session) -> None:
    check_headlines(session)


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_tells_the_same(session: Session, ready_postgres: str) -> None:
    there = open_engine(ready_postgres)
    fill(there)
    with read(busier(there)) as other:
        check_headlines(other)
        for name, analysis in ANALYSES.items():
            for view in analysis.views:
                assert view.read(scope_of(other)) == view.read(scope_of(session)), (name, view.name)
    there.dispose()


def test_months_show_who_is_new_kept_and_back(session: Session) -> None:
    rows = [tuple(row.values()) for row in table(scope_of(session), "persistency", "month")]
    assert rows == by_hand.months(shop_of(session)) and len(rows) == 5


def test_sales_by_store_weekday_and_category(session: Session) -> None:
    shop = shop_of(session)
    for view, expected in (
        ("store", by_hand.by(shop, "store")),
        ("weekday", by_hand.by(shop, "weekday")),
        ("category", by_hand.categories(shop)),
    ):
        rows = table(scope_of(session), "performance", view)
        assert {row[view]: (row["sales"], row["members"], row["net"]) for row in rows} == expected
        assert abs(sum(row["share"] for row in rows) - 100) < 1


def test_a_store_or_some_members_are_looked_at_alone(session: Session) -> None:
    central = told(scope_of(session, store="Central"))
    expected = by_hand.headlines(shop_of(session, "Central"))
    assert {name: central[name] for name in expected} == expected
    some = sa.select(Member.id).where(Member.language == "en")
    english = set(session.scalars(some))
    whole = shop_of(session)
    part = by_hand.Shop([sale for sale in whole.sales if sale.member in english], SPAN.first, SPAN.last)
    found = told(scope_of(session, members=some))
    expected = by_hand.headlines(part)
    assert {name: found[name] for name in expected} == expected


def test_pairs_go_together_as_often_as_by_hand(session: Session) -> None:
    expected = by_hand.lifts(shop_of(session))
    pairs = pairs_of(scope_of(session))
    assert {frozenset((pair.first, pair.second)) for pair in pairs} == set(expected) and len(expected) > 5
    for pair in pairs:
        times, lift = expected[frozenset((pair.first, pair.second))]
        assert pair.times == times and float(pair.lift) == pytest.approx(lift, abs=0.006)
    assert [pair.lift for pair in pairs] == sorted((pair.lift for pair in pairs), reverse=True)


def test_members_are_told_apart_by_what_they_do(session: Session) -> None:
    scope, shop = scope_of(session), shop_of(session)
    assert {row["move"]: row["members"] for row in table(scope, "prospecting", "moves")} == by_hand.moves(shop)
    languages = Counter(each.language for each in session.scalars(sa.select(Member)))
    assert {row["language"]: row["members"] for row in table(scope, "profile", "language")} == languages
    last = {member: days[-1] for member, days in shop.days(shop.sales).items()}
    week = sum((TODAY - day).days <= 7 for day in last.values())
    assert next(row for row in table(scope, "persistency", "silence"))["members"] == week
    born = [each.birthday for each in session.scalars(sa.select(Member)) if each.birthday]
    ages = [TODAY.year - each.year - ((TODAY.month, TODAY.day) < (each.month, each.day)) for each in born]
    young = sum(25 <= age < 35 for age in ages)
    assert next(row for row in table(scope, "profile", "age") if row["age"] == "25-34")["members"] == young


def test_what_is_left_needs_a_margin(session: Session) -> None:
    without = table(scope_of(session), "profitability", "month")
    assert {row["left"] for row in without} == {None}
    for row in table(scope_of(session, margin=Decimal(30)), "profitability", "month"):
        assert row["left"] == (row["net"] * Decimal("0.3") - row["points"]).quantize(Decimal("0.01"), "ROUND_DOWN")
    tenths = table(scope_of(session), "profitability", "tenth")
    assert tenths[-1]["so_far"] == 100 and [row["net"] for row in tenths] == sorted(
        (row["net"] for row in tenths), reverse=True
    )


def test_cohorts_come_again(session: Session) -> None:
    days = shop_of(session).days(shop_of(session).sales)
    cohort = [each for each in days.values() if f"{each[0]:%Y-%m}" == "2026-08"]
    expected = by_hand.percent(sum(len(each) > 1 and (each[1] - each[0]).days <= 30 for each in cohort), len(cohort))
    scope = replace(scope_of(session), span=Span(date(2026, 5, 1), TODAY))
    found = {row["month"]: row for row in table(scope, "persistency", "cohort")}
    assert (found["2026-08"]["members"], found["2026-08"]["in_30"]) == (len(cohort), expected)
    assert sum(row["members"] for row in found.values()) == len(days)


def test_rules_and_rewards_are_counted(session: Session) -> None:
    rules = {row["rule"]: row for row in table(scope_of(session), "promotion", "rules")}
    assert {"base", "fresh double", "weekend"} <= set(rules)
    assert rules["base"]["times"] >= rules["weekend"]["times"] > 0
    (taken,) = table(scope_of(session), "promotion", "rewards")
    assert (taken["reward"], taken["times"], taken["points"], taken["worth"]) == ("five off", 4, 200, 20)


def test_a_shop_without_sales_has_empty_tables(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine)
    with read(sqlite_engine) as session:
        today = day_of(shop.clock(), ZONE)
        scope = scope_of(session, Span(today - timedelta(days=30), today), shop.clock())
        for name, analysis in ANALYSES.items():
            for view in analysis.views:
                rows = view.read(scope)
                assert rows == [] or name == "profile", (name, view.name)
            assert [each.read(scope) for each in analysis.headlines]

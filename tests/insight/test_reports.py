"""Every figure of the standard reports, counted a second time from the engine's own facts, row by row in Python."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.checkout.outbox import answer
from loyalty.contract.commands import CaptureHold, HoldReward
from loyalty.contract.wire import to_json
from loyalty.db.session import open_engine, read, write
from loyalty.errors import Invalid, NotFound
from loyalty.insight.report import Books, Report, Span
from loyalty.insight.standard import REPORTS, read_report
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import accounts, lots, transfers
from loyalty.points.tables_sale import purchase_states, purchases, tier_spells
from tests.databases import new_sqlite, sqlite_engine
from tests.shop import PROGRAMME, Shop, open_shop

__all__ = ["sqlite_engine"]

ZONE = zone_of("Asia/Hong_Kong")
SHORT = PROGRAMME.replace(
    "{expiry: {after: {months: 12}, round_up: month}}", "{expiry: {after: {days: 12}}, value_per_point: 0.1}"
)


def busy_shop(engine: Engine) -> Shop:
    """Half a year of sales, returns, rewards, expiry and levels, at hours that are another day in UTC."""
    shop, dice = open_shop(engine, SHORT), random.Random(7)
    with write(engine) as session:
        people = [enrol(session, NewMember(f"M {n}"), shop.clock(), Conventions()).id for n in range(6)]
    for number in range(60):
        shop.clock.forward(timedelta(hours=dice.randrange(20, 90)))
        member = dice.choice(people)
        amount = dice.randrange(50, 900)
        shop.perform("purchase", id=f"s{number}", member=member, amount=amount, store=dice.choice(["TST", "MK"]))
        if number % 7 == 3:
            shop.perform("return", id=f"r{number}", of=f"s{number}", all=True)
        if shop.balance(member) >= 600:
            shop.perform("redeem", id=f"x{number}", member=member, reward="$50 off")
        if number % 9 == 4:
            with write(engine) as session:
                Ledger(session).advance(shop.clock())
    return shop


@pytest.fixture(scope="module")
def busy(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Read by all tests, changed by none."""
    engine = new_sqlite(shared, tmp_path_factory.mktemp("busy"))
    yield busy_shop(engine)
    engine.dispose()


def asked(shop: Shop, name: str, first: date | None = None, last: date | None = None) -> Report:
    with read(shop.engine) as session:
        return read_report(session, name, shop.clock(), first, last)


def rows_of(shop: Shop, table: sa.Table) -> list[Any]:
    with read(shop.engine) as session:
        return list(session.execute(sa.select(table)))


def as_maps(report: Report) -> list[dict[str, Any]]:
    return [dict(zip([each.key for each in report.definition.columns], row, strict=True)) for row in report.rows]


def test_what_is_owed_and_how_old_it_is(busy: Shop) -> None:
    (owed,) = as_maps(asked(busy, "liability"))
    books = rows_of(busy, accounts)
    total = sum(row.balance for row in books)
    assert total > 0
    assert (owed["outstanding"], owed["value"]) == (total, Decimal(total) / 10)
    assert owed["holders"] == sum(row.balance > 0 for row in books)
    today = day_of(busy.clock(), ZONE)
    ages: Counter[str] = Counter()
    for lot in rows_of(busy, lots):
        days = (today - day_of(lot.credited_at, ZONE)).days
        age = "0-30" if days <= 30 else "31-90" if days <= 90 else "91+"
        ages[age] += lot.remaining + lot.held
    assert {row["age"]: row["points"] for row in as_maps(asked(busy, "ageing"))} == {k: v for k, v in ages.items() if v}
    gone: Counter[str] = Counter()
    for lot in rows_of(busy, lots):
        if lot.remaining + lot.held:
            gone[f"{day_of(lot.expires_at - timedelta(seconds=1), ZONE):%Y-%m}"] += lot.remaining + lot.held
    assert {row["month"]: row["points"] for row in as_maps(asked(busy, "expiring"))} == gone


@pytest.mark.parametrize("days", [80, 200])
def test_points_in_and_out_by_local_day_or_month(busy: Shop, days: int) -> None:
    last = day_of(busy.clock(), ZONE)
    first = last - timedelta(days=days - 1)
    shape = "%Y-%m-%d" if days <= 92 else "%Y-%m"
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows_of(busy, transfers):
        day = day_of(row.occurred_at, ZONE)
        if first <= day <= last:
            into = row.credit.startswith("member:")
            sums[day.strftime(shape)][row.kind] += row.amount if into else -row.amount
    found = {row["day"]: row for row in as_maps(asked(busy, "earn-burn", first, last))}
    assert set(found) == set(sums)
    for day, kinds in sums.items():
        expected = (kinds["earn"], -kinds["spend"] - kinds["restore"], -kinds["expire"], sum(kinds.values()))
        assert tuple(found[day][key] for key in ("issued", "spent", "expired", "net")) == expected
    assert {kind for kinds in sums.values() for kind in kinds} >= {"earn", "spend", "expire", "return"}


def test_what_share_is_never_used(busy: Shop) -> None:
    last = day_of(busy.clock(), ZONE)
    found = as_maps(asked(busy, "breakage", last - timedelta(days=250), last))
    by_month: dict[str, Counter[str]] = defaultdict(Counter)
    for lot in rows_of(busy, lots):
        month = by_month[f"{day_of(lot.credited_at, ZONE):%Y-%m}"]
        month["issued"] += lot.amount
        month["expired"] += lot.expired
        month["left"] += lot.remaining + lot.held
    assert {row["credited"]: (row["issued"], row["expired"], row["left"]) for row in found} == {
        month: (each["issued"], each["expired"], each["left"]) for month, each in by_month.items()
    }
    assert any(row["breakage"] > 0 for row in found)


def test_who_goes_up_and_down(busy: Shop) -> None:
    last = day_of(busy.clock(), ZONE)
    first = last - timedelta(days=60)
    start: dict[str, str | None] = {}
    end: dict[str, str | None] = {}
    for spell in sorted(rows_of(busy, tier_spells), key=lambda row: row.number):
        if spell.since < first:
            start[spell.member] = spell.tier
        if spell.since <= last:
            end[spell.member] = spell.tier
    found = {row["level"]: row for row in as_maps(asked(busy, "tier-flow", first, last))}
    assert {level: row["at_start"] for level, row in found.items() if row["at_start"]} == Counter(start.values())
    assert {level: row["at_end"] for level, row in found.items() if row["at_end"]} == Counter(end.values())
    for row in found.values():
        moved = row["came_up"] + row["came_down"] - row["left_up"] - row["left_down"]
        assert row["at_start"] + moved == row["at_end"]
    assert found["Gold"]["came_up"] > 0


def test_sales_by_store(busy: Shop) -> None:
    last = day_of(busy.clock(), ZONE)
    first = last - timedelta(days=100)
    states = {row.purchase: row for row in rows_of(busy, purchase_states)}
    net: Counter[str] = Counter()
    number: Counter[str] = Counter()
    for sale in rows_of(busy, purchases):
        if first <= sale.day <= last and states[sale.id].counts:
            net[sale.store] += states[sale.id].net
            number[sale.store] += 1
    found = {row["store"]: row for row in as_maps(asked(busy, "sales", first, last))}
    assert {store: (row["sales"], row["net"]) for store, row in found.items()} == {
        store: (number[store], Decimal(net[store]) / 100) for store in net
    }


def test_what_cannot_be_asked_is_refused(busy: Shop) -> None:
    with pytest.raises(NotFound, match="there are liability, ageing"):
        asked(busy, "profit")
    with pytest.raises(Invalid, match="first day lies after its last"):
        asked(busy, "sales", date(2026, 3, 2), date(2026, 3, 1))
    with read(busy.engine) as session:
        version = SqlFacts(session).version(busy.clock())
        assert version is not None
        books = Books(session, version.programme, Span(date(2026, 1, 31), date(2026, 12, 31)), date(2026, 12, 31))
        assert len(books.pieces()) == 12


def test_every_number_says_what_it_is(busy: Shop) -> None:
    for name in REPORTS:
        told = asked(busy, name).as_json()
        assert told["question"].endswith("?")
        assert all(len(column["meaning"]) > 10 for column in told["columns"])
        assert all(set(row) == {column["key"] for column in told["columns"]} for row in told["rows"])


@pytest.mark.postgres
def test_postgresql_answers_the_same(busy: Shop, ready_postgres: str) -> None:
    there = open_engine(ready_postgres)
    shop = busy_shop(there)
    last = day_of(shop.clock(), ZONE)
    for name in REPORTS:
        for days in (50, 200):
            first = last - timedelta(days=days)
            assert asked(shop, name, first, last).as_json() == asked(busy, name, first, last).as_json()
    there.dispose()


def test_a_store_makes_good_what_another_took_of_its_points(sqlite_engine: Engine) -> None:
    shop = open_shop(sqlite_engine, SHORT)
    shop.perform("purchase", id="a1", member=shop.ann, amount=600, store="TST")
    shop.perform("purchase", id="b1", member=shop.ann, amount=500, store="MK")
    use = {"redeem": [{"reward": "$50 off"}], "member": shop.ann, "amount": 100}
    shop.perform("purchase", id="u1", store="MK", **use)  # 500 of the 600 that TST gave
    shop.perform("purchase", id="u2", store="MK", **use)  # the other 100, and 400 of its own
    rows = {row[:3]: row[3:] for row in asked(shop, "settlement").rows}
    assert rows == {
        ("TST", "MK", "points"): (600, Decimal(60), Decimal(60)),
        ("MK", "MK", "points"): (400, Decimal(40), Decimal(0)),
    }
    shop.perform("return", id="r2", of="u2", all=True)
    (left,) = asked(shop, "settlement").rows
    assert left == ("TST", "MK", "points", 500, Decimal(50), Decimal(50))
    shop.perform("redeem", id="x1", member=shop.ann, reward="$50 off")  # in no sale: nobody knows where
    assert ("TST", "-", "points", 100, Decimal(10), Decimal(0)) in asked(shop, "settlement").rows
    shop.perform("purchase", id="b2", member=shop.ann, amount=500, store="MK")
    held = HoldReward("h1", "till-1", 1, shop.clock(), shop.ann, "$50 off", store="MK")
    for command in (held, CaptureHold("c1", "till-1", 2, shop.clock(), "h1")):  # handed out at MK, in no sale either
        answer(shop.engine, "till-1", to_json(command), shop.clock(), shop.conventions)
    used_at_mk = [row[2:] for row in asked(shop, "settlement").rows if row[:2] == ("MK", "MK")]
    assert used_at_mk == [("points", 500, Decimal(50), Decimal(0))]

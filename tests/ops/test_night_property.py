"""Whatever a shop did, the night settled by statements over many members leaves what the engine's own clock leaves."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from loyalty.db.session import open_engine, write
from loyalty.db.upgrade import upgrade
from loyalty.errors import LoyaltyError
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.ops.verify import verify
from loyalty.points.enrolment import Enrolment
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import forget_programmes
from tests.ops.night_books import said_by
from tests.points.test_sql_scenarios import empty

OPENED = datetime(2026, 1, 3, 4, tzinfo=UTC)
MEMBERS = ("ann", "bob", "cy", "di", 'e"e', "陳")

days = st.integers(1, 9).map(lambda n: {"days": n})
rolling = st.one_of(days, *[st.integers(20, 40).map(lambda n: {"days": n})] * 2, st.just({"months": 1}))
windows = st.one_of(
    st.just("lifetime"),
    st.sampled_from(["month", "quarter", "year"]).map(lambda unit: {"calendar": unit}),
    *[rolling.map(lambda duration: {"rolling": duration})] * 3,
)
lasts = st.one_of(
    *[st.just("while_qualified")] * 4,
    *map(st.just, ("for_ever", {"until": "end_of_period"}, {"until": "end_of_next_period"})),
    days,
)
levels = st.fixed_dictionaries(
    {"window": windows, "lasts": lasts, "starts": st.sampled_from(["at_once", "next_period"])},
)
tiers = st.fixed_dictionaries(
    {"metric": st.sampled_from(["spend", "spend", "purchases", "earned:points", "balance:points"])},
    optional={
        "grace": days,
        "extend": days,
        "downgrade": st.sampled_from(["none", "to_qualified", "one_level"]),
        "period": st.sampled_from(["month", "year"]),
    },
)
seldom = st.sampled_from([False, False, False, True])
expiries = st.one_of(
    days.map(lambda duration: {"after": duration}),
    st.just({"after": {"days": 3}, "round_up": "month"}),
    st.just({"inactivity": {"days": 6}}),
    st.just("never"),
)
programmes = st.builds(
    lambda expiry, pending, tiers, silver, gold, auto, birthday: {
        "currency": "HKD",
        "timezone": "Asia/Hong_Kong",
        "wallets": {
            "points": {"expiry": expiry, **({"pending": pending} if pending else {}), "on_return": "allow_negative"},
            "星": {"expiry": {"after": {"days": 4}}, "pending": {"days": 1}},
        },
        "earn": [
            {"name": "base", "per_amount": {"points": 1, "per": 1}},
            {"name": "star", "wallet": "星", "fixed": 2},
            *([{"name": "cake", "on": "birthday", "fixed": 9}] if birthday else []),
        ],
        "rewards": [
            {"name": "slip", "cost": 5, "value": {"voucher": {"amount": 4}}, "valid": {"days": 3}},
            *([{"name": "mug", "cost": 30, "value": {"product": "mug"}, "auto": True, "stock": 3}] if auto else []),
        ],
        "tiers": {
            **tiers,
            "levels": [
                {"name": "Basic", "from": 0},
                {"name": "Silver", "from": 5 if tiers["metric"] != "purchases" else 1, **silver},
                {"name": "Gold", "from": 60 if tiers["metric"] != "purchases" else 3, **gold},
            ],
        },
    },
    expiries, st.one_of(st.none(), days), tiers, levels, levels, seldom, seldom,
)  # fmt: skip

who = st.sampled_from(MEMBERS)
amounts = st.integers(1, 70)
earlier = st.integers(0, 12)
SALE = st.tuples(st.just("purchase"), st.fixed_dictionaries({"member": who, "amount": amounts}))
WAIT = st.tuples(st.just("wait"), st.floats(0.1, 12))
STEPS = st.one_of(
    *[SALE] * 8, *[WAIT] * 4,
    st.tuples(st.just("return"), st.fixed_dictionaries({"of": earlier, "amount": amounts})),
    st.tuples(st.just("redeem"), st.fixed_dictionaries({"member": who, "reward": st.just("slip")})),
    st.tuples(st.just("hold"), st.fixed_dictionaries({"member": who, "points": amounts, "until": st.integers(1, 9)})),
    st.tuples(st.just("credit"), st.fixed_dictionaries({"member": who, "points": amounts, "expires_at": earlier})),
    st.tuples(st.just("assign_tier"), st.fixed_dictionaries(
        {"member": who, "tier": st.just("Gold"), "until": st.integers(1, 9)})),
    st.tuples(st.just("change"), st.integers(0, 9)),
)  # fmt: skip

Way = Callable[[Engine, datetime], object]


def by_the_engine(engine: Engine, until: datetime) -> None:
    with write(engine) as session:
        Ledger(session).advance(until)


def by_statements(engine: Engine, until: datetime) -> None:
    run_day_jobs(engine, until, chunk=3)


def tell(engine: Engine, programme: Any, steps: list[tuple[str, Any]], way: Way) -> dict[str, list[Any]]:
    """The same story, its nights done one way or the other; what the books say at the end."""
    forget_programmes()
    now, sales = OPENED, list[str]()
    with write(engine) as session:
        ledger = Ledger(session)
        ledger.put_programme(programme, now)
        for number, member in enumerate(MEMBERS):
            birthday = now.date().replace(year=1990, month=2, day=1 + number)
            ledger.enrol(Enrolment(member, birthday=birthday, wallets={"points": 25}), now)
    for number, (verb, body) in enumerate([*steps, ("wait", 45)]):
        if verb == "wait":
            now += timedelta(days=body)
            way(engine, now)
        elif verb == "change":
            if not body:  # one in ten, or no night would be an easy one
                _step(engine, f"s{number}", "set_programme", {"change": {"offers": []}}, now)
        elif _step(engine, f"s{number}", verb, _named(verb, body, sales, now), now) and verb == "purchase":
            sales.append(f"s{number}")
    with write(engine) as session:
        assert verify(session).problems == []
        return said_by(session)


def _named(verb: str, body: dict[str, Any], sales: list[str], now: datetime) -> dict[str, Any]:
    """Numbers become sales to return, and dates counted from now."""
    named = dict(body)
    if "of" in named:
        named["of"] = sales[named["of"] % len(sales)] if sales else "none"
    if "expires_at" in named or verb == "hold":
        key = "until" if verb == "hold" else "expires_at"
        named[key] = (now + timedelta(days=named[key] + 0.3)).isoformat()
    elif "until" in named:
        named["until"] = (now + timedelta(days=named["until"])).date().isoformat()
    return named


def _step(engine: Engine, id: str, verb: str, body: dict[str, Any], now: datetime) -> bool:
    try:
        with write(engine) as session:
            Ledger(session).perform(verb, {**body, "id": id}, now)
    except LoyaltyError:
        return False
    return True


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("night") / "empty.sqlite"
    engine = open_engine(f"sqlite:///{place}")
    upgrade(engine)
    engine.dispose()
    return place


@contextmanager
def fresh(template: Path) -> Iterator[Engine]:
    place = template.with_name("story.sqlite")
    for ending in ("", "-wal", "-shm"):
        Path(f"{place}{ending}").unlink(missing_ok=True)
    shutil.copy(template, place)
    engine = open_engine(f"sqlite:///{place}")
    yield engine
    engine.dispose()


SOME = max(2, settings.default.max_examples // 20)
"""Each tells two whole stories in a database."""


@settings(max_examples=SOME, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(programmes, st.lists(STEPS, min_size=12, max_size=40))
def test_statements_do_what_the_engine_does(template: Path, programme: Any, steps: list[tuple[str, Any]]) -> None:
    books = []
    for way in (by_the_engine, by_statements):
        with fresh(template) as engine:
            books.append(tell(engine, programme, steps, way))
    assert books[0] == books[1]


@pytest.mark.postgres
@pytest.mark.slow
def test_statements_do_what_the_engine_does_on_postgresql(fresh_postgres: str) -> None:
    engine = open_engine(fresh_postgres)
    upgrade(engine)

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(programmes, st.lists(STEPS, min_size=12, max_size=40))
    def same(programme: Any, steps: list[tuple[str, Any]]) -> None:
        books = []
        for way in (by_the_engine, by_statements):
            empty(engine)
            books.append(tell(engine, programme, steps, way))
        assert books[0] == books[1]

    same()
    engine.dispose()

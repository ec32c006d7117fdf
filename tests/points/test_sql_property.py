"""The database answers the engine as memory does: random programmes and events, told to both, leave the same rows.

Both sides take their numbers from counters that begin alike, so that rows are compared as they are.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from loyalty.db.session import open_engine, write
from loyalty.errors import LoyaltyError
from loyalty.points import engine as rules
from loyalty.points.calendar import DAY
from loyalty.points.enrolment import Enrolment
from loyalty.points.facts import Standing
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import forget_programmes
from loyalty.points.step import Context
from loyalty.points.store import Facts
from tests.databases import sqlite_engine
from tests.points.shop import Shop
from tests.points.test_invariants import OPENING, RULES, STEPS, _named

__all__ = ["sqlite_engine"]

MEMBERS = ("alice", "bob")
days = st.integers(1, 9).map(lambda n: {"days": n})
tiers = st.fixed_dictionaries(
    {
        "metric": st.sampled_from(["spend", "purchases", "earned:points", "balance:points"]),
        "window": st.one_of(
            st.just("lifetime"), days.map(lambda each: {"rolling": each}), st.just({"calendar": "month"})
        ),
        "levels": st.integers(2, 90).map(lambda least: [{"name": "Basic", "from": 0}, {"name": "Gold", "from": least}]),
    },
    optional={"grace": days, "downgrade": st.sampled_from(["none", "one_level"]), "lasts": days},
)
limits = st.fixed_dictionaries(
    {"times": st.integers(1, 3), "per": st.sampled_from(["day", "month", "ever"])},
    optional={"scope": st.just("all"), "reusable": st.just(False)},
)
expiries = st.one_of(
    days.map(lambda each: {"after": each}), days.map(lambda each: {"inactivity": each}), st.just("never")
)


def _programme(tiers: dict[str, Any], limit: dict[str, Any], expiry: Any, pending: dict[str, int]) -> dict[str, Any]:
    wallets = RULES["wallets"]
    points = {**wallets["points"], "expiry": expiry, "pending": pending}
    earn = [{**rule, "limit": limit} if rule["name"] in ("star", "twice on a") else rule for rule in RULES["earn"]]
    return RULES | {"tiers": tiers, "earn": earn, "wallets": wallets | {"points": points}}


programmes = st.builds(_programme, tiers, limits, expiries, days)
histories = st.lists(STEPS, min_size=4, max_size=25)


class Both:
    """The same shop twice."""

    def __init__(self, ledger: Ledger, programme: dict[str, Any]) -> None:
        self.memory = Shop(programme, "bob")
        self.memory.enrol(Enrolment("alice", wallets=OPENING))
        self.ledger = ledger
        ledger.context = Context(count(1).__next__)
        ledger.put_programme(programme, self.memory.now)
        ledger.enrol(Enrolment("bob"), self.memory.now)
        ledger.enrol(Enrolment("alice", wallets=OPENING), self.memory.now)

    def step(self, id: str, verb: str, body: dict[str, Any]) -> bool:
        """Whether it was done; on both sides or on none, with the same to say."""
        told = [self._in_memory(verb, {**body, "id": id}), self._in_database(verb, {**body, "id": id})]
        assert told[0] == told[1]
        return not isinstance(told[0], str)

    def _in_memory(self, verb: str, body: dict[str, Any]) -> Any:
        memory = self.memory
        try:
            done = rules.perform(memory.facts, verb, body, memory.now, memory.context)
        except LoyaltyError as error:
            return error.code
        memory.facts.absorb(done.plan)
        return done.result

    def _in_database(self, verb: str, body: dict[str, Any]) -> Any:
        try:
            return self.ledger.perform(verb, body, self.memory.now).result
        except LoyaltyError as error:
            return error.code

    def wait(self, days: int) -> None:
        then = self.memory.now + days * DAY
        self.memory.wait(then.isoformat())
        self.ledger.advance(then)

    def compare(self, bookings: list[str]) -> None:
        ours, theirs = (_answers(facts, bookings) for facts in (self.memory.facts, self.ledger.facts))
        for question, answer in ours.items():
            assert theirs[question] == answer, question


def _answers(facts: Facts, bookings: list[str]) -> dict[Any, Any]:
    """What the facts know of everybody and of every booking."""
    told: dict[Any, Any] = {}
    for member in MEMBERS:
        standing = facts.standing(member)
        assert isinstance(standing, Standing)
        told[member] = standing
        for name in ("accounts", "open_holds", "open_vouchers", "entitlements"):
            told[member, name] = sorted(getattr(facts, name)(member), key=lambda row: str(row.key))
        for wallet in RULES["wallets"]:
            for name in ("open_lots", "unpaid_spends", "open_topups"):
                told[member, name, wallet] = list(getattr(facts, name)(member, wallet))
    for booking in bookings:
        for name in ("booking", "purchase", "purchase_state", "topup", "hold"):
            told[booking, name] = getattr(facts, name)(booking)
        for name in ("lines_of", "lots_of", "spends_of", "vouchers_of", "uses_of", "awards_of", "transfers_of"):
            told[booking, name] = list(getattr(facts, name)(booking))
    return told


class _Enough(Exception):
    """Ends an example: nothing of it stays in the database."""


@contextmanager
def thrown_away(engine: Engine) -> Iterator[Ledger]:
    forget_programmes()
    with pytest.raises(_Enough), write(engine) as session:
        yield Ledger(session)
        raise _Enough
    forget_programmes()


def run(engine: Engine, programme: dict[str, Any], steps: list[tuple[str, Any]]) -> None:
    with thrown_away(engine) as ledger:
        both = Both(ledger, programme)
        done: list[tuple[str, str]] = []
        for number, (verb, body) in enumerate(steps):
            if verb == "wait":
                both.wait(body)
            elif both.step(f"s{number}", verb, _named(verb, body, done)):
                done.append((verb, f"s{number}"))
            both.compare([])
        both.compare([id for _, id in done])


@pytest.fixture
def postgresql_engine(ready_postgres: str) -> Iterator[Engine]:
    made = open_engine(ready_postgres)
    yield made
    made.dispose()


calm: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=15, **calm)
@given(programme=programmes, steps=histories)
def test_sqlite_says_what_memory_says(sqlite_engine: Engine, programme: dict[str, Any], steps: list[Any]) -> None:
    run(sqlite_engine, programme, steps)


@pytest.mark.postgres
@settings(max_examples=3, **calm)
@given(programme=programmes, steps=histories)
def test_postgresql_says_what_memory_says(
    postgresql_engine: Engine, programme: dict[str, Any], steps: list[Any]
) -> None:
    run(postgresql_engine, programme, steps)


@pytest.mark.slow
@settings(max_examples=int(os.environ.get("LOYALTY_EXAMPLES", "2000")), **calm)
@given(programme=programmes, steps=histories)
def test_it_does_so_for_many_more(sqlite_engine: Engine, programme: dict[str, Any], steps: list[Any]) -> None:
    run(sqlite_engine, programme, steps)

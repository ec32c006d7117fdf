"""The frequent cases of a night are settled by statements over many members; the rest waits for the engine."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.db.prepared import Prepared
from loyalty.db.session import read, write
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.ops.verify import verify
from loyalty.points import sql_night, sql_night_bench
from loyalty.points.calendar import start_of_day, zone_of
from loyalty.points.enrolment import Enrolment
from loyalty.points.facts import Account, Standing
from loyalty.points.sql_engine import Ledger
from loyalty.points.sql_facts import SqlFacts
from tests.shop import OPENED

RULES: dict[str, Any] = {
    "currency": "HKD",
    "timezone": "Asia/Hong_Kong",
    "wallets": {"points": {"expiry": {"after": {"days": 20}}, "pending": {"days": 2}}},
    "earn": [{"name": "base", "per_amount": {"points": 1, "per": 1}}],
    "tiers": {
        "metric": "spend",
        "window": {"rolling": {"days": 10}},
        "levels": [{"name": "Basic", "from": 0}, {"name": "Gold", "from": 100}],
    },
}
ZONE = zone_of("Asia/Hong_Kong")
WHO = [f"m{number}" for number in range(7)]


class Club:
    """Seven members of a shop on either database."""

    def __init__(self, engine: Engine, **changes: Any) -> None:
        self.engine, self.sales = engine, 0
        with write(engine) as session:
            ledger = Ledger(session)
            ledger.put_programme(RULES | changes, OPENED)
            for member in WHO:
                ledger.enrol(Enrolment(member), OPENED)

    def buy(self, member: str, amount: int, day: int) -> None:
        self.sales += 1
        body = {"id": f"s{self.sales}", "member": member, "amount": amount}
        with write(self.engine) as session:
            Ledger(session).perform("purchase", body, OPENED + timedelta(days=day))

    def settle(self, day: int, limit: int = 100) -> sql_night.Chunk:
        """One chunk of the night that begins the local day so many days after the first."""
        with write(self.engine) as session:
            return sql_night.settle(session, self.midnight(day), None, limit)

    def midnight(self, day: int) -> datetime:
        return start_of_day((OPENED + timedelta(days=day)).astimezone(ZONE).date(), ZONE)

    def account(self, member: str = "m0") -> Account:
        with read(self.engine) as session:
            found = SqlFacts(session).account(member, "points")
        assert found is not None
        return found

    def standing(self, member: str = "m0") -> Standing:
        with read(self.engine) as session:
            found = SqlFacts(session).standing(member)
        assert found is not None
        return found

    def sound(self) -> bool:
        with read(self.engine) as session:
            return verify(session).ok


def test_pending_points_ripen_and_old_ones_die_without_the_engine(engine: Engine) -> None:
    club = Club(engine, tiers={"metric": "spend", "levels": [{"name": "Basic", "from": 0}]})
    for member in WHO:
        for day in (0, 0, 1):
            club.buy(member, 10, day)
    assert (club.account().pending, club.account().active) == (30, 0)
    found = club.settle(2)
    assert (found.seen, found.settled) == (7, 7)
    assert (club.account().pending, club.account().active, club.account().earned) == (10, 20, 20)
    assert club.standing().due_at == club.midnight(3)
    assert club.settle(3).settled == 7
    assert club.settle(22).seen == 0
    assert club.settle(23).settled == 7
    assert (club.account().active, club.account().balance) == (10, 10)
    assert club.sound()


def test_points_that_pay_a_deficit_are_left_to_the_engine(engine: Engine) -> None:
    club = Club(engine, wallets={"points": {"pending": {"days": 2}, "negative": "allow"}})
    with write(engine) as session:
        Ledger(session).perform("debit", {"id": "d", "member": "m0", "points": 30}, OPENED)
    for member in ("m0", "m1"):
        club.buy(member, 40, 0)
    assert club.settle(2).settled == 1
    assert (club.account().pending, club.account().deficit) == (40, 30)
    run_day_jobs(engine, club.midnight(2))
    assert (club.account().active, club.account().deficit) == (10, 0)
    assert club.sound()


def test_what_was_noted_too_early_is_noted_anew(engine: Engine) -> None:
    club = Club(engine)
    club.buy("m0", 10, 0)
    run_day_jobs(engine, club.midnight(2))
    with write(engine) as session:
        Ledger(session).perform("debit", {"id": "d", "member": "m0", "points": 10}, club.midnight(2))
    due = club.standing().due_at
    assert due is not None
    assert club.settle(30).settled == 1
    assert club.standing().due_at is None
    assert club.sound()


def test_a_level_that_is_kept_only_gets_another_date(engine: Engine) -> None:
    club = Club(engine)
    club.buy("m0", 50, 0)
    club.buy("m0", 120, 4)
    assert club.standing().tier == "Gold"
    review = club.standing().review_on
    assert review == club.midnight(11).astimezone(ZONE).date()
    run_day_jobs(engine, club.midnight(10))
    assert club.settle(11).settled == 1
    assert club.standing().review_on == club.midnight(15).astimezone(ZONE).date()
    assert club.standing().tier == "Gold"


def test_whoever_loses_a_level_is_left_to_the_engine(engine: Engine) -> None:
    club = Club(engine)
    club.buy("m0", 150, 0)
    club.buy("m1", 10, 0)
    run_day_jobs(engine, club.midnight(10))
    before = club.standing()
    assert club.settle(11).settled == 0
    assert club.standing() == before
    assert run_day_jobs(engine, club.midnight(11)) == 1
    assert club.standing().tier == "Basic"


SLOW = pytest.mark.slow


@pytest.mark.parametrize("chunk", [pytest.param(1, marks=SLOW), 3, pytest.param(50, marks=SLOW)])
def test_a_night_cut_off_anywhere_goes_on_where_it_was(engine: Engine, chunk: int) -> None:
    club = Club(engine, tiers={"metric": "spend", "levels": [{"name": "Basic", "from": 0}]})
    for day in range(3):
        for member in WHO:
            club.buy(member, 10 + day, day)
    run_day_jobs(engine, club.midnight(22))
    assert club.settle(23, limit=4).settled == 4  # and then the power went
    assert [club.account(member).balance for member in WHO] == [23] * 4 + [33] * 3
    assert run_day_jobs(engine, club.midnight(40), chunk=chunk) == 3 + 7 + 7
    assert run_day_jobs(engine, club.midnight(40), chunk=chunk) == 0
    assert [club.account(member).balance for member in WHO] == [0] * 7
    assert club.sound()


def test_a_night_already_done_by_somebody_else_ends_at_once(engine: Engine) -> None:
    club = Club(engine)
    run_day_jobs(engine, club.midnight(9))
    assert run_day_jobs(engine, club.midnight(5)) == 0


def test_statements_are_built_for_the_first_chunk_of_a_night_and_serve_the_others(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = Club(sqlite_engine)
    for member in WHO:
        club.buy(member, 150, 0)
        club.buy(member, 110, 5)
    run_day_jobs(sqlite_engine, club.midnight(10))
    built: list[sa.ClauseElement] = []

    def counted(statement: sa.ClauseElement) -> Prepared:
        built.append(statement)
        return Prepared(statement)

    monkeypatch.setattr(sql_night_bench, "Prepared", counted)
    night, place = sql_night.Night(club.midnight(11)), None
    many: list[int] = []
    for _ in range(3):
        with write(sqlite_engine) as session:
            chunk = night.settle(session, place, 2)
        assert chunk.settled == 2
        place = chunk.last
        many.append(len(built))
    assert many[1:] == [many[1]] * 2, [str(statement) for statement in built[many[0] :]]

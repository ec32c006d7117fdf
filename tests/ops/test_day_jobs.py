"""What time alone does: written down once, however often and in whatever pieces the jobs run."""

import threading
import time
from datetime import datetime, timedelta

from sqlalchemy import Engine

from loyalty.checkout.enrol import enrol
from loyalty.db.session import write
from loyalty.members.enrolment import NewMember
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.ops.timekeeper import Timekeeper
from tests.shop import OPENED, Shop, open_shop


def test_points_die_once_for_everybody(engine: Engine) -> None:
    shop = open_shop(engine)
    others = []
    with write(engine) as session:
        for number in range(9):
            others.append(enrol(session, NewMember(f"Bob {number}"), OPENED, shop.conventions).id)
    for member in others:
        shop.perform("purchase", id=f"s-{member}", member=member, amount="10")
    end = OPENED + timedelta(days=400)
    assert run_day_jobs(engine, OPENED + timedelta(days=300), chunk=2) == 0
    assert {shop.balance(member) for member in others} == {10}
    assert run_day_jobs(engine, end, chunk=2) == 9
    assert {shop.balance(member) for member in others} == {0}
    assert run_day_jobs(engine, end, chunk=2) == 0
    assert shop.verify().as_json() == {"ok": True, "accounts": 9, "transfers": 18, "lots": 9, "problems": []}


def test_a_shop_without_a_programme_has_nothing_to_do(sqlite_engine: Engine) -> None:
    assert run_day_jobs(sqlite_engine, OPENED) == 0


def test_without_the_jobs_a_sale_does_what_was_due_for_its_member(shop: Shop) -> None:
    shop.perform("purchase", id="s1", member=shop.ann, amount="10")
    shop.clock.forward(timedelta(days=400))
    shop.perform("purchase", id="s2", member=shop.ann, amount="7")
    assert shop.balance() == 7
    assert shop.verify().ok


def test_the_timekeeper_goes_on_after_a_failure(shop: Shop) -> None:
    shop.perform("purchase", id="s1", member=shop.ann, amount="10")
    turns = []

    def clock() -> datetime:
        turns.append(1)
        if len(turns) == 1:
            raise OSError("the disk is gone")
        return OPENED + timedelta(days=400)

    with Timekeeper(shop.engine, clock, every_s=0.01, first_after_s=0.01):
        end = time.monotonic() + 10
        while shop.balance() and time.monotonic() < end:
            time.sleep(0.01)
    assert shop.balance() == 0


def test_a_job_that_always_fails_leaves_the_others_their_turn(engine: Engine) -> None:
    told = threading.Event()

    def broken(_engine: Engine, _now: datetime) -> None:
        raise OSError("the disk is gone")

    def other(_engine: Engine, _now: datetime) -> None:
        told.set()

    with Timekeeper(engine, lambda: OPENED, every_s=60.0, first_after_s=0.01, also=(broken, other)):
        assert told.wait(30)

"""Rewards through every failure: cut, killed, out of paper, in doubt. The ledger is true, nothing stays held."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from loyalty.config import Config
from loyalty.db.session import open_engine, read
from loyalty.ops.verify import verify
from tests.journeys.programs import call, until
from tests.journeys.rewards import RewardWorld, shop

__all__ = ["shop"]


@pytest.fixture
def world(shop: RewardWorld) -> Iterator[RewardWorld]:
    shop.anew()
    yield shop
    engine = open_engine(Config(data_dir=shop.data_dir).database_url)
    with read(engine) as session:
        assert verify(session).ok
    engine.dispose()


def kill_and_start(world: RewardWorld) -> None:
    world.counter.kill()
    world.cable.mend()
    world.counter.start()


def slip_waits(world: RewardWorld, state: str = "waiting") -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        return next((job for job in world.slips() if job["state"] == state), None)

    return until(f"a slip that is {state}", 15, found)


def test_the_cable_cut_between_hold_and_sale(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.choose("Coffee")
    world.cable.cut()
    assert world.sell("50.00", "s-1")[0] == 202
    until("the slip is out", 15, lambda: not world.slips() and world.state()["pending"] == 2)
    assert world.purse(chan) == (900, 100)
    world.cable.mend()
    world.comes_to(chan, 950)


@pytest.mark.slow
def test_money_off_that_was_held_is_kept_through_an_outage(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    call("POST", world.url + "/quote", {"amount": "80.00"})
    world.choose("$50 off")
    world.cable.lose_answers()
    assert world.sell("80.00", "s-1")[0] == 202
    world.cable.mend()
    world.comes_to(chan, 530)
    assert Decimal(world.sell("80.00", "s-1")[1]["total"]) == 30


@pytest.mark.slow
def test_a_hold_whose_answer_is_lost_is_given_back(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.cable.lose_answers()
    status, problem = world.choose("$50 off")
    assert (status, problem["code"]) == (409, "over_floor")
    assert world.chosen() == []
    world.cable.mend()
    world.comes_to(chan, 1000)


@pytest.mark.slow
def test_the_server_killed_between_hold_and_capture(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.choose("Coffee")
    world.server.kill()
    assert world.sell("50.00", "s-1")[0] == 202
    until("the slip is out", 15, lambda: not world.slips() and world.state()["pending"] == 2)
    world.server.start()
    world.comes_to(chan, 950)


@pytest.mark.parametrize("step", [
    "asking", pytest.param("held", marks=pytest.mark.slow),
    pytest.param("held while the cable is cut", marks=pytest.mark.slow),
])  # fmt: skip
def test_the_counter_killed_before_the_sale_gives_the_hold_back(world: RewardWorld, step: str) -> None:
    chan = world.rich()
    world.tap(chan)
    if step == "asking":
        world.cable.lose_answers()
        threading.Thread(target=lambda: _quietly(world), daemon=True).start()
        until("the server to hold it", 10, lambda: world.purse(chan) == (900, 100))
    else:
        world.choose("Coffee")
        if step != "held":
            world.cable.cut()
    kill_and_start(world)
    world.comes_to(chan, 1000)
    assert world.slips() == []


def _quietly(world: RewardWorld) -> None:
    try:
        world.choose("Coffee")
    except OSError:
        return  # the counter was killed while it was being asked


def test_the_counter_killed_after_the_sale_prints_the_slip_when_it_is_back(world: RewardWorld) -> None:
    chan, paper = world.rich(), world.gadgets["receipts"]
    paper.fault("paper_end")
    world.device_says("receipts", "out_of_paper")
    world.tap(chan)
    world.choose("Coffee")
    world.sell("50.00", "s-1")
    slip_waits(world)
    kill_and_start(world)
    job = slip_waits(world, "failed")  # nobody can know whether it came out: the cashier looks
    paper.mend()
    assert world.purse(chan) == (950, 100)
    assert call("POST", f"{world.url}/print-jobs/{job['id']}:retry")[0] == 200
    world.comes_to(chan, 950)


@pytest.mark.slow
def test_the_counter_killed_before_the_capture_is_sent(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.choose("Coffee")
    world.cable.cut()
    world.sell("50.00", "s-1")
    until("the capture is written down", 15, lambda: not world.slips() and world.state()["pending"] == 2)
    kill_and_start(world)
    world.comes_to(chan, 950)


@pytest.mark.parametrize(("how", "left"), [("given", 950), ("back", 1050), ("dropped", 1050)])
def test_without_paper_the_cashier_decides(world: RewardWorld, how: str, left: int) -> None:
    chan, paper = world.rich(), world.gadgets["receipts"]
    paper.fault("paper_end")
    world.device_says("receipts", "out_of_paper")
    world.tap(chan)
    id = world.choose("Coffee")[1]["redemption"]["id"]
    world.sell("50.00", "s-1")
    job = slip_waits(world)
    if how == "dropped":
        call("POST", f"{world.url}/print-jobs/{job['id']}:drop")
    else:
        assert world.settle(id, how)[0] == 200
    world.comes_to(chan, left)
    assert world.settle(id, "given")[1]["code"] == "conflict"
    paper.mend()


@pytest.mark.slow
def test_power_lost_while_the_slip_is_printed_is_in_doubt_until_the_cashier_has_looked(world: RewardWorld) -> None:
    chan, paper = world.rich(), world.gadgets["receipts"]
    world.tap(chan)
    id = world.choose("Coffee")[1]["redemption"]["id"]
    paper.fault("power_cut", after_bytes=300)
    world.settle(id, "hand-out")
    job = slip_waits(world, "failed")
    assert (job["trouble"], world.purse(chan)) == ("in_doubt", (900, 100))
    paper.mend()
    world.settle(id, "given")
    world.comes_to(chan, 900)


@pytest.mark.slow
def test_undoing_a_sale_takes_back_what_was_handed_out_with_it(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.choose("Coffee")
    world.sell("50.00", "s-1")
    world.comes_to(chan, 950)
    assert world.undo("s-1")[0] == 201
    world.comes_to(chan, 1000)


@pytest.mark.slow
def test_without_the_server_rewards_stay_within_the_floor_limit(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    call("DELETE", world.url + "/member")
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    world.tap(chan)
    assert world.choose("$50 off")[1]["code"] == "over_floor"
    assert world.choose("Points as money")[1]["code"] == "offline"
    call("POST", world.url + "/quote", {"amount": "60.00"})
    quote = world.choose("$10 off")[1]["sale"]["quote"]
    assert quote["due"] == "50.00" and quote["as_of"]
    assert world.sell("60.00", "s-1")[0] == 202
    assert "may give 30 more points" in world.choose("Coffee")[1]["detail"]
    world.cable.mend()
    world.comes_to(chan, 1000 - 120 + 50)


@pytest.mark.slow
def test_something_handed_out_offline_is_spent_when_the_server_is_back(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    id = world.choose("Coffee")[1]["redemption"]["id"]
    world.settle(id, "hand-out")
    until("the slip is out", 15, lambda: not world.slips() and world.state()["pending"] == 2)
    world.cable.mend()
    world.comes_to(chan, 900)


@pytest.mark.slow
def test_points_spent_elsewhere_meanwhile_become_work_and_the_sale_is_kept(world: RewardWorld) -> None:
    chan = world.rich(points=130)
    world.tap(chan)
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    world.choose("$10 off")
    assert world.sell("60.00", "s-1")[0] == 202
    world.api("POST", "/debits", {"id": f"d-{chan.id}", "member": chan.id, "points": 100, "reason": "spent elsewhere"})
    world.cable.mend()
    world.comes_to(chan, 30 + 50)
    assert world.sell("60.00", "s-1")[1]["status"] == "booked"

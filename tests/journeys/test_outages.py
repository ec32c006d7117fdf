"""Sales through every outage: booked once, never lost, and the cashier is told the truth meanwhile."""

import threading
from decimal import Decimal

import pytest

from tests.journeys.programs import call, until
from tests.journeys.world import World


def test_the_network_cut_in_the_middle_credits_once(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    assert world.sell("100.00", "s-1")[0] == 201
    world.cable.cut()
    status, answer = world.sell("20.00", "s-2")
    assert (status, answer["status"], answer["code"]) == (202, "pending", "will_be_credited")
    assert world.state()["pending"] == 1
    assert not world.state()["online"]
    assert world.balance(chan) == 100
    world.cable.mend()
    world.all_sent()
    assert world.balance(chan) == 120
    assert world.sell("20.00", "s-2")[0] == 200


@pytest.mark.slow
def test_a_lost_answer_is_asked_for_again_and_credits_once(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.cable.lose_answers()
    status, _ = world.sell("88.00", "s-1")
    assert status == 202
    until("the server to have booked it", 5, lambda: world.balance(chan) == 88)
    assert world.cable.answers_lost > 0
    world.cable.mend()
    world.all_sent()
    assert world.balance(chan) == 88
    status, outcome = world.sell("88.00", "s-1")
    assert (status, Decimal(outcome["earned"]["points"])) == (200, 88)


def test_the_server_killed_during_a_sale_and_started_again(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.server.kill()
    status, answer = world.sell("88.00", "s-1")
    assert (status, answer["status"]) == (202, "pending")
    world.server.start()
    world.all_sent()
    assert world.balance(chan) == 88


@pytest.mark.slow
def test_the_counter_killed_between_writing_and_sending(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.cable.cut()
    assert world.sell("88.00", "s-1")[0] == 202
    world.counter.kill()
    world.cable.mend()
    world.counter.start()
    world.all_sent()
    assert world.balance(chan) == 88
    status, outcome = world.sell("88.00", "s-1")
    assert (status, outcome["status"]) == (200, "booked")


def test_the_counter_killed_after_the_server_booked_but_before_its_answer(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.cable.lose_answers()
    seller = threading.Thread(target=lambda: _quietly(world), daemon=True)
    seller.start()
    until("the server to have booked it", 5, lambda: world.balance(chan) == 88)
    world.counter.kill()
    world.cable.mend()
    world.counter.start()
    world.all_sent()
    assert world.balance(chan) == 88
    assert world.sell("88.00", "s-1")[1]["status"] == "booked"


def _quietly(world: World) -> None:
    try:
        world.sell("88.00", "s-1")
    except OSError:
        return  # the counter was killed while it was being asked


def test_offline_a_known_member_is_shown_as_of_and_an_unknown_card_is_kept_for_its_owner(world: World) -> None:
    chan, peter = world.people[:2]
    world.tap(chan)
    call("DELETE", world.url + "/member")
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    member = world.tap(chan)
    assert member["fresh"] is False and member["as_of"]
    assert world.sell("10.00", "known")[0] == 202
    world.gadgets["reader"].put(peter)
    until("the card to be noted", 5, lambda: (world.state()["credential"] or {}).get("ends") == peter.uid[-4:])
    assert world.state()["member"] is None
    assert world.sell("20.00", "by-card")[0] == 202
    assert world.undo("known")[0] == 202
    assert world.state()["pending"] == 3
    world.cable.mend()
    until("the card is somebody's now", 30, lambda: (world.state()["member"] or {}).get("id") == peter.id)
    assert world.state()["member"]["fresh"]
    world.all_sent()
    assert (world.balance(chan), world.balance(peter)) == (0, 20)


def test_many_sales_offline_arrive_in_order_and_once(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.cable.cut()
    until("the counter to notice", 10, lambda: not world.state()["online"])
    for number in range(45):
        assert world.sell("1.00", f"n-{number}", member=chan.id)[0] == 202
    assert world.state()["pending"] == 45
    world.cable.mend()
    world.all_sent(20)
    assert world.balance(chan) == 45


@pytest.mark.slow
def test_the_counter_stops_cleanly_and_leaves_its_sales_on_the_disk(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.cable.cut()
    world.sell("88.00", "s-1")
    assert world.counter.stop() == 0
    world.cable.mend()
    world.counter.start()
    world.all_sent()
    assert world.balance(chan) == 88

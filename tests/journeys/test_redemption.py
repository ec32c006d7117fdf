"""A reward at the counter, from the choice to the customer's hands: the ledger is true, nothing stays held."""

from decimal import Decimal

import pytest

from tests.journeys.programs import call, until
from tests.journeys.rewards import RewardWorld, shop, world

__all__ = ["shop", "world"]


def test_a_coffee_with_a_sale_is_held_sold_and_spent_once_its_slip_is_out(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    status, answer = world.choose("Coffee")
    assert (status, answer["redemption"]["state"], answer["redemption"]["handed"]) == (201, "held", True)
    assert world.purse(chan) == (900, 100)
    assert world.sell("50.00", "s-1")[0] == 201
    world.comes_to(chan, 950)
    assert world.chosen() == [] and world.slips() == []


def test_money_off_lowers_the_price_in_the_quote_and_in_the_sale(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    quote = call("POST", world.url + "/quote", {"amount": "80.00"})[1]["quote"]
    assert (quote["due"], quote["earned"]["points"]) == ("80.00", 80)
    assert world.choose("$50 off")[1]["sale"]["quote"]["due"] == "30.00"
    assert world.choose("Points as money")[1]["sale"]["quote"]["due"] == "0.00"
    status, outcome = world.sell("80.00", "s-1")
    assert (status, Decimal(outcome["total"]), Decimal(outcome["redeemed"])) == (201, 0, 800)
    world.comes_to(chan, 200)
    assert world.undo("s-1")[0] == 201
    world.comes_to(chan, 1000)


def test_what_the_member_may_not_have_is_one_sentence(world: RewardWorld) -> None:
    assert world.choose("Coffee")[1]["code"] == "no_member"
    chan = world.rich(points=100)
    world.tap(chan)
    assert world.choose("$50 off")[1]["code"] == "not_eligible"
    assert world.choose("Tea")[1]["detail"].endswith("choose one from the list.")
    world.api("POST", "/debits", {"id": f"d-{chan.id}", "member": chan.id, "points": 60, "reason": "spent elsewhere"})
    status, problem = world.choose("Coffee")
    assert (status, problem["code"]) == (409, "insufficient_points")
    world.comes_to(chan, 40)


def test_a_reward_that_the_sale_may_not_have_leaves_amount_and_reward_for_the_cashier(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    world.choose("$50 off")
    status, problem = world.sell("20.00", "s-1")
    assert (status, problem["code"]) == (409, "not_eligible")
    assert [row["state"] for row in world.chosen()] == ["held"]
    assert world.sell("100.00", "s-2")[0] == 201
    world.comes_to(chan, 550)


@pytest.mark.parametrize("how", ["dropped", "sent away", "another member"])
def test_a_reward_let_go_is_given_back(world: RewardWorld, how: str) -> None:
    chan = world.rich()
    world.tap(chan)
    row = world.choose("Coffee")[1]["redemption"]
    if how == "dropped":
        assert call("DELETE", f"{world.url}/redemptions/{row['id']}")[1]["chosen"] == []
    elif how == "sent away":
        call("DELETE", world.url + "/member")
    else:
        world.gadgets["reader"].put(world.people[1])
        until("the question", 5, lambda: world.state()["question"])
        world.gadgets["reader"].take()
        call("POST", world.url + "/question", {"answer": "switch"})
    world.comes_to(chan, 1000)
    assert world.slips() == []


def test_a_reward_without_a_sale_and_a_voucher_that_pays_the_next_one(world: RewardWorld) -> None:
    chan = world.rich()
    world.tap(chan)
    money = world.choose("$10 off")[1]["redemption"]["id"]
    assert world.settle(money, "hand-out")[1]["code"] == "invalid"
    call("DELETE", f"{world.url}/redemptions/{money}")
    ticket = world.choose("Ticket")[1]["redemption"]["id"]
    assert world.settle(ticket, "hand-out")[0] == 200
    world.comes_to(chan, 950)
    voucher = until("the voucher", 5, lambda: world.state()["member"]["vouchers"])[0]["id"]
    call("POST", world.url + "/quote", {"amount": "50.00"})
    assert call("POST", world.url + "/sale", {"vouchers": [voucher]})[1]["sale"]["quote"]["due"] == "30.00"
    assert Decimal(world.sell("50.00", "s-1")[1]["total"]) == 30
    world.comes_to(chan, 980)


def test_stored_value_pays_what_it_can(world: RewardWorld) -> None:
    chan = world.people[0]
    world.api("POST", "/topups", {"id": f"t-{chan.id}", "member": chan.id, "topup": "cash"})
    world.tap(chan)
    call("POST", world.url + "/sale", {"pay": ["purse"]})
    outcome = world.sell("130.00", "s-1")[1]
    assert (Decimal(outcome["due"]), Decimal(outcome["paid"]["purse"])) == (30, 100)
    world.comes_to(chan, 130)


def test_a_till_of_another_make_redeems_in_its_own_words(world: RewardWorld) -> None:
    chan = world.rich()
    done = world.sell("100.00", "t-1", token=chan.number, redeem=[{"reward": "$50 off"}], discount="5.00")
    assert (done[0], Decimal(done[1]["total"])) == (201, 45)
    poor = world.sell("100.00", "t-2", member=world.people[1].id, redeem=[{"reward": "$50 off"}])
    assert (poor[0], poor[1]["code"]) == (409, "insufficient_points")
    world.comes_to(chan, 545)

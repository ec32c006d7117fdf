"""A card drawn through a slot identifies as a tap does; a bank card and a dirty stripe each have their sentence."""

import json

import pytest

from tests.journeys.programs import call, until
from tests.journeys.world import World


def ready(world: World, slot: str) -> None:
    until(f"{slot} to be ready", 20, lambda: world.device(slot)["state"] == "ready")
    if slot == "stripe":  # reads only while it waits for a card
        until("the slot to wait for a card", 20, lambda: world.gadgets[slot].unit.state()["waiting"])


def notice(world: World, code: str) -> dict[str, str]:
    return until(code, 20, lambda: (lambda found: found if found and found["code"] == code else None)(
        world.state()["notice"]))  # fmt: skip


@pytest.mark.parametrize("slot", ["stripe", "swipes"])
def test_a_swipe_shows_the_member_on_both_screens(world: World, slot: str) -> None:
    peter = world.people[1]
    ready(world, slot)
    world.gadgets[slot].swipe(t1="CHAN/PETER", t2=f";{peter.number}=99?")
    assert world.member_here(20)["id"] == peter.id
    shown = until("the kiosk", 20, lambda: call("GET", world.url + "/kiosk/state")[1]["member"])
    assert "masked_name" in shown
    assert world.sell("10.00")[0] == 201
    assert world.balance(peter) == 10


@pytest.mark.parametrize("slot", ["stripe", "swipes"])
def test_a_bank_card_is_refused_in_one_sentence_and_kept_nowhere(world: World, slot: str) -> None:
    ready(world, slot)
    world.gadgets[slot].swipe(t1="B4012888888881881^TEST/CARD^30121010000000000", t2="4012888888881881=3012101000000")
    found = notice(world, "bank_card")
    assert "member's card" in found["detail"]
    assert world.state()["member"] is None and world.device(slot)["state"] == "ready"
    assert call("GET", world.url + "/kiosk/state")[1]["trouble"] == "bank_card"
    bench = call("GET", f"{world.url}/bench/devices/{slot}/trace?after=0")[1]
    everywhere = json.dumps([bench, call("GET", f"{world.url}/bench/devices")[1], world.state()])
    assert "8888888" not in everywhere and "38" * 7 not in everywhere and "38383838" not in everywhere
    assert "88888888" not in world.counter.log() + world.server.log()
    kept = [path for path in world.folder.rglob("*") if path.is_file() and b"88888888" in path.read_bytes()]
    assert not kept


def test_a_stripe_that_cannot_be_read_is_drawn_again(world: World) -> None:
    peter, slot = world.people[1], world.gadgets["swipes"]
    ready(world, "swipes")
    slot.fault("stripe_lrc")
    slot.swipe(t2=peter.number)
    assert "Turn the card" in notice(world, "stripe_unreadable")["detail"]
    slot.mend()
    slot.swipe(t2=peter.number)
    assert world.member_here(20)["id"] == peter.id


def test_a_bank_card_typed_by_a_keyboard_reader_is_refused(world: World) -> None:
    for token in (";4012888888881881=3012101?", {"kind": "magstripe", "value": "4012888888881881"}):
        status, problem = call("POST", world.url + "/identify", {"token": token})
        assert (status, problem["code"]) == (422, "bank_card")
    assert world.state()["credential"] is None


def test_a_slot_unplugged_and_plugged_in_again(world: World) -> None:
    peter, slot = world.people[1], world.gadgets["swipes"]
    ready(world, "swipes")
    slot.fault("cut")
    until("the slot to be missed", 20, lambda: world.device("swipes")["state"] == "offline")
    slot.mend()
    ready(world, "swipes")
    slot.swipe(t2=peter.number)
    assert world.member_here(20)["id"] == peter.id

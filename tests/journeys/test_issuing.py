"""Cards for many: stripe, face and chip at one counter, step by step, through a power cut and a pause."""

import secrets
from typing import Any

import pytest

from tests.journeys.programs import call, until
from tests.journeys.world import World


class Blank:
    """A new card: it has a chip and nothing on it."""

    def __init__(self) -> None:
        self.uid = "04" + secrets.token_hex(6).upper()

    @property
    def card(self) -> dict[str, Any]:
        return {"kind": "rewritable", "uid": self.uid, "tracks": {}}


def job(world: World, *steps: str, kind: str = "card_uid", people: int = 2) -> str:
    members = [person.id for person in world.people[:people]]
    body = {"name": "Staff", "members": members, "kind": kind, "counter": "till-1", "steps": steps}
    status, answer = world.api("POST", "/issue-jobs", body)
    assert status == 201, answer
    return str(answer["id"])


def waits_for(world: World, step: str, seconds: float = 60) -> dict[str, Any]:
    def asked() -> Any:
        making = world.state()["making"]
        return making if making and making["card"] and making["card"]["step"] == step else None

    return dict(until(f"a card that waits for its {step}", seconds, asked))


def lay_down(world: World, blank: Blank) -> None:
    world.gadgets["cards"].take()
    world.gadgets["reader"].put(blank)  # type: ignore[arg-type]


def test_every_step_survives_a_power_cut_and_the_cards_are_the_members(world: World) -> None:
    id, first, second = job(world, "stripe", "face", "chip"), Blank(), Blank()
    shown = waits_for(world, "stripe")
    assert (shown["name"], shown["cards"], shown["done"]) == ("Staff", 2, 0)
    world.gadgets["cards"].put(first)  # type: ignore[arg-type]
    waits_for(world, "chip")
    world.counter.kill()
    world.counter.start()
    waits_for(world, "chip")
    lay_down(world, first)
    until("the first card to be told", 60, lambda: world.api("GET", f"/issue-jobs/{id}")[1]["done"] == 1)
    world.gadgets["reader"].take()
    waits_for(world, "stripe")
    world.gadgets["cards"].put(second)  # type: ignore[arg-type]
    waits_for(world, "chip")
    lay_down(world, second)
    until("the job to end", 60, lambda: world.api("GET", f"/issue-jobs/{id}")[1]["status"] == "done")
    world.gadgets["reader"].take()
    for blank, person in zip((first, second), world.people, strict=False):
        found = world.api("POST", "/members:lookup", {"token": blank.uid, "kind": "card_uid"})[1]
        assert found["id"] == person.id


@pytest.mark.slow
def test_nobodys_card_is_written_over_and_a_pause_rests(world: World) -> None:
    id, peter = job(world, "stripe", "face", kind="magstripe", people=1), world.people[1]
    waits_for(world, "stripe")
    world.gadgets["cards"].put(peter)
    until("the counter to refuse a used card", 60, lambda: "blank one" in world.state()["making"]["trouble"])
    world.gadgets["cards"].take()
    assert call("POST", world.url + "/making:pause")[0] == 200
    assert world.api("GET", f"/issue-jobs/{id}")[1]["status"] == "paused"
    until("the printer to rest", 30, lambda: world.device("cards")["cause"] != "no_new_card")
    assert call("POST", world.url + "/making:resume")[0] == 200
    world.gadgets["cards"].put(Blank())  # type: ignore[arg-type]
    until("the job to end", 60, lambda: world.api("GET", f"/issue-jobs/{id}")[1]["status"] == "done")
    credentials = world.api("GET", f"/members/{world.people[0].id}")[1]["credentials"]
    stripe = next(each for each in credentials if each["kind"] == "magstripe")

    def told() -> bool:
        content = world.api("GET", f"/cards/{stripe['id']}")[1]["content"]
        return bool(content["rewrites"] == 1 and not content["stale"])

    until("the face to be told", 60, told)


@pytest.mark.slow
def test_a_spoilt_card_is_left_and_the_member_who_is_here_comes_first(world: World) -> None:
    id, chan = job(world, "face", kind="barcode", people=1), world.people[0]
    waits_for(world, "face")
    assert call("POST", world.url + "/making:spoilt")[0] == 200
    assert world.api("GET", f"/issue-jobs/{id}")[1]["failed"] == 1
    world.api("POST", f"/issue-jobs/{id}:retry")
    waits_for(world, "face")
    world.tap(chan)
    assert world.sell("10.00")[0] == 201
    world.device_says("cards", "no_card", 30)
    world.gadgets["cards"].put(chan)
    until("the face of whoever is here", 60, lambda: not world.jobs("face"))
    assert world.api("GET", f"/issue-jobs/{id}")[1]["done"] == 0
    world.gadgets["cards"].take()
    call("DELETE", world.url + "/member")
    world.gadgets["cards"].put(Blank())  # type: ignore[arg-type]
    until("the job to end", 60, lambda: world.api("GET", f"/issue-jobs/{id}")[1]["status"] == "done")

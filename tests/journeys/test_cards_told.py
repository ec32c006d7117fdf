"""What a counter prints on a card stands at the server; what the server blocks is refused without a line too."""

import pytest

from tests.journeys.programs import call, until
from tests.journeys.world import World


@pytest.mark.slow  # waits for two rounds of the counter's own timer
def test_a_printed_face_is_known_at_the_server_and_a_lost_card_is_refused_offline(world: World) -> None:
    peter = world.people[1]
    credentials = world.api("GET", f"/members/{peter.id}")[1]["credentials"]
    card = next(each["id"] for each in credentials if each["kind"] == "card_uid")
    world.tap(peter)
    assert world.sell("10.00")[0] == 201
    world.gadgets["cards"].put(peter)

    def told() -> bool:
        content = world.api("GET", f"/cards/{card}")[1]["content"]
        return bool(content["rewrites"] == 1 and content["face_as_of"] and not content["stale"])

    until("the server to know what the card shows", 60, told)
    assert world.api("POST", f"/cards/{card}:block", {"lost": True})[0] == 200
    name = f"card_uid:{peter.uid}"
    until("the counter to have the list", 60, lambda: refused(world, name))


def refused(world: World, name: str) -> bool:
    kind, _, value = name.partition(":")
    world.cable.cut()
    try:
        answer = call("POST", world.url + "/identify", {"token": {"kind": kind, "value": value}})
        return "reported lost" in str(answer)
    finally:
        world.cable.mend()

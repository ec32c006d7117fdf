"""The face first: a cable pulled between the halves of a card. The counter shows which half happened, and mends it."""

import pytest

from tests.journeys.programs import until
from tests.journeys.test_issuing import Blank, job, waits_for
from tests.journeys.world import World, running

pytestmark = pytest.mark.slow


class FaceFirst(World):
    device_settings = {"cards": '{order = "face"}'}


@pytest.fixture
def shop(shared, tmp_path):
    with running(FaceFirst(tmp_path, shared)) as world:
        world.anew()
        yield world


def test_a_cable_pulled_between_the_halves_is_told_and_the_card_made_whole(shop: World) -> None:
    printer, blank = shop.gadgets["cards"], Blank()
    id = job(shop, "stripe", "face", "chip", people=1)
    waits_for(shop, "stripe")
    prints = printer.unit.state()["counters"]["prints"]
    printer.fault("slow", seconds=3)  # time for a hand to reach the cable while the stripe is written
    printer.put(blank)  # type: ignore[arg-type]
    until("the face to be printed", 60, lambda: printer.unit.state()["counters"]["prints"] > prints)
    until("the stripe's turn", 60, lambda: _said(printer, "WriteStripe"))
    printer.fault("cut")
    halves = until("the counter to say how far the card came", 60, lambda: shop.state()["making"]["halves"])
    assert halves["face"] == "printed" and halves["stripe"] in ("untouched", "unknown")
    assert shop.state()["making"]["card"]["step"] == "stripe"  # nothing is taken for done
    until("the printer to be missed", 60, lambda: shop.device("cards")["state"] == "offline")
    printer.mend()
    printer.take()
    fresh = Blank()
    until("the counter to ask again", 60, lambda: shop.device("cards")["cause"] == "no_new_card")
    printer.put(fresh)  # type: ignore[arg-type]
    waits_for(shop, "chip")
    assert shop.state()["making"]["halves"] is None
    printer.take()
    shop.gadgets["reader"].put(fresh)  # type: ignore[arg-type]
    until("the job to end", 60, lambda: shop.api("GET", f"/issue-jobs/{id}")[1]["status"] == "done")


def _said(printer, word: str) -> bool:
    return any(word in row["meaning"] for row in printer.unit.log.after(0) if row["direction"] == ">")

"""Devices in trouble: each says in one sentence what to do, and mends itself once it is done."""

from tests.journeys.programs import call, until
from tests.journeys.world import World


def test_the_reader_unplugged_and_plugged_in_again(world: World) -> None:
    chan, reader = world.people[0], world.gadgets["reader"]
    reader.fault("cut")
    found = until("the reader to be missed", 8, lambda: _if(world.device("reader"), "offline"))
    assert found["cause"] in ("link_lost", "no_answer") and found["advice"]
    reader.mend()
    until("the reader to be back", 10, lambda: _if(world.device("reader"), "ready"))
    world.tap(chan)


def test_a_reader_that_is_lost_leaves_nobody_on_the_kiosk(world: World) -> None:
    world.gadgets["reader"].put(world.people[0])
    until("the kiosk", 2, lambda: call("GET", world.url + "/kiosk/state")[1]["member"])
    world.gadgets["reader"].fault("cut")
    until("an empty kiosk", 5, lambda: call("GET", world.url + "/kiosk/state")[1]["member"] is None)


def test_the_printer_without_a_card_asks_for_it_and_the_sale_stands(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    assert world.sell("10.00")[0] == 201
    found = world.device_says("cards", "no_card")
    assert (found["state"], found["advice"]) == ("needs_person", "Put the card in.")
    assert [job["state"] for job in world.jobs("face")] == ["waiting_for_card"]
    job = world.jobs("face")[0]["id"]
    assert call("POST", f"{world.url}/print-jobs/{job}:drop")[0] == 200
    until("the printer to rest", 8, lambda: _if(world.device("cards"), "ready"))
    assert world.balance(chan) == 10


def test_an_open_cover_is_said_and_the_face_printed_once_it_is_closed(world: World) -> None:
    chan, printer = world.people[0], world.gadgets["cards"]
    printer.fault("cover_open")
    found = world.device_says("cards", "cover_open")
    assert found["advice"] == "Close the cover."
    world.tap(chan)
    assert world.sell("10.00")[0] == 201
    printer.put(chan)
    printer.mend()
    until("the face", 30, lambda: world.jobs("face") == [])


def test_another_members_card_is_given_back(world: World) -> None:
    chan, peter, printer = world.people[0], world.people[1], world.gadgets["cards"]
    world.tap(chan)
    world.sell("10.00")
    world.device_says("cards", "no_card")
    printer.put(peter)
    assert world.device_says("cards", "wrong_card")["advice"].startswith("Take this card out")
    assert [job["state"] for job in world.jobs("face")] == ["waiting_for_card"]
    printer.take()
    printer.put(chan)
    until("the face", 30, lambda: world.jobs("face") == [])


def test_two_sales_before_the_card_comes_print_the_newest_face_only(world: World) -> None:
    chan, printer = world.people[0], world.gadgets["cards"]
    world.tap(chan)
    prints = printer.unit.state()["counters"]["prints"]
    world.sell("10.00")
    world.sell("20.00")
    assert len(world.jobs("face")) == 1
    printer.put(chan)
    until("the face", 30, lambda: world.jobs("face") == [])
    assert printer.unit.state()["counters"]["prints"] == prints + 1


def test_a_jam_while_printing_is_tried_again_by_itself(world: World) -> None:
    chan, printer = world.people[0], world.gadgets["cards"]
    world.tap(chan)
    world.sell("10.00")
    world.device_says("cards", "no_card")
    printer.fault("card_jam")
    printer.put(chan)
    found = world.device_says("cards", "card_jam", 15)
    assert "cover" in found["advice"]
    printer.mend()
    printer.take()
    printer.put(chan)
    until("the face", 40, lambda: world.jobs("face") == [])
    assert world.balance(chan) == 10


def test_without_paper_the_receipt_waits_and_comes_out_once(world: World) -> None:
    chan, paper = world.people[0], world.gadgets["receipts"]
    paper.fault("paper_end")
    found = world.device_says("receipts", "out_of_paper")
    assert found["state"] == "needs_person" and "roll" in found["advice"]
    world.tap(chan)
    world.sell("10.00")
    assert [job["state"] for job in world.jobs("receipt")] == ["waiting"]
    paper.mend()
    until("the receipt", 15, lambda: world.jobs("receipt") == [])
    sales = call("GET", world.url + "/sales")[1]["sales"]
    assert sales[0]["receipt"]


def test_a_face_that_waited_is_printed_after_a_crash(world: World) -> None:
    chan, printer = world.people[0], world.gadgets["cards"]
    world.tap(chan)
    world.sell("10.00")
    world.device_says("cards", "no_card")
    world.counter.kill()
    world.counter.start()
    printer.put(chan)
    until("the face", 40, lambda: world.jobs("face") == [])


def _if(device: dict[str, object], state: str) -> dict[str, object] | None:
    return device if device["state"] == state else None

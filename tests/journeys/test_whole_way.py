"""The whole way over real wires: tap, sale, level, face, receipt, with everything that can break in between."""

import io
from decimal import Decimal

import pytest
import zxingcpp
from PIL import Image

from tests.journeys.programs import call, until
from tests.journeys.world import World


def codes_on(png: bytes) -> set[str]:
    """What a scanner reads from a picture, enlarged as a camera would see it."""
    image = Image.open(io.BytesIO(png)).convert("L")
    image = image.resize((image.width * 2, image.height * 2), Image.Resampling.NEAREST)
    return {found.text for found in zxingcpp.read_barcodes(image)}


def test_tap_sale_level_face_and_receipt(world: World) -> None:
    chan, printer = world.people[0], world.gadgets["cards"]
    member = world.tap(chan)
    assert (member["masked_name"], member["tier"]["name"]) == ("陳＊文", "Member")
    status, outcome = world.sell("880.00", "s-1")
    assert status == 201
    assert (outcome["status"], Decimal(outcome["earned"]["points"])) == ("booked", 880)
    assert (outcome["tier_before"], outcome["tier_after"]) == ("Member", "Gold")
    assert world.balance(chan) == 880
    world.device_says("cards", "no_card")
    before = printer.picture("face.png")
    printer.put(chan)
    world.device_says("cards", "take_card", 30)
    face = printer.picture("face.png")
    assert face and face != before
    assert codes_on(face) == {chan.number}
    assert world.jobs("face") == []
    until("the receipt", 20, lambda: world.jobs("receipt") == [])
    paper = world.gadgets["receipts"].picture("paper.png")
    assert paper
    assert f"till-1:{world.sale_id('s-1')}" in codes_on(paper)
    assert world.state()["member"]["wallets"]["points"]["available"] in ("880", 880)


def test_a_scan_identifies_as_a_tap_does(world: World) -> None:
    peter = world.people[1]
    world.gadgets["scanner"].scan(peter.number)
    assert world.member_here()["id"] == peter.id


def test_the_same_sale_asked_twice_is_booked_once(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    first = world.sell("88.00", "s-1")
    second = world.sell("88.00", "s-1")
    assert (first[0], second[0]) == (201, 200)
    assert first[1] == second[1]
    assert world.sell("99.00", "s-1")[0] == 409
    assert world.balance(chan) == 88


def test_an_undone_sale_gives_back_everything_once(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    world.sell("88.00", "s-1")
    for expected in (201, 200):
        status, outcome = world.undo("s-1")
        assert (status, outcome["status"]) == (expected, "cancelled")
    assert world.balance(chan) == 0
    sales = call("GET", world.url + "/sales")[1]["sales"]
    assert (sales[0]["id"], sales[0]["state"], sales[0]["undoable"]) == (world.sale_id("s-1"), "undone", False)
    assert world.undo("none")[0] == 404


def test_bad_requests_book_nothing_and_say_why(world: World) -> None:
    chan = world.people[0]
    status, problem = world.sell("10.00")
    assert (status, problem["code"]) == (409, "no_member")
    world.tap(chan)
    for body, code in (({"amount": "12,5x"}, "invalid"), ({"amount": "0"}, "invalid"), ({}, "invalid")):
        status, problem = call("POST", world.url + "/sales", body)
        assert (status, problem["code"]) == (422, code)
        assert problem["detail"].count(". ") == 0 and problem["detail"].endswith(".")
    assert call("POST", world.url + "/sales", {"amount": "1"}, headers={"Origin": "http://elsewhere"})[0] == 403
    assert call("GET", world.url + "/state", headers={"Host": "elsewhere"})[0] == 403
    assert world.balance(chan) == 0
    assert world.state()["pending"] == 0


def test_an_unknown_and_a_blocked_card_each_have_their_sentence(world: World) -> None:
    chan = world.people[0]
    status, problem = call("POST", world.url + "/identify", {"token": "does-not-exist"})
    assert (status, problem["code"]) == (404, "unknown_member")
    assert world.state()["notice"]["code"] == "unknown_member"
    cards = world.api("GET", f"/members/{chan.id}")[1]["credentials"]
    assert world.api("POST", f"/cards/{cards[0]['id']}:block", {"reason": "lost"})[0] == 200
    world.gadgets["reader"].put(chan)
    notice = until("a sentence", 3, lambda: (lambda found: found if found and "card" in found["code"] else None)(
        world.state()["notice"]))  # fmt: skip
    assert notice["code"] == "card_blocked"
    assert world.state()["member"] is None


def test_a_second_tap_during_a_sale_is_a_question(world: World) -> None:
    chan, peter = world.people[:2]
    world.tap(chan)
    call("POST", world.url + "/quote", {"amount": "50.00"})
    world.gadgets["reader"].put(peter)
    question = until("a question", 3, lambda: world.state()["question"])
    assert question["member"]["id"] == peter.id
    assert world.state()["member"]["id"] == chan.id
    call("POST", world.url + "/question", {"answer": "keep"})
    assert world.sell("50.00")[0] == 201
    assert (world.balance(chan), world.balance(peter)) == (50, 0)


def test_a_quote_says_what_the_sale_would_give_and_books_nothing(world: World) -> None:
    chan = world.people[0]
    world.tap(chan)
    quote = call("POST", world.url + "/quote", {"amount": "50.00"})[1]["quote"]
    assert Decimal(str(quote["earned"]["points"])) == 50
    assert world.state()["sale"]["quote"]["earned"]
    assert world.balance(chan) == 0


def test_a_member_is_found_by_name_and_number(world: World) -> None:
    peter = world.people[1]
    by_name, by_number = (
        call("POST", world.url + "/identify", {"search": text})[1]["members"] for text in ("peter ch", peter.number)
    )
    assert by_name and all(row["name"] == "Peter Chan" for row in by_name)
    assert [row["id"] for row in by_number] == [peter.id]
    assert call("POST", world.url + "/identify", {"member": peter.id})[0] == 200
    assert world.state()["member"]["id"] == peter.id
    assert call("DELETE", world.url + "/member")[1]["member"] is None


@pytest.mark.parametrize("stays", [True, False])
def test_the_kiosk_shows_the_member_and_forgets_them_with_the_card(world: World, stays: bool) -> None:
    chan = world.people[0]
    world.gadgets["reader"].put(chan)
    shown = until("the kiosk", 1.5, lambda: call("GET", world.url + "/kiosk/state")[1]["member"])
    assert shown["masked_name"] == "陳＊文"
    assert not {"name", "number", "id", "cards"} & shown.keys()
    if stays:
        call("DELETE", world.url + "/kiosk/member")
    else:
        world.gadgets["reader"].take()
    until("an empty kiosk", 2, lambda: call("GET", world.url + "/kiosk/state")[1]["member"] is None)
    assert call("GET", world.url + "/kiosk/card.png")[0] == 404

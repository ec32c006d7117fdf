"""Counters and devices: what needs a hand first, in words; a check from afar; counters let in and sent away."""

import re
from datetime import timedelta

import pytest

from loyalty.contract.fleet import ErrandReport, StateTold, StepTold
from loyalty.db import audit
from loyalty.db.session import read, write
from loyalty.web.api.enrolments import enrol, fleet, make_code
from loyalty.web.api.errands import open_errands, take_errand_report
from tests.web.telling_till import JAM, Till
from tests.web.test_member import words


@pytest.fixture
def till(shop) -> Till:
    return Till(shop.engine, shop.clock)


def test_what_needs_a_hand_stands_first_with_its_remedy(staff, shop, till):
    Till(shop.engine, shop.clock, "a-well").tells(till.device())
    Till(shop.engine, shop.clock, "b-silent").tells(till.device())
    shop.clock.forward(timedelta(minutes=10))
    Till(shop.engine, shop.clock, "a-well").tells(till.device())
    till.tells(till.device("reader", "card_reader"), till.device(**JAM), waiting=2)
    person = staff("technician")
    page = person.get("/devices").text
    assert re.findall(r'id="counter-([^"]+)"', page) == ["till-1", "b-silent", "a-well"]
    assert page.index("device-till-1-cards") < page.index("device-till-1-reader")
    said = words(page)
    assert "1 device needs a hand. 1 counter is not heard of." in said
    assert "A card is stuck Open the cover, pull the card out gently, close the cover." in said
    assert "2 reports wait on its disk" in said and said.count("SIMULATED") == 4
    assert re.findall(r'id="counter-([^"]+)"', person.get("/devices?show=trouble").text) == ["till-1", "b-silent"]
    home = words(person.get("/home").text)
    assert "1 device needs a hand" in home and "1 counter is not heard of" in home


def test_waiting_for_a_card_is_no_trouble(staff, till):
    till.tells(till.device(health="needs_person", cause="no_card", advice="Put the card in."))
    page = words(staff("technician").get("/devices").text)
    assert "All is well" in page and "Waits for a card" in page and "needs a hand." not in page


def test_without_counters_the_page_says_what_to_do_next(staff):
    page = staff("technician").get("/devices").text
    assert "No counters yet" in page and 'href="/devices/counters/new"' in page


def test_a_device_has_a_life(staff, shop, till):
    now = shop.clock()
    changes = (StateTold("cards", now - timedelta(hours=2), "ready"), StateTold("cards", now, **JAM))
    till.tells(till.device(**JAM), changes=changes)
    page = words(staff("technician").get("/devices/at/till-1/cards").text)
    assert "Faces printed 1,234" in page and "star-tcp300ii" in page and "SIMULATED" in page
    assert page.index("A card is stuck", page.index("What happened to it")) < page.rindex("Ready")
    assert staff("technician").get("/devices/at/till-1/none").status_code == 404
    assert staff("cashier").get("/devices/at/till-1/cards").status_code == 403


def test_a_check_is_asked_for_watched_and_taken_back(staff, shop, till):
    till.tells(till.device())
    person = staff("technician")
    where = "/devices/at/till-1/cards"
    person.get(where)
    assert person.post(f"{where}/check").location == where
    page = person.get(where).text
    assert person.post(f"{where}/check").status_code == 409
    assert "waits for the counter" in words(page)
    person.post(re.search(r'action="(/devices/errands/[^"]+)"', page)[1])
    assert "Device check : taken back" in words(person.get(where).text)
    person.post(f"{where}/check")
    with read(shop.engine) as session:
        (errand,) = open_errands(session, "till-1", shop.clock())
    steps = (StepTold("The device answers", "held"), StepTold("It prints", "failed", "no dots", "Clean the head."))
    take_errand_report(shop.engine, "till-1", errand.id, ErrandReport("done", steps, held=False), shop.clock())
    page = words(person.get(where).text)
    assert "Device check : does not hold" in page and "2 steps, 1 failed" in page and "Clean the head." in page
    with read(shop.engine) as session:
        done = [entry.action for entry in audit.entries(session, action="device.")]
    assert done == ["device.check", "device.errand_drop", "device.check"]


def test_a_support_bundle_comes_down_as_it_was_packed(staff, shop, till):
    till.tells(till.device())
    person = staff("technician")
    person.get("/devices/at/till-1/cards")
    person.post("/devices/at/till-1/cards/bundle")
    with read(shop.engine) as session:
        (errand,) = open_errands(session, "till-1", shop.clock())
    take_errand_report(shop.engine, "till-1", errand.id, ErrandReport("done", file="UEsDBA=="), shop.clock())
    link = re.search(r'href="(/devices/errands/[^"]+/file)"', person.get("/devices/at/till-1/cards").text)[1]
    answer = person.get(link)
    assert (answer.data, answer.mimetype) == (b"PK\x03\x04", "application/zip")
    assert "support-cards.zip" in answer.headers["Content-Disposition"]
    assert person.get("/devices/errands/none/file").status_code == 404


def test_a_counter_is_let_in_sent_away_and_let_in_again(staff, shop):
    person = staff("administrator")
    person.get("/devices/counters/new")
    page = person.post("/devices/counters/new", counter="till-7").text
    code = re.search(r'id="code">([^<]+)<', page)[1]
    assert f"loyalty counter enrol --server http://localhost --code {code}" in page and "<svg" in page
    with write(shop.engine) as session:
        enrol(session, code, shop.clock())

    def state() -> str:
        with read(shop.engine) as session:
            return next(row.state for row in fleet(session, shop.clock()) if row.id == "till-7")

    person.get("/devices")
    person.post("/devices/counters/till-7/revoke")
    assert state() == "revoked"
    page = person.get("/devices").text
    person.post(re.search(r'action="(/devices/counters/till-7/restore)"', page)[1])
    assert state() == "enrolled"
    person.post("/devices/counters/till-7/revoke")
    shop.clock.forward(timedelta(minutes=31))
    person.post("/devices/counters/till-7/restore")
    assert state() == "revoked"


@pytest.mark.parametrize("name", ["", "a:b", "x" * 61, "收銀", "till\x00" * 40])
def test_a_name_that_is_none_is_refused_in_words(staff, shop, name):
    person = staff("administrator")
    person.get("/devices/counters/new")
    answer = person.post("/devices/counters/new", counter=name)
    assert answer.status_code == 422 and "1 to 60 plain characters" in answer.text
    with read(shop.engine) as session:
        assert fleet(session, shop.clock()) == []


def test_hostile_names_do_no_harm(staff, shop):
    bad = Till(shop.engine, shop.clock, "<b>till</b>")
    bad.tells(bad.device("<script>x</script>", cause="'\"><img>", health="fault", advice="<i>"))
    page = staff("technician").get("/devices").text
    assert "<script>x" not in page and "<img>" not in page and "<b>till" not in page
    with write(shop.engine) as session:
        make_code(session, "<b>", "x", shop.clock())
    assert staff("administrator").get("/devices").status_code == 200

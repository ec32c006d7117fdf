"""Cards through a Sanwa unit: in, read, encoded, erased, printed, out; over a socket and over a pty."""

import threading

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.interfaces import CardPosition, CardPrinter, Health
from loyalty.errors import Cancelled, LinkLost, NoCard, Rejected
from tests.devices.sanwa_bench import ANNA, BERT, SIZE, Bench, face_of

MODELS = ["sanwa-crp1231lr", "sanwa-crp1231br", "sanwa-crs31r"]
BLANK = Raster.blank(*SIZE)


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def br():
    bench = Bench("sanwa-crp1231br")
    yield bench
    bench.close()


@pytest.fixture(params=[("sanwa-crp1231lr", True), ("sanwa-crp1231br", False), ("sanwa-crs31r", False)], ids=str)
def any_bench(request):
    bench = Bench(request.param[0], pty=request.param[1])
    yield bench
    bench.close()


def once(bench, held, action, *arguments):
    """Do this as soon as that holds."""
    threading.Thread(target=lambda: (bench.until(held), action(*arguments))).start()


def waits_for_card(bench):
    return bench.unit.state()["waiting_for_card"]


def test_a_card_from_slot_to_new_face(any_bench):
    driver = any_bench.driver
    assert isinstance(driver, CardPrinter)
    assert driver.position() is CardPosition.NONE
    once(any_bench, lambda: waits_for_card(any_bench), any_bench.put, ANNA)
    driver.take_in(30, lambda: False)
    assert driver.position() is CardPosition.INSIDE
    assert driver.read_stripe(2) == "M-0412"
    assert driver.read_stripe(1) is None
    driver.write_stripe({1: "ANNA", 2: "M-0412;880"})
    assert [driver.read_stripe(track) for track in (1, 2, 3)] == ["ANNA", "M-0412;880", None]
    face = face_of("880 points")
    driver.rewrite(face)
    assert any_bench.printed() == face
    assert driver.position() is CardPosition.REMOVAL_WAIT
    assert driver.status().health is Health.READY


def test_the_same_card_comes_back_with_its_face_and_stripe(bench):
    bench.take_in(ANNA)
    bench.driver.write_stripe({2: "written"})
    bench.driver.rewrite(face_of("first"))
    bench.take_in(BERT)
    bench.driver.rewrite(face_of("second"))
    assert bench.printed() == face_of("second")
    bench.take_in(ANNA)
    assert bench.printed() == face_of("first")
    assert bench.driver.read_stripe(2) == "written"


def test_erase_leaves_an_empty_face_and_pushes_the_card_out(any_bench):
    any_bench.take_in(ANNA)
    any_bench.driver.rewrite(face_of("void me"))
    any_bench.take_in(ANNA)
    any_bench.driver.erase()
    assert any_bench.printed() == BLANK
    assert any_bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_eject_and_a_card_in_the_slot_is_not_pulled_back_in(any_bench):
    any_bench.driver.eject()  # nothing inside: nothing happens
    any_bench.take_in(ANNA)
    any_bench.driver.eject()
    assert any_bench.driver.position() is CardPosition.REMOVAL_WAIT
    with pytest.raises(NoCard, match="last card is still in the slot"):
        any_bench.driver.take_in(0.2, lambda: False)
    any_bench.take_in(BERT)
    assert any_bench.driver.read_stripe(2) == "M-0007"


def test_a_card_in_the_slot_is_told_from_one_that_was_handed_out(br):
    br.put(ANNA)
    assert br.driver.position() is CardPosition.INLET
    br.take_in(ANNA)
    assert not br.unit.state()["shutter_open"]  # nobody reaches in
    br.driver.eject()
    assert br.driver.position() is CardPosition.REMOVAL_WAIT
    br.unit.take_card()
    assert br.driver.position() is CardPosition.NONE


@pytest.mark.parametrize("model", MODELS[:2])
def test_waiting_ends_when_cancelled_and_leaves_the_unit_unarmed(model):
    bench = Bench(model)
    with pytest.raises(Cancelled):
        bench.driver.take_in(60, lambda: waits_for_card(bench))
    assert not bench.unit.state()["busy"]
    bench.close()


def test_waiting_ends_when_time_is_up(bench):
    with pytest.raises(NoCard, match="Nobody"):
        bench.driver.take_in(0.1, lambda: False)
    assert not waits_for_card(bench)


def test_waiting_ends_when_the_cable_is_pulled(bench):
    bench.connect()
    once(bench, lambda: waits_for_card(bench), bench.unit.set_fault, "cut", {})
    with pytest.raises(LinkLost):
        bench.driver.take_in(60, lambda: False)
    bench.unit.clear_faults()
    assert bench.connect().status().health is Health.READY
    assert not waits_for_card(bench)  # opening calls off what the lost program was waiting for


def test_a_card_that_comes_just_as_the_wait_is_called_off_is_given_back(br):
    def cancelled():
        if waits_for_card(br):
            br.put(ANNA)
            br.until(lambda: not br.unit.state()["busy"])  # the unit takes it in
            return True
        return False

    with pytest.raises(Cancelled):
        br.driver.take_in(60, cancelled)
    assert br.driver.position() is CardPosition.REMOVAL_WAIT


def test_status_is_busy_while_waiting(bench):
    seen = []
    bench.driver.status()
    once(bench, lambda: waits_for_card(bench), lambda: seen.append(bench.driver.status().health))
    with pytest.raises(Cancelled):
        bench.driver.take_in(60, lambda: bool(seen))
    assert seen == [Health.BUSY]


def test_rewrite_without_a_card_touches_nothing(bench):
    with pytest.raises(NoCard) as caught:
        bench.driver.rewrite(face_of("nobody"))
    assert caught.value.half == "untouched"
    assert not bench.unit.state()["busy"]


def test_a_face_of_another_size_is_refused(bench):
    with pytest.raises(Rejected, match="504") as caught:
        bench.driver.rewrite(Raster.blank(100, 100))
    assert caught.value.half == "untouched"


def test_a_profile_of_another_family_is_told_apart():
    bench = Bench(version_reply="^CR-")
    with pytest.raises(Rejected, match="AP:S1234") as caught:
        bench.connect()
    assert "profile" in caught.value.advice
    bench.close()


def test_reset_pushes_the_card_out(any_bench):
    any_bench.take_in(ANNA)
    any_bench.driver.reset()
    assert any_bench.driver.position() is CardPosition.REMOVAL_WAIT


@pytest.mark.parametrize("tracks", [{2: "x" * 70}, {2: "é"}, {2: "\x02"}, {4: "no head"}])
def test_what_a_track_cannot_hold_is_refused_before_anything_is_sent(bench, tracks):
    bench.take_in(ANNA)
    with pytest.raises(Rejected) as caught:
        bench.driver.write_stripe(tracks)
    assert caught.value.half == "untouched"
    assert bench.driver.read_stripe(2) == "M-0412"


def test_an_empty_track_or_an_unreadable_one_is_a_matter_of_the_profile():
    bench = Bench(stripe_blank="unreadable")
    bench.take_in(ANNA)
    with pytest.raises(Exception, match="read error") as caught:
        bench.driver.read_stripe(1)
    assert caught.value.code == "stripe_unreadable"
    bench.close()


def test_a_clock_battery_that_runs_low_stops_nothing(bench):
    bench.driver._unit.notice = "the battery of the clock is low"
    assert bench.driver.status().health is Health.READY

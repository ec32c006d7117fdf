"""Cards through a Sanwa unit: in, read, encoded, erased, printed, out; over a socket and over a pty."""

import threading

import pytest
from PIL import Image, ImageDraw

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.sanwa.tiles import bands, grid_of, plan_for
from loyalty.devices.interfaces import CardPosition, CardPrinter, Health
from loyalty.devices.profiles import read_profile
from loyalty.errors import Cancelled, LinkLost, NoCard, Rejected
from tests.devices.sanwa_bench import ANNA, BERT, SIZE, Bench, face_of, with_facts

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


@pytest.mark.parametrize("turn", ["clockwise", "counterclockwise"])
def test_every_dot_of_a_dense_face_gets_its_place(turn):
    picture = Image.effect_noise(SIZE, 200).convert("1")
    ImageDraw.Draw(picture).rectangle((0, 0, 30, 200), fill=0)
    face = Raster(*SIZE, picture.tobytes())
    bench = Bench(face_turn=turn)
    bench.unit.ink.__init__(bench.profile)  # the unit holds the card the same way round
    bench.take_in(ANNA)
    bench.driver.rewrite(face)
    assert bench.printed() == face
    assert bench.wear()[0] == 1
    bench.close()


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


def test_a_new_face_replaces_the_old_one(bench):
    for text in ("first", "second"):
        bench.take_in(ANNA)
        bench.driver.rewrite(face_of(text))
    assert bench.printed() == face_of("second")
    assert bench.unit.state()["cycles"] == 2


def test_an_unchanged_face_is_not_touched(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"))
    worn = bench.wear()
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"), face_of("880"))
    assert bench.wear() == worn
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_a_face_that_only_gains_dots_is_printed_over(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880", small=True))
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"), face_of("880", small=True))
    assert bench.printed() == face_of("880")
    assert bench.wear()[0] == 1


def test_dots_that_have_to_vanish_take_the_whole_face(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("880"))
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("920"), face_of("880"))
    assert bench.printed() == face_of("920")
    assert bench.wear()[0] == 2


def test_only_lines_with_new_dots_are_printed():
    profile = read_profile("sanwa-crp1231lr")
    picture = Image.new("1", SIZE)
    ImageDraw.Draw(picture).point((50, 10), fill=1)
    more = picture.copy()
    ImageDraw.Draw(more).point((480, 200), fill=1)
    plan = plan_for(Raster(*SIZE, more.tobytes()), Raster(*SIZE, picture.tobytes()), profile)
    assert (plan.erase, [band.text.line for band in plan.bands]) == (False, [20])


def test_no_band_takes_more_characters_than_there_are_slots():
    profile = with_facts(read_profile("sanwa-crp1231lr"), glyph_slots=[1, 20])
    grid = grid_of(Raster(*SIZE, Image.effect_noise(SIZE, 200).convert("1").tobytes()), profile)
    found = list(bands(grid, profile))
    assert len(found) == 21
    assert all(len(band.glyphs) <= 20 for band in found)


def test_erase_leaves_an_empty_face_and_pushes_the_card_out(any_bench):
    any_bench.take_in(ANNA)
    any_bench.driver.rewrite(face_of("void me"))
    any_bench.take_in(ANNA)
    any_bench.driver.erase()
    assert any_bench.printed() == BLANK
    assert any_bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_nothing_of_one_customer_reaches_the_next(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("Anna"))
    bench.take_in(BERT)
    bench.driver.rewrite(face_of("B", small=True))
    assert bench.printed() == face_of("B", small=True)


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

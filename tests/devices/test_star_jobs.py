"""Cards through a Star unit: in, read, encoded, erased, printed, out; over a socket and over a pty."""

import io
import threading
import time

import pytest
from PIL import Image

from loyalty.contract.raster import Raster
from loyalty.devices.interfaces import CardPosition, CardPrinter, Health
from loyalty.errors import Cancelled, LinkLost, NoCard, Rejected
from simulators.face import margins
from tests.devices.star_bench import ANNA, BERT, Bench, face_of

MODELS = ["star-tcp300", "star-tcp310", "star-tcp300ii", "star-tcp400"]


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


EVERY_RUN = [("star-tcp300", False), ("star-tcp300ii", True)]
"""Both firmwares and both kinds of line; each model on each line on request."""


@pytest.fixture(
    params=[
        pytest.param((model, pty), marks=[] if (model, pty) in EVERY_RUN else pytest.mark.slow)
        for model in MODELS for pty in (False, True)
    ],
    ids=str,
)  # fmt: skip
def any_bench(request):
    bench = Bench(request.param[0], pty=request.param[1])
    yield bench
    bench.close()


def soon(action, *arguments):
    threading.Timer(0.15, action, arguments).start()


def once(bench, held, action, *arguments):
    """Do this as soon as that holds."""
    threading.Thread(target=lambda: (bench.until(held), action(*arguments))).start()


def waits_for_card(bench):
    return bench.unit.state()["waiting_for_card"]


def test_a_card_from_inlet_to_new_face(any_bench):
    driver = any_bench.driver
    assert isinstance(driver, CardPrinter)
    assert driver.position() is CardPosition.NONE
    soon(any_bench.put, ANNA)
    any_bench.take_in()
    assert driver.position() is CardPosition.INSIDE
    assert driver.read_stripe(2) == "M-0412"
    driver.write_stripe({2: "M-0412;880"})
    assert driver.read_stripe(2) == "M-0412;880"
    face = face_of("880 points")
    driver.rewrite(face)
    assert any_bench.printed() == face
    assert driver.position() is CardPosition.REMOVAL_WAIT
    assert any_bench.unit.state()["buffers_empty"]
    assert any_bench.unit.counters["eeprom_writes"] == 0


def test_the_picture_on_the_card_is_the_raster_dot_by_dot(bench):
    bench.take_in(ANNA)
    face = face_of("Each dot")
    bench.driver.rewrite(face)
    picture = Image.open(io.BytesIO(bench.unit.face_png())).convert("L")
    left, top = margins((480, 320), bench.profile["dots_per_mm"])
    shown = [picture.getpixel(((left + x) * 2, (top + y) * 2)) < 128 for y in range(320) for x in range(480)]
    assert shown == [face.dot(x, y) for y in range(320) for x in range(480)]


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


def test_nothing_of_one_customer_reaches_the_next(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("Anna"))
    bench.take_in(BERT)
    bench.driver.rewrite(Raster.blank(480, 320))
    assert bench.printed() == Raster.blank(480, 320)


def test_a_picture_left_in_the_unit_by_a_crashed_program_is_emptied_on_opening(bench):
    bench.unit.receive(bytes.fromhex("0243302C302C4646035D"))
    bench.unit.receive(b"\x06")
    bench.connect()
    assert bench.unit.state()["buffers_empty"]


def test_erase_leaves_an_empty_face_and_pushes_the_card_out(any_bench):
    any_bench.take_in(ANNA)
    any_bench.driver.rewrite(face_of("void me"))
    any_bench.take_in(ANNA)
    any_bench.driver.erase()
    assert any_bench.printed() == Raster.blank(480, 320)
    assert any_bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_eject(bench):
    bench.driver.eject()  # nothing inside: nothing happens
    bench.take_in(ANNA)
    bench.driver.eject()
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_a_discharged_card_is_not_pulled_back_in(bench):
    bench.take_in(ANNA)
    bench.driver.eject()
    with pytest.raises(NoCard, match="last card is still in the slot"):
        bench.driver.take_in(0.3, lambda: False)
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT
    soon(bench.put, BERT)
    bench.take_in()
    assert bench.driver.read_stripe(2) == "M-0007"


def test_waiting_ends_when_cancelled_and_leaves_the_unit_unarmed(bench):
    with pytest.raises(Cancelled):
        bench.driver.take_in(60, lambda: waits_for_card(bench))
    assert not bench.unit.state()["busy"]
    bench.put(ANNA)
    time.sleep(0.1)
    assert bench.driver.position() is CardPosition.INLET  # nobody pulls it in


def test_waiting_ends_when_time_is_up(bench):
    with pytest.raises(NoCard, match="Nobody"):
        bench.driver.take_in(0.2, lambda: False)
    assert not bench.unit.state()["waiting_for_card"]


def test_waiting_ends_when_the_cable_is_pulled(bench):
    bench.connect()
    once(bench, lambda: waits_for_card(bench), bench.unit.set_fault, "cut", {})
    with pytest.raises(LinkLost):
        bench.driver.take_in(60, lambda: False)
    bench.unit.clear_faults()
    assert bench.connect().status().health is Health.READY
    assert not bench.unit.state()["waiting_for_card"]  # opening calls off what the lost program was waiting for


def test_a_card_that_comes_just_as_the_wait_is_called_off_is_given_back(bench):
    def cancelled():
        if waits_for_card(bench):
            bench.put(ANNA)
            bench.until(lambda: not bench.unit.state()["busy"])  # the unit takes it in and reports so
            return True
        return False

    with pytest.raises(Cancelled):
        bench.driver.take_in(60, cancelled)
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT
    assert bench.driver.status().health is Health.READY


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
    with pytest.raises(Rejected, match="480"):
        bench.driver.rewrite(Raster.blank(100, 100))


def test_a_profile_of_another_firmware_is_told_apart():
    bench = Bench("star-tcp300", firmware_reply="^TCP3II")
    with pytest.raises(Rejected, match="TCP300US") as caught:
        bench.connect()
    assert "profile" in caught.value.advice
    bench.close()


def test_counters(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(face_of("one"))
    assert bench.driver.counters() == {"transports": bench.unit.counters["transports"], "prints": 1}


def test_reset_pushes_the_card_out(bench):
    bench.take_in(ANNA)
    bench.driver.reset()
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT


@pytest.mark.parametrize("tracks", [{2: "x" * 70}, {2: "é"}, {2: "\x02"}, {2: "\x00"}, {1: "no head"}])
def test_what_a_track_cannot_hold_is_refused_before_anything_is_sent(bench, tracks):
    bench.take_in(ANNA)
    with pytest.raises(Rejected):
        bench.driver.write_stripe(tracks)
    assert bench.driver.read_stripe(2) == "M-0412"


def test_three_tracks():
    bench = Bench("star-tcp310")
    bench.take_in({"kind": "magnetic", "tracks": {"1": "ANNA", "3": "12"}})
    assert [bench.driver.read_stripe(track) for track in (1, 2, 3)] == ["ANNA", None, "12"]
    bench.driver.write_stripe({1: "BERT", 2: "M-0007"})
    assert [bench.driver.read_stripe(track) for track in (1, 2, 3)] == ["BERT", "M-0007", "12"]
    bench.close()


def test_an_unchanged_face_is_not_touched(bench):
    face = face_of("880")
    for present in (None, face):
        bench.take_in(ANNA)
        bench.driver.rewrite(face, present)
    assert (bench.unit.state()["cycles"], bench.unit.counters["prints"]) == (1, 1)
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT

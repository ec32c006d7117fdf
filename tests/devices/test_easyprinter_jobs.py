"""Cards through an EasyPrinter S3: in, looked at, erased, printed, out; over a socket and over a pty."""

import pytest

from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.devices.drivers.easyprinter.areas import area_to_change
from loyalty.devices.interfaces import CardPosition, CardPrinter, CardReader, Gone, Health, Seen
from loyalty.devices.profiles import read_profile
from loyalty.devices.registry import driver_for
from loyalty.devices.wire.easyprinter.document import BoxElement, TextElement
from loyalty.devices.wire.easyprinter.geometry import FACE, Area
from loyalty.errors import Cancelled, FeederEmpty, NoCard, Rejected
from tests.devices.easyprinter_bench import ANNA, BERT, Bench, face_of, with_dots
from tests.waits import ended

BLANK = Raster.blank(960, 560)
OLD, NEW = face_of("880 points"), face_of("935 points")


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture(params=[False, True], ids=["tcp", "pty"])
def any_bench(request):
    bench = Bench(pty=request.param)
    yield bench
    bench.close()


def test_a_card_from_the_slot_to_its_new_face(any_bench):
    driver = any_bench.driver
    assert isinstance(driver, CardPrinter) and isinstance(driver, CardReader)
    assert driver.position() is CardPosition.NONE
    waiter = any_bench.once(lambda: any_bench.unit.works.waiting, any_bench.put, ANNA)
    any_bench.take_in()
    ended(waiter)
    assert driver.position() is CardPosition.INSIDE
    face = face_of("880 points", frame=True)
    driver.rewrite(face)
    assert any_bench.printed() == face
    assert driver.position() is CardPosition.REMOVAL_WAIT
    assert any_bench.unit.state()["buffers_empty"] and any_bench.unit.counters["prints"] == 1
    assert driver.status().health is Health.READY


def test_least_wear_is_the_smallest_rectangle_that_changes():
    assert area_to_change(OLD, None) == FACE
    assert area_to_change(OLD, OLD) is None
    assert area_to_change(with_dots(OLD, (0, 0)), OLD) == Area(0, 0, 1, 1)
    assert area_to_change(with_dots(OLD, (959, 559)), OLD) == Area(959, 69, 960, 70)
    assert area_to_change(with_dots(OLD, (17, 15), (300, 16)), OLD) == Area(17, 1, 301, 3)


def test_an_unchanged_face_is_pushed_out_as_it_is(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD, OLD)
    assert bench.unit.counters["prints"] == 0 and bench.printed() == BLANK
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_only_what_changes_is_heated(bench):
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    ghosts = bench.unit.shown.ghost.getbbox()
    bench.take_in(BERT)
    bench.take_in(ANNA)
    bench.driver.rewrite(NEW, OLD)
    assert bench.printed() == NEW
    changed = area_to_change(NEW, OLD)
    assert changed and changed.dots < 0.1 * FACE.dots
    left, top, right, bottom = bench.unit.shown.ghost.getbbox()
    assert ghosts is None and left >= changed.left and right <= changed.right
    assert top >= changed.top * 8 and bottom <= changed.bottom * 8
    assert bench.unit.state()["cycles"] == 1  # and a tenth of one


def test_whole_faces_wear_the_card_and_leave_ghosts(bench):
    for face in (OLD, NEW, OLD):
        bench.take_in(ANNA)
        bench.driver.rewrite(face)
    assert bench.unit.state()["cycles"] == 3
    assert bench.unit.shown.ghost.getbbox() is not None


def test_white_columns_may_stay_at_home():
    bench = Bench(sparing=True)
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    assert bench.printed() == OLD
    bench.close()


def test_erase_leaves_an_empty_face_and_pushes_the_card_out(any_bench):
    any_bench.take_in(ANNA)
    any_bench.driver.rewrite(OLD)
    any_bench.take_in(ANNA)
    any_bench.driver.erase()
    assert any_bench.printed() == BLANK
    assert any_bench.driver.position() is CardPosition.REMOVAL_WAIT


def test_texts_and_boxes_in_the_units_own_drawing(bench):
    bench.take_in(ANNA)
    elements = [TextElement("880 points", 100, 40, "large"), BoxElement(Area(50, 10, 900, 60), thick=4)]
    bench.driver.print_elements(elements)
    face = bench.printed()
    assert face.dot(50, 80) and face.dot(899, 479) and not face.dot(60, 90)
    assert any(face.dot(x, y) for x in range(100, 300) for y in range(180, 240))
    with pytest.raises(Rejected) as caught:
        bench.driver.print_elements([TextElement("會員", 0, 0)])
    assert caught.value.half == "untouched"


def test_the_same_card_comes_back_with_its_face(bench):
    for card, face in ((ANNA, OLD), (BERT, NEW)):
        bench.take_in(card)
        bench.driver.rewrite(face)
    bench.take_in(ANNA)
    assert bench.printed() == OLD


def test_a_picture_left_by_a_crashed_program_reaches_nobody(bench):
    bench.put(ANNA)
    bench.unit.receive(b"\x1b1")
    bench.settled()
    bench.unit.receive(b"\x1bU\x1b%y0500\x1bQ\x53" + b"\xff" * 40)  # in the middle of a column, with a card inside
    assert bench.connect().position() is CardPosition.REMOVAL_WAIT
    bench.take_in(BERT)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW and bench.unit.counters["prints"] == 1


def test_a_unit_left_waiting_by_a_crashed_program_is_freed(bench):
    bench.unit.receive(b"\x1b1")
    bench.until(lambda: bench.unit.works.waiting)
    bench.connect()
    bench.until(lambda: not bench.unit.works.waiting)


def test_waiting_ends_when_cancelled_and_leaves_the_unit_unarmed(bench):
    with pytest.raises(Cancelled):
        bench.driver.take_in(60, lambda: bench.unit.works.waiting)
    bench.settled()
    bench.put(ANNA)
    assert bench.driver.position() is CardPosition.INLET  # nobody pulls it in


def test_waiting_ends_when_time_is_up(bench):
    with pytest.raises(NoCard, match="Nobody"):
        bench.driver.take_in(0.05, lambda: False)
    assert not bench.unit.works.waiting


def test_a_card_that_was_pushed_out_is_not_pulled_back_in(bench):
    bench.take_in(ANNA)
    bench.driver.eject()
    with pytest.raises(NoCard, match="last card is still in the slot"):
        bench.driver.take_in(0.1, lambda: False)
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT
    bench.unit.take_card()
    bench.take_in(BERT)
    assert bench.driver.read_uid() == BERT["uid"]


def test_the_chips_number_and_a_card_without_one(bench):
    assert bench.driver.poll(0) is None
    bench.take_in(ANNA)
    token = Token("card_uid", ANNA["uid"])
    assert bench.driver.poll(5) == Seen(token)
    assert bench.driver.poll(0) is None  # told once
    bench.driver.eject()
    assert bench.driver.poll(5) == Gone(token)
    bench.unit.take_card()
    bench.take_in({"kind": "plain"})
    assert bench.driver.read_uid() is None and bench.driver.poll(0) is None


def test_no_stripe(bench):
    assert bench.driver.read_stripe(2) is None
    bench.driver.write_stripe({})
    with pytest.raises(Rejected) as caught:
        bench.driver.write_stripe({2: "M-0412"})
    assert caught.value.half == "untouched"


def test_display_and_serial_number(bench):
    bench.driver.display("Good morning", "880 points")
    assert bench.driver.serial_number() == bench.profile["serial_sample"]
    assert bench.unit.display == ("Good morning", "880 points", "", "")
    bench.driver.display()
    bench.driver.status()
    assert bench.unit.display == ()
    with pytest.raises(Rejected, match="cannot take"):
        bench.driver.display("x" * 21)


def test_cards_from_the_hopper():
    bench = Bench("easyprinter-s3-hopper")
    bench.take_in()
    first = bench.driver.read_uid()
    bench.driver.rewrite(NEW)
    bench.take_in()
    assert bench.printed() == BLANK and bench.driver.read_uid() != first
    bench.driver.eject()
    bench.unit.set_fault("hopper_empty", {})
    with pytest.raises(FeederEmpty):
        bench.driver.take_in(0.1, lambda: False)
    bench.close()


def test_faces_of_another_size_and_empty_slots_are_refused_before_anything_is_sent(bench):
    bench.take_in(ANNA)
    for arguments in ((Raster.blank(480, 320),), (NEW, Raster.blank(480, 320))):
        with pytest.raises(Rejected) as caught:
            bench.driver.rewrite(*arguments)
        assert caught.value.half == "untouched"
    bench.driver.eject()
    for verb in (lambda: bench.driver.rewrite(NEW), lambda: bench.driver.rewrite(OLD, OLD), bench.driver.erase):
        with pytest.raises(NoCard) as caught:
            verb()
        assert caught.value.half == "untouched" and "Take the card out" in caught.value.advice
    assert bench.unit.counters["prints"] == 0


def test_another_make_at_the_port_is_refused(bench):
    bench.profile = read_profile("easyprinter-s3")
    bench.unit.profile = bench.profile
    facts = dict(bench.profile.facts)
    facts["firmware_sample"] = type(facts["firmware_sample"])("XX000226", "this test", "unverified")
    bench.unit.profile = type(bench.profile)(**{**vars(bench.profile), "facts": facts})
    with pytest.raises(Rejected, match="XX000226"):
        bench.connect()


def test_the_registry_finds_it():
    for name in ("easyprinter-s3", "easyprinter-s3-hopper"):
        assert driver_for(read_profile(name)).__module__ == "loyalty.devices.drivers.easyprinter"
        assert "dots_per_mm" in read_profile(name).unverified()


def test_reset_gives_the_card_back(bench):
    bench.take_in(ANNA)
    bench.driver.reset()
    assert bench.driver.position() is CardPosition.REMOVAL_WAIT
    assert bench.driver.status().health is Health.READY

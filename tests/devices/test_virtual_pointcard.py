"""Everything that the role of a card printer can have, tried on the virtual PointCardRW; over a socket and a pty."""

import pytest

from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.devices.drivers.virtual_pointcard.areas import MOST, areas_to_change
from loyalty.devices.drivers.virtual_pointcard.report import WorkReport
from loyalty.devices.interfaces import CardPosition, CardPrinter, CardReader, Gone, Health, Seen
from loyalty.errors import Cancelled, NoCard, Rejected
from tests.devices.virtual_bench import ANNA, Bench, face_of

OLD, NEW = face_of("880 points"), face_of("935 points")
BLANK = Raster.blank(640, 400)


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


def test_a_card_from_the_slot_to_its_new_face_and_stripe(any_bench):
    driver = any_bench.driver
    assert isinstance(driver, CardPrinter) and isinstance(driver, CardReader)
    any_bench.take_in(ANNA)
    assert driver.read_stripe(2) == "M-0412" and driver.read_stripe(1) is None and driver.read_stripe(9) is None
    driver.write_stripe({2: "M-0412;880", 6: "six"})
    assert driver.read_tracks(2, 3, 6) == {2: ("OK", "M-0412;880"), 3: ("NODATA", ""), 6: ("OK", "six")}
    driver.rewrite(OLD)
    assert any_bench.printed() == OLD and driver.buffers() == ("input",)
    assert driver.position() is CardPosition.REMOVAL_WAIT and driver.status().health is Health.READY


def test_insertion_and_removal_come_in_pairs(bench):
    driver = bench.driver
    driver.begin_insertion()
    with pytest.raises(NoCard):
        driver.end_insertion()
    driver.begin_insertion()
    bench.put(ANNA)
    driver.end_insertion()
    assert driver.position() is CardPosition.INSIDE
    driver.begin_removal()
    with pytest.raises(NoCard, match="RELEASE") as caught:
        driver.end_removal()
    assert "Take the card out" in caught.value.advice
    bench.unit.take_card()
    driver.end_removal()
    assert driver.position() is CardPosition.NONE


def test_waiting_ends_when_cancelled_or_out_of_time_and_leaves_the_unit_unarmed(bench):
    with pytest.raises(Cancelled):
        bench.driver.take_in(60, lambda: bench.unit.works.armed)
    with pytest.raises(NoCard):
        bench.driver.take_in(0.05, lambda: False)
    bench.put(ANNA)
    assert bench.driver.position() is CardPosition.INLET
    bench.take_in(ANNA)
    bench.driver.eject()
    with pytest.raises(NoCard, match="last card"):
        bench.driver.take_in(0.05, lambda: False)


def test_texts_styles_rotation_and_validation(bench):
    bench.take_in(ANNA)
    for number, style in enumerate(("normal", "bold", "italic", "dhigh", "dwide", "dwidedhigh")):
        bench.driver.validate("積分 880", style)
        bench.driver.text(20, 20 + number * 60, "Points", style)
    for number, turn in enumerate(("right90", "left90", "rotate180")):
        bench.driver.rotate(turn)
        bench.driver.text(400 + number * 60, 40, "880")
    assert bench.driver.buffers() == ("print",)
    report = bench.driver.work(print_buffer=True)
    assert report == WorkReport(("print",)) and bench.printed() != BLANK
    for bad in (
        lambda: bench.driver.text(0, 0, "x", "wavy"), lambda: bench.driver.text(630, 0, "too wide"),
        lambda: bench.driver.rotate("upside"), lambda: bench.driver.validate("tab\t"),
        lambda: bench.driver.validate("x" * 400), lambda: bench.driver.work(energy=99),
        lambda: bench.driver.text(-1, 0, "x"),
    ):  # fmt: skip
        with pytest.raises(Rejected):
            bad()


def test_least_wear_is_the_rectangles_that_change(bench):
    assert areas_to_change(OLD, OLD) == []
    ((left, top, width, height),) = areas_to_change(NEW, OLD)
    assert left >= 40 and top >= 60 and width < 120 and height < 60
    dots = bytearray(BLANK.rows)
    for y in range(0, 400, 20):
        dots[y * 80 : y * 80 + 80 : 5] = b"\x01" * 16
    assert len(areas_to_change(Raster(640, 400, bytes(dots)), BLANK)) == 1 < MOST
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    bench.driver.rewrite(NEW, OLD)
    assert bench.printed() == NEW
    box = bench.unit.shown.ghost.getbbox()
    assert box[0] >= left and box[1] >= top and box[2] <= left + width and box[3] <= top + height
    bench.take_in(ANNA)
    prints = bench.unit.counters["prints"]
    bench.driver.rewrite(NEW, NEW)
    assert bench.unit.counters["prints"] == prints


def test_media_life_and_erase_energy(bench):
    bench.take_in({**ANNA, "face": {"cycles": 199}})
    assert bench.driver.media() == {"cycles": 199, "ghost": 0, "warn": 0}
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    bench.driver.work(erase=[(0, 0, 640, 400)], energy=1)
    assert bench.printed() not in (OLD, BLANK)  # too little heat leaves something standing
    bench.driver.work(erase=[(0, 0, 640, 400)])
    assert bench.printed() == BLANK
    media = bench.driver.media()
    assert media["warn"] == 1 and media["ghost"] > 0


def test_stripe_and_face_in_one_operation_in_either_order(bench):
    whole = [(0, 0, 640, 400)]
    for order, steps in (("stripe", "write verify erase print"), ("face", "erase print write verify")):
        bench.take_in(ANNA)
        report = bench.driver.work(erase=whole, print_buffer=True, tracks={2: f"by {order}"}, order=order)
        assert report.done == tuple(steps.split()) and report.half == "printed"
        assert bench.driver.last_work() == report
        assert bench.driver.read_stripe(2) == f"by {order}"


def test_cleaning_display_statistics_and_buffers(bench):
    bench.take_in(ANNA)
    bench.driver.read_stripe(2)
    bench.driver.text(0, 0, "of Anna")
    assert bench.driver.buffers() == ("print", "input")
    bench.driver.clear_input()
    bench.driver.clear_output()
    assert bench.driver.buffers() == ()
    bench.driver.display("Welcome, 會員")
    assert bench.unit.display == "Welcome, 會員"
    bench.driver.clean()
    assert bench.driver.statistics(reset=True)["cleanings"] == 1
    assert set(bench.driver.statistics().values()) == {0}
    assert {"PRINT", "TRACKSTOREAD:63"} <= bench.driver.capabilities


def test_the_chip_is_seen_and_gone(bench):
    assert bench.driver.poll(0) is None
    bench.take_in(ANNA)
    token = Token("card_uid", ANNA["uid"])
    assert bench.driver.poll(1) == Seen(token)
    assert bench.driver.poll(0) is None
    bench.driver.reset()
    assert bench.driver.poll(1) == Gone(token)


def test_refused_before_anything_is_sent(bench):
    bench.take_in(ANNA)
    for refused in (
        lambda: bench.driver.rewrite(Raster.blank(8, 8)), lambda: bench.driver.rewrite(NEW, Raster.blank(8, 8)),
        lambda: bench.driver.write_stripe({7: "x"}), lambda: bench.driver.write_stripe({1: "é"}),
        lambda: bench.driver.write_stripe({1: "x" * 105}),
    ):  # fmt: skip
        with pytest.raises(Rejected) as caught:
            refused()
        assert caught.value.half == "untouched"
    bench.driver.write_stripe({})

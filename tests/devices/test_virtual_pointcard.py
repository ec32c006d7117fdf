"""Everything that the role of a card printer can have, tried on the virtual PointCardRW; over a socket and a pty."""

import threading

import pytest

from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.devices.drivers.virtual_pointcard.areas import MOST, areas_to_change
from loyalty.devices.drivers.virtual_pointcard.report import WorkReport
from loyalty.devices.interfaces import CardPosition, CardPrinter, CardReader, Gone, Health, Seen
from loyalty.devices.profiles import read_profile
from loyalty.errors import Cancelled, DeviceError, LinkLost, NoAnswer, NoCard, Rejected
from tests.devices.virtual_bench import ANNA, BERT, HURRIED, PATIENT, Bench, face_of

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


WORK = {"erase": [(0, 0, 640, 400)], "print_buffer": True, "tracks": {2: "new"}}
VERBS = {
    "rewrite": lambda driver: driver.rewrite(NEW), "erase": lambda driver: driver.erase(),
    "write_stripe": lambda driver: driver.write_stripe({2: "M-0413"}), "work": lambda driver: driver.work(**WORK),
    "read_stripe": lambda driver: driver.read_stripe(2), "clean": lambda driver: driver.clean(),
    "take_in": lambda driver: driver.take_in(0.05, lambda: False), "eject": lambda driver: driver.eject(),
    "display": lambda driver: driver.display("x"), "end_removal": lambda driver: driver.end_removal(),
}  # fmt: skip
FAULTS = [
    ("card_jam", {}, "rewrite", "card_jam", "unknown"),
    ("card_jam", {"when": "print"}, "work", "card_jam", "unknown"),
    ("card_jam", {"when": "moved"}, "rewrite", "card_jam", "untouched"),
    ("card_jam", {"when": "moved"}, "eject", "card_jam", ""),
    ("card_jam", {"when": "write"}, "work", "card_jam", "unknown"),
    ("card_pulled", {}, "erase", "no_card", "unknown"),
    ("card_pulled", {"when": "moved"}, "clean", "no_card", ""),
    *(("cover_open", {}, verb, "cover_open", half) for verb, half in (
        ("rewrite", "untouched"), ("erase", "untouched"), ("write_stripe", "untouched"), ("work", "untouched"),
        ("read_stripe", ""), ("clean", ""))),
    *(("motor", {}, verb, "needs_repair", half) for verb, half in (
        ("rewrite", "untouched"), ("write_stripe", "untouched"), ("read_stripe", ""), ("eject", ""))),
    ("printer", {}, "rewrite", "needs_repair", "unknown"),
    ("head_temperature", {}, "rewrite", "head_temperature", "untouched"),
    ("head_temperature", {}, "work", "head_temperature", "unknown"),  # the stripe is written already
    ("release", {}, "end_removal", "no_card", ""),
    ("display", {}, "display", "needs_repair", ""),
    *(("no_card", {}, verb, "no_card", half) for verb, half in (
        ("rewrite", "untouched"), ("erase", "untouched"), ("work", "untouched"), ("read_stripe", ""))),
    *((name, {}, "read_stripe", "stripe_unreadable", "") for name in ("read", "start", "end", "parity", "lrc")),
    *((name, {}, "write_stripe", "stripe_write_failed", "unknown") for name in ("encode", "write", "verify")),
    *(("silent", {}, verb, "no_answer", half) for verb, half in (
        ("rewrite", "untouched"), ("erase", "unknown"), ("write_stripe", "untouched"), ("read_stripe", ""))),
    ("power_cut", {"after_bytes": 40}, "rewrite", "no_answer", "untouched"),
    ("power_cut", {"when": "erase"}, "rewrite", "no_answer", "unknown"),
    ("power_cut", {"when": "write"}, "work", "no_answer", "unknown"),
    ("power_cut", {"when": "moved"}, "eject", "no_answer", ""),
    ("slow", {"seconds": 60}, "rewrite", "no_answer", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "settings", "verb", "code", "half"), FAULTS, ids=lambda part: str(part))
def test_each_fault_has_its_error_and_is_got_over(bench, fault, settings, verb, code, half):
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    if code == "no_answer":
        bench.pace(**HURRIED)
    bench.unit.set_fault(fault, dict(settings))
    with pytest.raises(DeviceError) as caught:
        VERBS[verb](bench.driver)
    error = caught.value
    assert (error.code, error.half) == (code, half)
    assert error.advice and str(error)
    if half == "untouched":
        assert bench.printed() == OLD
    bench.unit.clear_faults()
    bench.pace(**PATIENT)
    if fault in ("power_cut", "slow"):
        bench.connect()
    bench.until(lambda: not bench.unit.state()["busy"])
    bench.unit.take_card()
    bench.take_in(BERT)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW and bench.driver.status().health is Health.READY


def test_every_fault_of_the_simulator_is_tried():
    assert {row[0] for row in FAULTS} == set(Bench(pty=True).unit.faults_known)


def test_every_code_of_the_error_list_is_one_of_our_errors(bench):
    rows = read_profile("virtual-pointcard")["statuses"]
    assert set(range(201, 216)) <= {row["upos"] for row in rows}
    link = bench.driver._link
    for row in rows:
        error = link.error_of(type(link.hello()).of("<", 0, "ERROR", code=row["code"]))
        assert error.code == row["error"] and row["means"] in str(error)


def test_how_far_it_got_is_told_to_the_next_session_too(bench):
    bench.take_in(ANNA)
    bench.unit.set_fault("power_cut", {"when": "verify"})
    bench.pace(**HURRIED)
    with pytest.raises(NoAnswer):
        bench.driver.work(**WORK)
    bench.unit.clear_faults()
    assert bench.connect().last_work() == WorkReport(("write",), "verify")


def test_troubles_show_on_the_status_until_they_are_mended(bench):
    bench.take_in(ANNA)
    for fault, health in (("cover_open", Health.NEEDS_PERSON), ("motor", Health.FAULT)):
        bench.unit.set_fault(fault, {})
        assert bench.driver.status().health is health
        bench.unit.clear_faults()
    bench.unit.set_fault("card_jam", {})
    with pytest.raises(DeviceError):
        bench.driver.rewrite(NEW)
    assert bench.driver.status().cause == "card_jam"
    bench.unit.clear_faults()
    assert bench.driver.status().health is Health.READY


@pytest.mark.parametrize("name", ["drop", "garble", "duplicate"])
@pytest.mark.parametrize("way", [">", "<"])
def test_no_damaged_byte_spoils_a_job_or_does_it_twice(bench, name, way):
    """Every line is checked, and nothing is done twice: one damaged byte is never reason enough to give a job up."""
    bench.take_in(ANNA)
    bench.pace(reply_s=0.3, job_s=30)
    for at in (0, 3, 9, 40, 700, 5000, 9000, 30):
        bench.driver.rewrite(OLD)
        bench.unit.take_card()
        bench.take_in(ANNA)
        prints = bench.unit.counters["prints"]
        bench.unit.set_fault(name, {"direction": way, "after": at})
        bench.driver.rewrite(NEW)
        bench.unit.clear_faults()
        assert bench.printed() == NEW and bench.unit.counters["prints"] == prints + 1
        bench.unit.take_card()
        bench.take_in(ANNA)


def test_a_slow_print_is_waited_for_and_a_lost_answer_asked_for_again(bench):
    bench.take_in(ANNA)
    bench.pace(reply_s=0.2, job_s=30)
    bench.unit.set_fault("slow", {"seconds": 0.3})

    def lose_the_answer():
        bench.until(lambda: bench.unit.running() == "WORK")
        bench.unit.set_fault("mute", {"direction": "<"})
        bench.until(lambda: bench.unit.counters["prints"] == 1 and not bench.unit.running())
        bench.unit.clear_faults()

    loser = threading.Thread(target=lose_the_answer)
    loser.start()
    bench.driver._link._resends = 100
    bench.driver.rewrite(NEW)
    loser.join()
    assert bench.printed() == NEW and bench.unit.counters["prints"] == 1 and bench.unit.counters["resent"] >= 1


def test_unplugged_and_plugged_in_a_hundred_times(bench):
    for _ in range(100):
        bench.driver.status()
        bench.unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            bench.driver.status()
        bench.unit.clear_faults()
        assert bench.connect().status().health is Health.READY


def test_busy_and_cancel(bench):
    bench.take_in(ANNA)
    bench.unit.set_fault("slow", {"seconds": 60})
    told = []

    def work():
        try:
            bench.driver.rewrite(NEW)
        except DeviceError as error:
            told.append((error.code, error.half))

    thread = threading.Thread(target=work)
    thread.start()
    bench.until(lambda: bench.unit.running() == "WORK")
    assert bench.driver.status().health is Health.BUSY
    with bench.unit.lock:
        bench.unit.end_all()
    thread.join(30)
    assert told == [("cancelled", "untouched")]


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

"""What a virtual PointCardRW can run into, on its card and on its line: each fault, each verb, each damaged byte."""

import threading

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.drivers.virtual_pointcard.report import WorkReport
from loyalty.devices.interfaces import Health
from loyalty.devices.profiles import read_profile
from loyalty.errors import DeviceError, LinkLost, NoAnswer
from tests.devices.some_of import some_of
from tests.devices.virtual_bench import ANNA, BERT, HURRIED, PATIENT, Bench, face_of
from tests.waits import ended

OLD, NEW = face_of("880 points"), face_of("935 points")


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


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


@pytest.mark.parametrize(("fault", "settings", "verb", "code", "half"), some_of(FAULTS), ids=str)
def test_each_fault_has_its_error_and_is_got_over(bench, fault, settings, verb, code, half):
    bench.take_in(ANNA)
    bench.show(OLD)
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
    bench.driver.rewrite(NEW, Raster.blank(640, 400))
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


DAMAGES = [(name, way) for name in ("drop", "garble", "duplicate") for way in "><"]


@pytest.mark.parametrize(("name", "way"), DAMAGES)
def test_no_damaged_byte_spoils_a_job_or_does_it_twice(bench, name, way):
    damaged(bench, name, way, (0, 3, 40, 230, 500, 900))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way"), DAMAGES)
def test_no_byte_anywhere_spoils_a_job_or_does_it_twice(bench, name, way):
    damaged(bench, name, way, range(0, 1400, 9))


def damaged(bench, name, way, places):
    """Every line is checked, and nothing is done twice: one damaged byte is never reason enough to give a job up."""
    bench.take_in(ANNA)
    bench.pace(reply_s=0.3, job_s=30)
    for at in places:
        bench.show(OLD)
        prints = bench.unit.counters["prints"]
        bench.unit.set_fault(name, {"direction": way, "after": at})
        bench.driver.rewrite(NEW, OLD)
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
    ended(loser)
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

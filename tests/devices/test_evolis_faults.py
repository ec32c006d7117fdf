"""What an Evolis printer can run into: each fault has its error, its advice and its half, and it works afterwards."""

import threading

import pytest

from loyalty.devices.interfaces import CardPosition, Health
from loyalty.errors import DeviceError, LinkLost, NoAnswer
from simulators.evolis.heat import picture_of
from simulators.evolis.stops import CalledOff
from tests.devices.evolis_bench import ANNA, NEW, OLD, PATIENT, Bench
from tests.devices.some_of import some_of
from tests.devices.star_bench import with_facts

REWRITE, READ, WRITE, ERASE, EJECT = "rewrite", "read_stripe", "write_stripe", "erase", "eject"
DO = {
    REWRITE: lambda driver: driver.rewrite(NEW),
    READ: lambda driver: driver.read_stripe(2),
    WRITE: lambda driver: driver.write_stripe({2: "0413"}),
    ERASE: lambda driver: driver.erase(),
    EJECT: lambda driver: driver.eject(),
}
FAULTS = [
    ("cover_open", {}, REWRITE, "cover_open", "untouched"),
    ("cover_open", {}, READ, "cover_open", ""),
    ("cover_open", {}, WRITE, "cover_open", "untouched"),
    ("cover_open", {}, EJECT, "cover_open", ""),
    ("card_jam", {}, REWRITE, "card_jam", "unknown"),
    ("card_jam", {"when": "printed"}, REWRITE, "card_jam", "unknown"),
    ("card_jam", {"when": "moved"}, REWRITE, "card_jam", "unknown"),
    ("card_jam", {}, READ, "card_jam", ""),
    ("card_jam", {}, WRITE, "card_jam", "unknown"),
    ("card_jam", {}, ERASE, "card_jam", "unknown"),
    ("card_jam", {}, EJECT, "card_jam", ""),
    ("ribbon_present", {}, REWRITE, "ribbon_present", "untouched"),
    ("ribbon_present", {}, ERASE, "ribbon_present", "untouched"),
    ("head_temperature", {}, REWRITE, "head_temperature", "unknown"),
    ("head_temperature", {"cooling": True}, REWRITE, "head_temperature", "untouched"),
    ("mag_read", {}, READ, "stripe_unreadable", ""),
    ("mag_write", {}, WRITE, "stripe_write_failed", "unknown"),
    ("silent", {}, REWRITE, "no_answer", "untouched"),
    ("silent", {}, READ, "no_answer", ""),
    ("power_cut", {}, REWRITE, "link_lost", "untouched"),
    ("power_cut", {"when": "erased"}, REWRITE, "link_lost", "unknown"),
    ("power_cut", {"when": "printed"}, REWRITE, "link_lost", "unknown"),
    ("power_cut", {"after_bytes": 40}, WRITE, "link_lost", "untouched"),
]


@pytest.fixture
def bench():
    bench = Bench()
    bench.put(ANNA)
    bench.unit.shown.print(picture_of(OLD))
    bench.take_in()
    yield bench
    bench.close()


def works_again(bench):
    bench.unit.clear_faults()
    bench.profile = with_facts(bench.profile, **PATIENT)
    bench.connect()
    bench.take_in(ANNA)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    return bench.driver.status().health is Health.READY


@pytest.mark.parametrize(("fault", "settings", "verb", "code", "half"), some_of(FAULTS), ids=lambda part: str(part))
def test_each_fault_has_its_error_and_is_got_over(bench, fault, settings, verb, code, half):
    if fault == "silent":
        bench.hurry()
    bench.unit.set_fault(fault, dict(settings))
    with pytest.raises(DeviceError) as caught:
        DO[verb](bench.driver)
    error = caught.value
    assert (error.code, error.half) == (code, half)
    assert error.advice and str(error)
    if half == "untouched":
        assert bench.printed() == OLD
    assert works_again(bench)


def test_every_fault_of_the_simulator_is_tried():
    elsewhere = {"slow", "feeder_empty"}
    assert {row[0] for row in FAULTS} | elsewhere == set(Bench(pty=True).unit.faults_known)


@pytest.mark.parametrize("after_bytes", [60, 60_000, 82_800, 120_000, 164_900, 165_100])
def test_power_fails_somewhere_in_a_job(bench, after_bytes):
    """However far the job got, nobody is told that the card is untouched when it is not."""
    bench.unit.set_fault("power_cut", {"after_bytes": after_bytes})
    with pytest.raises(LinkLost) as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half in ("untouched", "unknown")
    if caught.value.half == "untouched":
        assert bench.printed() == OLD
    assert works_again(bench)


@pytest.mark.parametrize(
    ("fault", "settings", "codes"),
    [
        ("cut", {}, {"link_lost"}), ("mute", {}, {"no_answer", "link_lost"}), ("drop", {"bytes": 1}, {"garbled"}),
        ("garble", {"bit": 7, "after": 3}, {"garbled"}), ("drop", {"bytes": 30}, {"garbled"}),
        ("mute", {"direction": ">"}, {"no_answer", "garbled", "link_lost"}),
    ],
)  # fmt: skip
def test_a_bad_line_is_an_error_and_is_got_over(bench, fault, settings, codes):
    if fault in ("mute", "drop"):
        bench.hurry()
    bench.unit.set_fault(fault, settings)
    with pytest.raises(DeviceError) as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.code in codes
    assert caught.value.half == "untouched"
    assert bench.printed() == OLD
    assert works_again(bench)


@pytest.mark.parametrize("after", [21, 5_000, 82_700, 165_300])
def test_a_byte_lost_on_the_way_to_the_printer_prints_no_rubbish(bench, after):
    bench.hurry()
    bench.unit.set_fault("drop", {"direction": ">", "after": after})
    try:
        bench.driver.rewrite(NEW)
        assert bench.printed() == NEW  # it was none that mattered
    except DeviceError as error:
        assert error.half
        bench.until(lambda: not bench.unit.works.at_work)
        assert bench.printed() in ((OLD,) if error.half == "untouched" else (OLD, NEW))
    assert works_again(bench)


def test_a_slow_printer_is_waited_for(bench):
    bench.unit.set_fault("slow", {"seconds": 0.05})
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_the_cable_is_pulled_in_the_middle_of_a_job(bench):

    def pull():
        bench.until(lambda: bench.said("plane write") > 0)
        bench.unit.set_fault("cut", {})

    with bench.standing_still():
        threading.Thread(target=pull).start()
        with pytest.raises(LinkLost) as caught:
            bench.driver.rewrite(NEW)
    assert caught.value.half == "unknown"
    assert works_again(bench)  # the printer itself has finished meanwhile


def test_a_program_that_died_leaves_no_printer_waiting():
    bench = Bench()
    bench.unit.panel.works.tray = "C"
    threading.Thread(target=lambda: _swallow(bench.unit.works.insert), daemon=True).start()
    bench.until(lambda: bench.unit.works.waiting)
    assert bench.connect().position() is CardPosition.NONE
    assert not bench.unit.works.waiting
    bench.close()


def _swallow(call):
    with pytest.raises(CalledOff):
        call()


def test_nobody_at_the_other_end_of_a_pty():
    bench = Bench(pty=True, reply_s=0.3)
    bench.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer) as caught:
        bench.connect()
    assert "switched on" in caught.value.advice
    bench.close()

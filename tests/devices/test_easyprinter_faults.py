"""What an EasyPrinter S3 can run into: each fault has its error, its advice and its half, and the unit works after."""

import pytest

from loyalty.contract.raster import Raster
from loyalty.devices.interfaces import CardPosition, Health
from loyalty.errors import DeviceError, LinkLost, NoAnswer, NoCard
from tests.devices.easyprinter_bench import ANNA, BERT, HURRIED, PATIENT, Bench, face_of, with_dots
from tests.devices.some_of import some_of
from tests.waits import ended

OLD = face_of("old")
NEW = with_dots(OLD, (100, 100), (140, 130))
REWRITE, WHOLE, ERASE, UID, EJECT, TAKE_IN = "rewrite", "rewrite whole", "erase", "read_uid", "eject", "take_in"
DO = {
    REWRITE: lambda driver: driver.rewrite(NEW, OLD),
    WHOLE: lambda driver: driver.rewrite(NEW),
    ERASE: lambda driver: driver.erase(),
    UID: lambda driver: driver.read_uid(),
    EJECT: lambda driver: driver.eject(),
    TAKE_IN: lambda driver: driver.take_in(0.2, lambda: False),
}
ON_THE_CARD = (REWRITE, WHOLE, ERASE)
FAULTS = [
    *(("card_jam", {}, verb, "device", "unknown") for verb in ON_THE_CARD),
    ("card_jam", {"when": "printed"}, REWRITE, "device", "unknown"),
    ("card_jam", {"when": "moved"}, REWRITE, "device", "printed"),
    ("card_jam", {"when": "moved"}, EJECT, "device", ""),
    ("card_pulled", {}, REWRITE, "no_card", "unknown"),
    ("card_pulled", {"when": "printed"}, ERASE, "no_card", "unknown"),
    *(("cover_open", {}, verb, "device", "untouched") for verb in ON_THE_CARD),
    ("cover_open", {}, EJECT, "device", ""),
    ("cover_open", {}, TAKE_IN, "device", ""),
    *(("head_temperature", {}, verb, "device", "untouched") for verb in ON_THE_CARD),
    *(("no_card", {}, verb, "no_card", "untouched") for verb in ON_THE_CARD),
    ("no_card", {}, UID, "no_card", ""),
    ("no_card", {}, TAKE_IN, "no_card", ""),
    *(("silent", {}, verb, "no_answer", "untouched") for verb in ON_THE_CARD),
    ("silent", {}, UID, "no_answer", ""),
    ("silent", {}, EJECT, "no_answer", ""),
    ("silent", {}, TAKE_IN, "no_answer", ""),
    ("power_cut", {"after_bytes": 60}, WHOLE, "no_answer", "untouched"),
    ("power_cut", {"when": "erased"}, REWRITE, "no_answer", "unknown"),
    ("power_cut", {"when": "printed"}, REWRITE, "no_answer", "unknown"),
    ("power_cut", {"when": "moved"}, REWRITE, "no_answer", "printed"),
    ("slow", {"seconds": 60}, REWRITE, "no_answer", "unknown"),
    ("mute", {"direction": ">"}, REWRITE, "no_answer", "untouched"),
    ("mute", {"direction": "<"}, UID, "no_answer", ""),
]


@pytest.fixture
def bench():
    bench = Bench(sparing=True)
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    yield bench
    bench.close()


@pytest.mark.parametrize(("fault", "settings", "verb", "code", "half"), some_of(FAULTS), ids=str)
def test_each_fault_has_its_error_and_is_got_over(bench, fault, settings, verb, code, half):
    if code == "no_answer" or fault in ("no_card", "card_jam"):
        bench.pace(**HURRIED)
    bench.unit.set_fault(fault, dict(settings))
    with pytest.raises(DeviceError) as caught:
        DO[verb](bench.driver)
    error = caught.value
    assert (error.code, error.half) == (code, half)
    assert error.advice and str(error)
    if half == "untouched":
        assert bench.printed() == OLD
    if half == "printed":
        assert bench.printed() == NEW
    bench.unit.clear_faults()
    bench.pace(**PATIENT)
    if fault == "slow":
        bench.unit._power_off()
        bench.unit._dead = False
    bench.take_in(BERT)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.driver.status().health is Health.READY


def test_every_fault_of_the_simulator_is_tried():
    elsewhere = {"hopper_empty", "uid_unreadable", "reconnect"}
    assert {row[0] for row in FAULTS} - {"mute"} | elsewhere == set(Bench(pty=True).unit.faults_known)


def test_an_unreadable_chip_is_no_chip(bench):
    bench.unit.set_fault("uid_unreadable", {})
    assert bench.driver.read_uid() is None and bench.driver.poll(0) is None


def test_a_slow_unit_is_waited_for(bench):
    bench.unit.set_fault("slow", {"seconds": 0.1})
    bench.driver.rewrite(NEW, OLD)
    assert bench.printed() == NEW


def test_a_late_line_is_got_over(bench):
    bench.pace(reply_s=0.1)
    bench.unit.set_fault("delay", {"seconds": 0.25})
    with pytest.raises(NoAnswer):
        bench.driver.rewrite(NEW, OLD)
    bench.unit.clear_faults()
    bench.pace(**PATIENT)
    bench.take_in(BERT)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_the_unit_says_only_that_something_is_wrong_and_the_advice_says_where_to_look(bench):
    bench.unit.set_fault("card_jam", {})
    with pytest.raises(DeviceError):
        bench.driver.rewrite(NEW)
    status = bench.driver.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "device")
    assert "take out a card that is stuck" in status.advice and "state" in status.detail
    bench.unit.clear_faults()  # somebody pulls it out
    assert bench.driver.status().health is Health.READY


def test_a_lost_order_to_print_is_not_repeated_and_the_next_card_is_safe(bench):
    """The unit says neither that it prints nor that it has: nobody can know, and the picture stays in its memory."""
    bench.pace(**{**HURRIED, "reply_s": 3.0})

    def lose(data: bytes) -> None:
        if data == b"\x0c" and bench.unit.works.place.value == "inside":
            bench.unit.set_fault("drop", {"direction": ">"})
            bench.unit.set_fault("garble", {"direction": "<", "bit": 5})  # the next answer says: printed

    bench.connect(lose)
    bench.take_in(ANNA)
    with pytest.raises(NoAnswer, match="does nothing") as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "unknown" and not bench.unit.memory.empty
    bench.pace(**PATIENT)
    with pytest.raises(NoCard, match="given back"):
        bench.driver.rewrite(NEW)
    bench.unit.clear_faults()
    bench.connect()
    bench.take_in(BERT)
    bench.driver.rewrite(OLD)
    assert bench.printed() == OLD


def test_an_error_that_stays_is_ended_by_a_restart(bench):
    bench.close()
    pty = Bench(pty=True)
    pty.take_in(ANNA)
    pty.unit.works.jammed = True
    pty.once(lambda: pty.did("REBOOT"), setattr, pty.unit.works, "jammed", False)
    pty.driver.reset()
    assert pty.driver.status().health is Health.READY and pty.did("REBOOT") == 1
    pty.close()


def test_on_the_network_a_restart_ends_the_connection(bench):
    bench.unit.works.jammed = True
    bench.pace(move_s=0.3)
    with pytest.raises(LinkLost):
        bench.driver.reset()
    bench.unit.works.jammed = False
    bench.until(lambda: not bench.unit._dead)
    bench.pace(**PATIENT)
    assert bench.connect().status().health is Health.READY


def test_a_host_is_not_let_in_right_after_the_last_one(bench):
    bench.driver.status()
    bench.unit.set_fault("reconnect", {"seconds": 3600})
    bench.close_line()
    bench.until(lambda: bench.unit._left_at > 0)
    with pytest.raises(LinkLost) as caught:
        bench.connect()
    assert caught.value.advice
    bench.unit.clear_faults()
    assert bench.connect().status().health is Health.READY


def test_the_cable_is_pulled_in_the_middle_of_a_job(bench):
    bench.unit.set_fault("slow", {"seconds": 60})
    puller = bench.once(lambda: bench.unit.works.printing, bench.unit.set_fault, "cut", {})
    with pytest.raises(LinkLost) as caught:
        bench.driver.rewrite(NEW)
    ended(puller)
    assert caught.value.half == "unknown"
    bench.unit.clear_faults()
    with bench.unit.changed:
        bench.unit.changed.notify_all()


def test_unplugged_and_plugged_in_a_hundred_times(bench):
    for _ in range(100):
        bench.unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            bench.driver.status()
        bench.unit.clear_faults()
        assert bench.connect().status().health is Health.READY
    bench.take_in(BERT)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_nobody_at_the_other_end():
    bench = Bench(pty=True, **HURRIED)
    bench.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer) as caught:
        bench.connect()
    assert "switched on" in caught.value.advice
    bench.close()


def test_a_card_in_the_slot_at_power_on_is_nobodys_removal(bench):
    bench.close_line()
    bench.put(ANNA)
    assert bench.driver.position() is CardPosition.INLET
    assert bench.printed() != Raster.blank(960, 560)

"""What a Sanwa unit can run into: each fault has its error, its advice and its half, and the unit works afterwards."""

import threading

import pytest

from loyalty.devices.drivers.sanwa.troubles import Troubles
from loyalty.devices.interfaces import CardPosition, Health
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.sanwa.block import Reply
from loyalty.errors import CardJam, DeviceError, LinkLost, NeedsRepair, NoAnswer
from tests.devices.sanwa_bench import ANNA, PATIENT, Bench, face_of
from tests.devices.some_of import some_of

OLD, NEW = face_of("old", small=True), face_of("new", small=True)
REWRITE, READ, WRITE, ERASE = "rewrite", "read_stripe", "write_stripe", "erase"
DO = {
    REWRITE: lambda driver: driver.rewrite(NEW),
    READ: lambda driver: driver.read_stripe(2),
    WRITE: lambda driver: driver.write_stripe({2: "M-0413"}),
    ERASE: lambda driver: driver.erase(),
}
EVERY = (REWRITE, READ, WRITE, ERASE)
WORK = {REWRITE: "unknown", READ: "", WRITE: "unknown", ERASE: "unknown"}
"""How far a verb had got when the works failed."""
BEFORE = {REWRITE: "untouched", READ: "", WRITE: "untouched", ERASE: "untouched"}
"""The same when it could not begin."""
FAULTS = [
    *[("card_jam", {}, verb, "card_jam", WORK[verb]) for verb in EVERY],
    ("card_jam", {"when": "erased"}, REWRITE, "card_jam", "unknown"),
    ("card_jam", {"when": "printed"}, REWRITE, "card_jam", "unknown"),
    *[("card_pulled_out", {}, verb, "no_card", WORK[verb]) for verb in EVERY],
    ("card_pulled_out", {"when": "printed"}, REWRITE, "no_card", "unknown"),
    *[("cover_open", {}, verb, "needs_repair", WORK[verb]) for verb in EVERY],
    *[("motor", {}, verb, "needs_repair", WORK[verb]) for verb in EVERY],
    ("head_hot", {}, REWRITE, "needs_repair", "unknown"),
    ("head_hot", {}, ERASE, "needs_repair", "unknown"),
    *[("no_card", {}, verb, "no_card", BEFORE[verb]) for verb in EVERY],
    ("write_error", {}, WRITE, "stripe_write_failed", "unknown"),
    ("write_lost", {}, WRITE, "stripe_write_failed", "unknown"),
    *[("nak", {"times": 99}, verb, "garbled", BEFORE[verb]) for verb in EVERY],
    *[("bad_check", {"times": 99}, verb, "garbled", BEFORE[verb]) for verb in EVERY],
    *[("silent", {}, verb, "no_answer", BEFORE[verb]) for verb in EVERY],
    *[("mute", {}, verb, "no_answer", BEFORE[verb]) for verb in EVERY],
    ("power_cut", {"after_bytes": 200}, REWRITE, "no_answer", "untouched"),
    ("power_cut", {"when": "erased"}, REWRITE, "no_answer", "unknown"),
    ("power_cut", {"when": "printed"}, REWRITE, "no_answer", "unknown"),
    ("power_cut", {"when": "encoded"}, WRITE, "no_answer", "unknown"),
]


@pytest.fixture
def bench():
    bench = Bench()
    bench.take_in(ANNA)
    bench.driver.rewrite(OLD)
    bench.take_in(ANNA)
    yield bench
    bench.close()


@pytest.mark.parametrize(("fault", "settings", "verb", "code", "half"), some_of(FAULTS), ids=lambda part: str(part))
def test_each_fault_has_its_error_and_is_got_over(bench, fault, settings, verb, code, half):
    if code == "no_answer":
        bench.hurry()
    bench.unit.set_fault(fault, dict(settings))
    with pytest.raises(DeviceError) as caught:
        DO[verb](bench.driver)
    error = caught.value
    assert (error.code, error.half) == (code, half)
    assert error.advice and str(error)
    if half == "untouched":
        assert bench.printed() == OLD
    bench.unit.clear_faults()
    bench.hurry(PATIENT)
    bench.take_in(ANNA)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.driver.status().health is Health.READY


def test_every_fault_of_the_simulator_is_tried():
    elsewhere = {"slow", "read_error", "shutter_stuck"}
    own = {row[0] for row in FAULTS} - {"mute"}
    assert own | elsewhere == set(Bench(pty=True).unit.faults_known)


def test_a_stripe_that_cannot_be_read_is_no_empty_one_where_all_cards_have_one():
    bench = Bench(stripe_blank="unreadable")
    bench.take_in(ANNA)
    bench.unit.set_fault("read_error", {})
    with pytest.raises(DeviceError) as caught:
        bench.driver.read_stripe(2)
    assert caught.value.code == "stripe_unreadable"
    with pytest.raises(DeviceError) as caught:
        bench.driver.write_stripe({2: "M-0413"})
    assert (caught.value.code, caught.value.half) == ("stripe_write_failed", "unknown")
    bench.close()


def test_a_shutter_that_is_stuck_lets_no_card_in():
    bench = Bench("sanwa-crp1231br")
    bench.unit.set_fault("shutter_stuck", {})
    with pytest.raises(NeedsRepair) as caught:
        bench.driver.take_in(5, lambda: False)
    assert "slot" in caught.value.advice
    assert bench.driver.status().health is Health.FAULT
    bench.unit.clear_faults()
    bench.driver.reset()
    assert bench.driver.status().health is Health.READY
    bench.close()


@pytest.mark.parametrize(("fault", "times"), [("nak", 3), ("bad_check", 3)])
def test_what_passes_within_the_resends_is_not_noticed(bench, fault, times):
    bench.unit.set_fault(fault, {"times": times})
    worn = bench.wear()[0]
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.wear()[0] == worn + 1


def test_a_slow_unit_is_waited_for(bench):
    bench.unit.set_fault("slow", {"seconds": 0.1})
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_a_unit_slower_than_its_limit_is_called_off(bench):
    bench.hurry((0.5, 0.5))
    bench.unit.set_fault("slow", {"seconds": 60})
    with pytest.raises(NoAnswer) as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "unknown"
    assert not bench.unit.state()["busy"]


def test_the_cable_is_pulled_in_the_middle_of_a_job(bench):
    ordered = bench.did("EraseFace")

    def pull():
        bench.until(lambda: bench.did("EraseFace") > ordered)
        bench.unit.set_fault("cut", {})

    bench.unit.set_fault("slow", {"seconds": 60})
    threading.Thread(target=pull).start()
    with pytest.raises(LinkLost) as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "unknown"
    bench.unit.clear_faults()
    bench.connect()
    assert bench.driver.status().health is Health.READY


def test_a_unit_that_forgot_its_characters_does_not_hand_out_a_wrong_face(bench):
    """The power fails for a moment after the characters were handed over, and the order to print has to be repeated."""
    forgot = []

    def blink(data):
        if not forgot and data[2:3] == b"\x7c":
            forgot.append(True)
            bench.unit.set_fault("power_cut", {})
            bench.unit.receive(b"\x00")
            threading.Timer(0.3, bench.unit.clear_faults).start()

    bench.hurry((0.2, 20))
    bench.connect(blink).rewrite(NEW)
    assert forgot
    assert bench.printed() == NEW


def test_a_jam_stays_on_the_status_until_the_card_is_out(bench):
    bench.unit.set_fault("card_jam", {})
    with pytest.raises(CardJam):
        bench.driver.rewrite(NEW)
    status = bench.driver.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "card_jam")
    assert "pull the card out" in status.advice
    bench.unit.clear_faults()  # somebody pulls it out
    assert bench.driver.status().health is Health.READY


def test_nobody_at_the_other_end():
    bench = Bench(pty=True, patience=(0.05, 0.2))
    bench.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer) as caught:
        bench.connect()
    assert "switched on" in caught.value.advice
    bench.close()


def test_opening_a_unit_that_a_crashed_program_left_in_the_middle_of_a_frame(bench):
    bench.unit.receive(bytes.fromhex("024f7a00000001ffff"))
    assert bench.connect().position() is CardPosition.INSIDE


def test_a_hundred_times_unplugged_and_plugged_in_again(bench):
    driver = bench.driver
    for _ in range(100):
        bench.unit.set_fault("cut", {})
        with pytest.raises(LinkLost):
            driver.position()
        bench.unit.clear_faults()
        driver = bench.connect()
        assert driver.position() is CardPosition.INSIDE
    driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_every_trouble_of_the_profile_becomes_its_error():
    profile = read_profile("sanwa-crp1231br")
    for row in profile["troubles"]:
        error = Troubles(profile).of(Reply(0x7C, 0x18, row["code"], 0x30))
        assert (error.code if error else "") == row["error"]
        assert error is None or row["means"] in str(error)
    assert "nobody has described" in str(Troubles(profile).of(Reply(0x7C, 0x18, 0x7E, 0x30)))
    codes = {0x30: None, 0x32: "rejected", 0x34: "no_card", 0x35: "feeder_empty", 0x37: None, 0x39: "device"}
    for state, code in codes.items():
        error = Troubles(profile).of(Reply(0xB0, 0x18, 0x30, state))
        assert (error.code if error else None) == code

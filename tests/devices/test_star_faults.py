"""What a Star unit can run into: each fault has its error, its advice and its half, and the unit works afterwards."""

import threading

import pytest

from loyalty.devices.drivers.star_tcp.troubles import Troubles
from loyalty.devices.interfaces import CardPosition, Health
from loyalty.devices.profiles import read_profile
from loyalty.devices.wire.star_tcp.block import Response
from loyalty.errors import CardJam, CoverOpen, DeviceError, LinkLost, NeedsRepair, NoAnswer, NoCard
from tests.devices.some_of import some_of
from tests.devices.star_bench import ANNA, BERT, PATIENT, Bench, face_of

OLD, NEW = face_of("old", small=True), face_of("new", small=True)
REWRITE, READ, WRITE, ERASE = "rewrite", "read_stripe", "write_stripe", "erase"
DO = {
    REWRITE: lambda driver: driver.rewrite(NEW),
    READ: lambda driver: driver.read_stripe(2),
    WRITE: lambda driver: driver.write_stripe({2: "M-0413"}),
    ERASE: lambda driver: driver.erase(),
}
FAULTS = [
    ("card_jam", {}, REWRITE, "card_jam", "unknown"),
    ("card_jam", {"when": "printed"}, REWRITE, "card_jam", "unknown"),
    ("card_jam", {}, READ, "card_jam", ""),
    ("card_jam", {}, WRITE, "card_jam", "unknown"),
    ("card_jam", {}, ERASE, "card_jam", "unknown"),
    ("cover_open", {}, REWRITE, "cover_open", "unknown"),
    ("cover_open", {}, READ, "cover_open", ""),
    ("path_open", {}, REWRITE, "no_answer", "untouched"),
    ("no_card", {}, REWRITE, "no_card", "untouched"),
    ("no_card", {}, READ, "no_card", ""),
    ("no_card", {}, WRITE, "no_card", "untouched"),
    ("erase_head_temperature", {}, REWRITE, "needs_repair", "unknown"),
    ("cam_motor", {}, REWRITE, "needs_repair", "unknown"),
    ("eeprom", {}, WRITE, "needs_repair", "unknown"),
    ("nak", {"times": 99}, REWRITE, "garbled", "untouched"),
    ("dle", {"times": 99}, REWRITE, "rejected", "untouched"),
    ("bad_bcc", {"times": 99}, REWRITE, "garbled", "untouched"),
    ("silent", {}, REWRITE, "no_answer", "untouched"),
    ("stripe_parity", {}, READ, "stripe_unreadable", ""),
    ("stripe_start", {}, READ, "stripe_unreadable", ""),
    ("stripe_lrc", {}, READ, "stripe_unreadable", ""),
    ("write_verify", {}, WRITE, "stripe_write_failed", "unknown"),
    ("power_cut", {"after_bytes": 60}, REWRITE, "no_answer", "untouched"),
    ("power_cut", {"when": "erased"}, REWRITE, "no_answer", "unknown"),
    ("power_cut", {"when": "printed"}, REWRITE, "no_answer", "unknown"),
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
    harmless = {"slow"}
    assert {row[0] for row in FAULTS} | harmless == set(Bench(pty=True).unit.faults_known)


@pytest.mark.parametrize(("fault", "times"), [("nak", 3), ("dle", 3), ("bad_bcc", 3)])
def test_what_passes_within_the_resends_is_not_noticed(bench, fault, times):
    bench.unit.set_fault(fault, {"times": times})
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_a_slow_unit_is_waited_for(bench):
    bench.unit.set_fault("slow", {"seconds": 0.1})
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW


def test_a_unit_slower_than_its_limit_is_not_left_armed(bench):
    bench.hurry((0.5, 0.5))
    bench.unit.set_fault("slow", {"seconds": 60})
    with pytest.raises(NoAnswer) as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "unknown"
    assert not bench.unit.state()["busy"]


def test_the_cable_is_pulled_in_the_middle_of_a_job(bench):
    ordered = bench.did("EraseAndPrint")

    def pull():
        bench.until(lambda: bench.did("EraseAndPrint") > ordered)
        bench.unit.set_fault("cut", {})

    bench.unit.set_fault("slow", {"seconds": 60})
    threading.Thread(target=pull).start()
    with pytest.raises(LinkLost) as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "unknown"
    bench.unit.clear_faults()
    bench.connect()
    assert bench.driver.status().health is Health.READY
    assert bench.unit.state()["buffers_empty"]


def test_a_jam_stays_on_the_status_until_the_card_is_out(bench):
    bench.unit.set_fault("card_jam", {})
    with pytest.raises(CardJam):
        bench.driver.rewrite(NEW)
    status = bench.driver.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "card_jam")
    assert "pull the card out" in status.advice
    bench.unit.clear_faults()  # somebody pulls it out
    assert bench.driver.status().health is Health.READY


def test_a_broken_unit_stays_broken_until_it_is_reset(bench):
    bench.unit.set_fault("erase_head_temperature", {})
    with pytest.raises(NeedsRepair):
        bench.driver.rewrite(NEW)
    assert bench.driver.status().health is Health.FAULT
    bench.unit.clear_faults()
    bench.driver.reset()
    assert bench.driver.status().health is Health.READY


def test_an_open_cover_shows_on_the_status(bench):
    bench.unit.set_fault("cover_open", {"blocks": False})
    status = bench.driver.status()
    assert (status.health, status.cause) == (Health.NEEDS_PERSON, "cover_open")
    bench.driver.rewrite(NEW)  # the manual: cards are processed all the same
    assert bench.printed() == NEW


def test_buffers_are_empty_after_a_failed_job_too(bench):
    bench.unit.set_fault("cover_open", {})
    with pytest.raises(CoverOpen):
        bench.driver.rewrite(NEW)
    assert bench.unit.state()["buffers_empty"]


def test_a_card_pulled_back_from_the_inlet_leaves_nobody_waiting(bench):
    bench.driver.eject()
    bench.put(BERT)
    bench.unit.take_card()
    with pytest.raises(NoCard):
        bench.driver.rewrite(NEW)
    assert not bench.unit.state()["waiting_for_card"]


def test_a_backward_card_or_none_is_a_matter_of_the_profile():
    for policy, expected in (("none", None), ("unreadable", "stripe_unreadable")):
        bench = Bench(stripe_23h=policy)
        bench.take_in({"kind": "rewritable", "uid": "04AABBCC"})
        if expected is None:
            assert bench.driver.read_stripe(2) is None
        else:
            with pytest.raises(DeviceError) as caught:
                bench.driver.read_stripe(2)
            assert caught.value.code == expected
        bench.close()


def test_nobody_at_the_other_end():
    bench = Bench(pty=True, patience=(0.05, 0.2))
    bench.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer) as caught:
        bench.connect()
    assert "switched on" in caught.value.advice
    bench.close()


def test_opening_a_unit_that_a_crashed_program_left_waiting_for_an_ack(bench):
    bench.unit.receive(b"\x02\x22\x03\x21")  # a read that nobody acknowledges
    bench.until(lambda: not bench.unit.state()["busy"])
    assert bench.connect().position() is CardPosition.INSIDE


@pytest.mark.parametrize("model", ["star-tcp300", "star-tcp300ii"])
def test_every_status_of_the_manual_becomes_its_error(model):
    profile = read_profile(model)
    for row in profile["statuses"]:
        if not row["error"]:
            Troubles(profile).check(Response(0x46, row["code"]))
            continue
        with pytest.raises(DeviceError) as caught:
            Troubles(profile).check(Response(0x46, row["code"]))
        assert caught.value.code == row["error"]
        assert row["means"] in str(caught.value)
    with pytest.raises(DeviceError, match="not in its manual"):
        Troubles(profile).check(Response(0x46, 0x7E))

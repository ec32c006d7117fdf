"""Cards through a CR-1231R: in, read, written, out; and everything that it can run into."""

import threading

import pytest

from loyalty.devices.interfaces import CardPosition, Health
from loyalty.devices.profiles import read_profile
from loyalty.errors import Cancelled, DeviceError, LinkLost, NoAnswer, NoCard, Rejected
from tests.devices.sanwa_bench import PATIENT, Bench

ANNA = {"kind": "magnetic", "tracks": {"1": "M-0412"}}
BERT = {"kind": "magnetic", "tracks": {"1": "M-0007"}}


@pytest.fixture
def bench():
    bench = Bench("sanwa-cr1231r")
    yield bench
    bench.close()


def waits_for_card(bench):
    return bench.unit.state()["waiting_for_card"]


def once(bench, held, action, *arguments):
    threading.Thread(target=lambda: (bench.until(held), action(*arguments))).start()


def test_a_card_in_read_written_and_out(bench):
    driver = bench.driver
    assert driver.position() is CardPosition.NONE
    once(bench, lambda: waits_for_card(bench), bench.put, ANNA)
    driver.take_in(30, lambda: False)
    assert (driver.position(), driver.read_stripe(1), driver.read_stripe(2)) == (CardPosition.INSIDE, "M-0412", None)
    driver.write_stripe({1: "M-0413"})
    assert driver.read_stripe(1) == "M-0413"
    driver.eject()
    assert driver.position() is CardPosition.REMOVAL_WAIT
    with pytest.raises(NoCard, match="last card is still in the slot"):
        driver.take_in(0.2, lambda: False)
    bench.take_in(BERT)
    assert driver.read_stripe(1) == "M-0007"
    driver.reset()
    assert driver.position() is CardPosition.REMOVAL_WAIT


def test_waiting_ends_when_cancelled_or_out_of_time(bench):
    with pytest.raises(Cancelled):
        bench.driver.take_in(60, lambda: waits_for_card(bench))
    with pytest.raises(NoCard, match="Nobody"):
        bench.driver.take_in(0.1, lambda: False)
    assert not bench.unit.state()["busy"]
    assert bench.driver.status().health is Health.READY


@pytest.mark.parametrize("tracks", [{1: "x" * 70}, {1: "é"}, {2: "no head"}])
def test_what_the_track_cannot_hold_is_refused_before_anything_is_sent(bench, tracks):
    bench.take_in(ANNA)
    with pytest.raises(Rejected) as caught:
        bench.driver.write_stripe(tracks)
    assert caught.value.half == "untouched"
    assert bench.driver.read_stripe(1) == "M-0412"


FAULTS = [
    ("card_jam", {}, "card_jam", "unknown"), ("motor", {}, "needs_repair", "unknown"),
    ("head_hot", {}, "head_temperature", "unknown"), ("bad_card", {}, "stripe_unreadable", "unknown"),
    ("write_verify", {}, "stripe_write_failed", "unknown"), ("write_lost", {}, "stripe_write_failed", "unknown"),
    ("no_card", {}, "no_card", "untouched"), ("silent", {}, "no_answer", "untouched"),
    ("nak", {"times": 99}, "garbled", "untouched"), ("bad_check", {"times": 99}, "garbled", "untouched"),
    ("power_cut", {}, "no_answer", "untouched"), ("power_cut", {"after_bytes": 20}, "no_answer", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "settings", "code", "half"), FAULTS, ids=str)
def test_each_fault_has_its_error_and_is_got_over(bench, fault, settings, code, half):
    bench.take_in(ANNA)
    if code == "no_answer":
        bench.hurry()
    bench.unit.set_fault(fault, dict(settings))
    with pytest.raises(DeviceError) as caught:
        bench.driver.write_stripe({1: "M-0413"})
    assert (caught.value.code, caught.value.half) == (code, half)
    assert caught.value.advice and str(caught.value)
    bench.unit.clear_faults()
    bench.hurry(PATIENT)
    bench.take_in(BERT)
    bench.driver.write_stripe({1: "M-0008"})
    assert bench.driver.read_stripe(1) == "M-0008"
    assert bench.driver.status().health is Health.READY


def test_every_fault_of_the_simulator_is_tried(bench):
    assert {row[0] for row in FAULTS} | {"slow"} == set(bench.unit.faults_known)


@pytest.mark.parametrize(
    "name", ["drop", *(pytest.param(name, marks=pytest.mark.slow) for name in ("garble", "duplicate"))]
)  # fmt: skip
@pytest.mark.parametrize(("way", "places"), [(">", (0, 7, 40, 79)), ("<", (0, 3, 11, 17))])
def test_a_damaged_byte_never_leaves_a_wrong_stripe_behind(bench, name, way, places):
    bench.take_in(ANNA)
    bench.hurry((0.2, 1.0))
    for number, at in enumerate(places):
        text = f"M-{number:04}"
        bench.unit.set_fault(name, {"direction": way, "after": at})
        bench.driver.write_stripe({1: text})
        assert bench.unit.card.tracks["1"] == text
        bench.unit.clear_faults()


def test_the_cable_is_pulled_while_it_waits(bench):
    bench.connect()
    once(bench, lambda: waits_for_card(bench), bench.unit.set_fault, "cut", {})
    with pytest.raises(LinkLost):
        bench.driver.take_in(60, lambda: False)
    bench.unit.clear_faults()
    assert bench.connect().position() is CardPosition.NONE
    assert not waits_for_card(bench)


def test_nobody_at_the_other_end():
    bench = Bench("sanwa-cr1231r", pty=True, patience=(0.05, 0.2))
    bench.unit.set_fault("silent", {})
    with pytest.raises(NoAnswer):
        bench.connect()
    bench.close()


def test_every_answer_of_the_profile_has_its_meaning():
    rows = {row["text"]: row for row in read_profile("sanwa-cr1231r")["answers"]}
    assert set(rows) == {"OK", "O1", *(f"N{digit:X}" for digit in range(16))}
    assert all(row["means"] for row in rows.values())

"""A Dualys of 2003: black on blank cards, troubles told with one letter."""

import pytest

from loyalty.devices.interfaces import CardPosition, Health
from loyalty.errors import DeviceError
from tests.devices.evolis_bench import NEW, Bench, face_of

DO = {
    "rewrite": lambda driver: driver.rewrite(NEW),
    "read": lambda driver: driver.read_stripe(2),
    "write": lambda driver: driver.write_stripe({2: "0413"}),
}


@pytest.mark.parametrize(
    ("fault", "verb", "code"),
    [
        ("cover_open", "rewrite", "cover_open"), ("card_jam", "rewrite", "card_jam"),
        ("mag_read", "read", "stripe_unreadable"), ("mag_write", "write", "stripe_write_failed"),
        ("silent", "rewrite", "no_answer"),
    ],
)  # fmt: skip
def test_a_dualys_says_it_with_one_letter(fault, verb, code):
    bench = Bench("evolis-dualys", pty=True, job_s=1.5 if fault == "silent" else 40)
    bench.take_in()
    bench.unit.set_fault(fault, {})
    with pytest.raises(DeviceError) as caught:
        DO[verb](bench.driver)
    assert caught.value.code == code and caught.value.advice
    bench.unit.clear_faults()
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    bench.close()


def test_a_dualys_prints_but_never_erases():
    bench = Bench("evolis-dualys", pty=True)
    bench.unit.set_fault("feeder_empty", {})
    with pytest.raises(DeviceError) as caught:
        bench.driver.take_in(1, lambda: False)
    assert caught.value.code == "feeder_empty"
    bench.unit.clear_faults()
    bench.take_in()
    assert bench.driver.position() is CardPosition.INSIDE
    bench.driver.write_stripe({1: "ANNA"})
    assert bench.driver.read_stripe(1) == "ANNA"
    assert bench.driver.read_stripe(3) is None
    with pytest.raises(DeviceError, match="cannot erase") as caught:
        bench.driver.erase()
    assert caught.value.half == "untouched"
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    bench.driver.rewrite(face_of())  # a blank card from the feeder, no line black
    bench.take_in()
    assert bench.driver.status().health is Health.READY
    bench.driver.reset()
    assert bench.driver.position() is CardPosition.NONE
    bench.close()

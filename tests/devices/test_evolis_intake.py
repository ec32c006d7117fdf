"""A counter and an Evolis printer: who is there, cards in and out, waiting, sharing it with other programs."""

import threading
import time

import pytest

from loyalty.devices.drivers.evolis.link import Link
from loyalty.devices.interfaces import CardPosition, Health
from loyalty.devices.transports import open_transport
from loyalty.devices.wire.evolis.messages import Command
from loyalty.errors import Cancelled, DeviceOffline, LinkLost, NoCard, Rejected
from tests.devices.evolis_bench import ANNA, BERT, NEW, Bench
from tests.waits import ended


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture(params=["tcp", "pty"])
def either(request):
    """A connection for each request, or a line that stays open."""
    bench = Bench(pty=request.param == "pty")
    yield bench
    bench.close()


def test_a_card_comes_in_is_read_written_printed_and_leaves(either):
    driver = either.driver
    assert driver.position() is CardPosition.NONE
    either.take_in(ANNA)
    assert driver.position() is CardPosition.INSIDE
    assert [driver.read_stripe(track) for track in (1, 2, 3)] == [None, "0412", None]
    driver.write_stripe({1: "ANNA", 2: "0413=8"})
    assert [driver.read_stripe(track) for track in (1, 2, 3)] == ["ANNA", "0413=8", None]
    driver.rewrite(NEW)
    assert either.printed() == NEW
    assert driver.position() is CardPosition.NONE


def test_nobody_puts_a_card_in(either):
    began = time.monotonic()
    with pytest.raises(NoCard):
        either.driver.take_in(0.2, lambda: False)
    assert time.monotonic() - began >= 0.2
    assert not either.unit.works.waiting  # the printer does not go on waiting by itself
    either.take_in(ANNA)


def test_waiting_ends_when_it_is_cancelled(either):
    either.connect()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        either.driver.take_in(30, lambda: time.monotonic() - began > 0.1)
    assert not either.unit.works.waiting
    either.put(ANNA)
    assert either.driver.position() is not CardPosition.INSIDE
    either.take_in()


def test_late_answers_to_what_was_called_off_are_nobody_elses():
    """On a line that stays open; the printer takes longer than anybody's silence."""
    bench = Bench(pty=True, input_tray="C")
    bench.connect().close()
    line = open_transport(bench.ready["port"], bench.profile)
    link = Link(line, bench.profile)
    link.enable_status()
    bench.unit.set_fault("slow", {"seconds": 0.4})
    link.begin(Command("Si"))
    link.call_off(Command("Scs"))
    assert link.value(Command("Rtp")) == "Evolis Primacy 2"
    line.close()
    bench.close()


def test_the_printer_gives_up_waiting_before_we_do(either):
    either.unit.works.insert_wait_s = 0.1
    threading.Timer(0.3, either.put, (ANNA,)).start()
    either.take_in()
    assert either.driver.read_stripe(2) == "0412"


def test_a_card_comes_while_somebody_waits(bench):
    threading.Timer(0.1, bench.put, (BERT,)).start()
    bench.take_in()
    assert bench.driver.read_stripe(2) == "0007"


def test_reset_restarts_the_printer_and_frees_the_card(either):
    either.take_in(ANNA)
    either.driver.reset()
    assert either.driver.position() is CardPosition.NONE
    either.take_in(ANNA)
    either.driver.rewrite(NEW)
    assert either.printed() == NEW


def test_a_printer_of_another_model_is_not_driven():
    bench = Bench(model_reply="Zenius")
    with pytest.raises(Rejected, match="'Evolis Primacy 2', which is no") as caught:
        bench.connect()
    assert "profile" in caught.value.advice
    bench.close()


def test_a_printer_that_another_program_has_reserved(bench):
    bench.take_in(ANNA)
    bench.unit.panel._reserve(0x0BAD, 60)
    with pytest.raises(DeviceOffline, match="Another program") as caught:
        bench.driver.rewrite(NEW)
    assert caught.value.half == "untouched"
    bench.unit.panel._reserve(0, 45)
    bench.driver.rewrite(NEW)
    assert bench.printed() == NEW
    assert bench.unit.panel.status().session == 0  # given back


def test_it_is_busy_while_it_works():
    bench = Bench()
    bench.take_in(ANNA)
    job = threading.Thread(target=bench.driver.rewrite, args=(NEW,))
    with bench.standing_still():
        job.start()
        bench.until(lambda: bench.said("plane write") > 0)
        assert bench.driver.status().health is Health.BUSY
    ended(job)
    assert bench.driver.status().health is Health.READY
    bench.close()


def test_nobody_is_at_the_port():
    bench = Bench()
    bench.unit.set_fault("power_cut", {})
    with pytest.raises(LinkLost) as caught:
        bench.connect()
    assert "cable" in caught.value.advice
    bench.close()

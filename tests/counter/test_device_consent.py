"""A counter does not drive hardware with unverified facts unless its settings say so; and lends a device out whole."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.reading import ReadingService
from loyalty.counter.settings import DeviceSettings
from loyalty.devices.interfaces import Health
from loyalty.devices.profiles import read_profile
from loyalty.devices.transports import open_transport
from simulators.__main__ import start


def until(held: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not held():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def reader(port: str, **settings: Any) -> DeviceThread:
    device = DeviceSettings("reader", "card_reader", "pn532", port, **settings)
    return DeviceThread(device, ReadingService(lambda id, reading: None, lambda id, error: None), lambda state: None)


def test_unverified_facts_are_named_and_nothing_is_sent() -> None:
    unit, ready, server = start("pn532", tcp="127.0.0.1:0")
    thread = reader(ready["port"])
    thread.start()
    try:
        until(lambda: thread.state.cause == "config")
        assert "answer_timeout_s" in thread.state.advice and "accept_unverified = true" in thread.state.advice
        assert unit.log.after(0) == []
    finally:
        thread.stop()
        thread.join(10)
        server.close()


@pytest.mark.parametrize("settings", [{"accept_unverified": True}, {"control": "http://127.0.0.1:1"}])
def test_with_leave_or_simulated_it_is_driven(settings: dict[str, Any]) -> None:
    _, ready, server = start("pn532", tcp="127.0.0.1:0")
    thread = reader(ready["port"], **settings)
    thread.start()
    try:
        until(lambda: thread.state.health is Health.READY)
    finally:
        thread.stop()
        thread.join(10)
        server.close()


def test_a_lent_device_is_free_and_comes_back() -> None:
    unit, ready, server = start("pn532", tcp="127.0.0.1:0")
    thread = reader(ready["port"], accept_unverified=True)
    thread.start()
    try:
        until(lambda: thread.state.health is Health.READY)
        with thread.lent():
            mine = open_transport(ready["port"], read_profile("pn532"))
            before = len(unit.log.after(0))
            time.sleep(0.6)
            assert len(unit.log.after(0)) == before, "nobody else speaks"
            mine.close()
        spoken = len(unit.log.after(0))
        until(lambda: len(unit.log.after(0)) > spoken + 4)
        assert [state.health for state in thread.history][-1] is Health.READY
    finally:
        thread.stop()
        thread.join(10)
        server.close()

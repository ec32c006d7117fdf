"""Service of readers and scanners: whatever they read becomes an event."""

import time
from collections.abc import Callable
from typing import Any

from loyalty.contract.token import Token
from loyalty.counter.device_thread import DeviceThread, status_of
from loyalty.devices.interfaces import Gone, Reading, Seen
from loyalty.errors import BankCardRefused, DeviceError, Garbled, LinkLost, NoAnswer, StripeUnreadable

POLL_S = 0.15
STATUS_EVERY_S = 2.0
REST_S = 0.3
Examine = Callable[[DeviceThread, Any, Token], None]
"""Looks closer at a card that was seen; DeviceError when it may not be served."""


class ReadingService:
    """`heard` is called with the device's id and each reading, whose token carries that id as its source.

    `refused` hears of a card that a reader in good order did not take: a bank's, or a stripe to be drawn again.
    """

    def __init__(
        self, heard: Callable[[str, Reading], None], refused: Callable[[str, DeviceError], None],
        examine: Examine | None = None,
    ) -> None:  # fmt: skip
        self._heard, self._refused, self._examine = heard, refused, examine

    def serve(self, unit: DeviceThread, driver: Any) -> None:
        ask_at = 0.0
        while not unit.stopping.is_set():
            try:
                if time.monotonic() >= ask_at:
                    unit.show(driver.status())
                    ask_at = time.monotonic() + STATUS_EVERY_S
                reading = driver.poll(POLL_S)
            except (StripeUnreadable, BankCardRefused) as error:
                self._refused(unit.settings.id, error)
                continue
            except (NoAnswer, Garbled) as error:  # the port is whole; the driver wakes the unit at the next call
                unit.show(status_of(error))
                unit.stopping.wait(REST_S)
                ask_at = 0.0
                continue
            if reading is not None and self._may_serve(unit, driver, reading):
                self._heard(unit.settings.id, _with_source(reading, unit.settings.id))

    def _may_serve(self, unit: DeviceThread, driver: Any, reading: Reading) -> bool:
        if self._examine is None or not isinstance(reading, Seen):
            return True
        try:
            self._examine(unit, driver, reading.token)
        except LinkLost:
            raise
        except DeviceError as error:  # a copy, or a card that left before it was known for what it is
            self._refused(unit.settings.id, error)
            return False
        return True


def _with_source(reading: Reading, device: str) -> Reading:
    token = Token(reading.token.kind, reading.token.value, device)
    return Seen(token) if isinstance(reading, Seen) else Gone(token)

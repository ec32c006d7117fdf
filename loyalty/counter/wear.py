"""What a device counts of its own wear is asked seldom, and only while it has nothing to do."""

import time
from typing import Any, Protocol, runtime_checkable

from loyalty.counter.device_thread import DeviceThread

ASKED_EVERY_S = 600.0


@runtime_checkable
class Counting(Protocol):
    """A driver whose device counts what it did."""

    def counters(self) -> dict[str, int]:
        """Numbers by name, since the unit was made; DeviceError."""


class Wear:
    """Keeps the figures of idle devices fresh."""

    def __init__(self, every_s: float = ASKED_EVERY_S) -> None:
        self._every_s = every_s
        self._asked: dict[str, float] = {}

    def look(self, unit: DeviceThread, driver: Any) -> None:
        """Asks the device unless that was done lately; DeviceError as for any command."""
        now, last = time.monotonic(), self._asked.get(unit.settings.id)
        if isinstance(driver, Counting) and (last is None or now - last >= self._every_s):
            self._asked[unit.settings.id] = now
            unit.figures = driver.counters()

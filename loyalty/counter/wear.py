"""What a device counts of its own wear is asked seldom, and only while it has nothing to do.

A card printer whose language tells no counts is counted for: faces that this counter printed with it, kept on its disk.
"""

import logging
import time
from typing import Any, Protocol, runtime_checkable

from loyalty.counter.device_thread import DeviceThread
from loyalty.counter.known import Known
from loyalty.errors import LoyaltyError

ASKED_EVERY_S = 600.0
COUNTED_HERE = "prints_here"
log = logging.getLogger(__name__)


@runtime_checkable
class Counting(Protocol):
    """A driver whose device counts what it did."""

    def counters(self) -> dict[str, int]:
        """Numbers by name, since the unit was made; DeviceError."""


class Wear:
    """Keeps the figures of idle devices fresh. `known` is where the counter counts for those that cannot."""

    def __init__(self, known: Known, every_s: float = ASKED_EVERY_S) -> None:
        self._known, self._every_s = known, every_s
        self._asked: dict[str, float] = {}

    def look(self, unit: DeviceThread, driver: Any) -> None:
        """Asks the device unless that was done lately; DeviceError as for any command."""
        now, last = time.monotonic(), self._asked.get(unit.settings.id)
        if last is None or now - last >= self._every_s:
            self._asked[unit.settings.id] = now
            told = driver.counters() if isinstance(driver, Counting) else {}
            unit.figures = told or {COUNTED_HERE: self._here(unit)}

    def printed(self, unit: DeviceThread) -> None:
        """One more face came out of it. A count that cannot be kept stops no card."""
        try:
            self._known.put(_name(unit), str(self._here(unit) + 1))
        except LoyaltyError as error:
            log.warning("a face of %s is not counted: %s", unit.settings.id, error)
        if set(unit.figures) <= {COUNTED_HERE}:
            self._asked.pop(unit.settings.id, None)

    def _here(self, unit: DeviceThread) -> int:
        return int(self._known.get(_name(unit)) or 0)


def _name(unit: DeviceThread) -> str:
    """Another model under the same name is another device."""
    return f"faces:{unit.settings.id}:{unit.settings.profile}"

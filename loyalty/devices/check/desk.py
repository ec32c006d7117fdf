"""What the steps of a check share: the device under test, what was heard of it, and who lends a hand."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

from loyalty.devices.check.hands import Hands
from loyalty.devices.interfaces import Port, Reading
from loyalty.devices.profiles import Profile
from loyalty.devices.registry import driver_for
from loyalty.devices.transports.opening import open_transport
from loyalty.errors import DeviceError

MOST_BYTES_KEPT = 100_000
Listener = Callable[[str, bytes], None]


class Desk:
    """One device. `listener` hears every byte, for a trace. notes: what earlier steps left for later ones."""

    def __init__(self, profile: Profile, port: str, hands: Hands, wait_s: float, listener: Listener | None) -> None:
        self.profile, self.port, self.hands, self.wait_s = profile, port, hands, wait_s
        self._listener = listener
        self._line: Port | None = None
        self._driver: Any = None
        self.answer = ""
        """What the device said of itself."""
        self.from_device = bytearray()
        """The last bytes that it sent."""
        self.notes: dict[str, Any] = {}

    @property
    def driver(self) -> Any:
        """The open driver; opens line and driver when a step before had closed them."""
        if self._driver is None:
            if self._line is None:
                self.open_line()
            self._driver = driver_for(self.profile)(self._line, self.profile)
        return self._driver

    def open_line(self) -> None:
        self.close()
        self._line = open_transport(self.port, self.profile, self._hear)

    def close(self) -> None:
        """Driver and line; without complaint when they are gone already."""
        driver, line = self._driver, self._line
        self._driver = self._line = None
        for thing in (driver, line):
            if thing is not None:
                with contextlib.suppress(DeviceError):
                    thing.close()

    def fact(self, name: str, otherwise: Any = None) -> Any:
        """A fact of the profile, or `otherwise` where its family has none of that name."""
        return self.profile[name] if name in self.profile.facts else otherwise

    def next_reading(self, kind: type[Reading], wait_s: float | None = None) -> Any:
        """The next Seen or Gone; None when none came within wait_s. Readings of the other kind are passed over."""
        deadline = time.monotonic() + (self.wait_s if wait_s is None else wait_s)
        while (left := deadline - time.monotonic()) > 0:
            reading = self.driver.poll(min(0.25, left))
            if isinstance(reading, kind):
                return reading
        return None

    def _hear(self, speaker: str, data: bytes) -> None:
        if speaker == "device":
            self.from_device += data
            del self.from_device[:-MOST_BYTES_KEPT]
        if self._listener:
            self._listener(speaker, data)

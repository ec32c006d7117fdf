"""The same printer behind a line that goes one way: it prints, and nobody can tell from here whether it did."""

import threading
from collections.abc import Sequence

from loyalty.contract.paper import OpenDrawer, Part
from loyalty.devices.drivers.escpos.parts import PartEncoder
from loyalty.devices.interfaces import Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile


class SpooledReceiptPrinter:
    """print() and open_drawer() return when every byte was handed over. Status: unknown, never ready."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport = transport
        self._encoder = PartEncoder(profile)
        self.paper_dots, self.columns = self._encoder.paper_dots, self._encoder.columns
        self._lock = threading.Lock()
        self._owed = int(profile["raster_strip_rows"]) * (self.paper_dots // 8) + 8
        """What a program before us may have left unsaid of a picture; outside one these NULs print nothing."""

    def can_encode(self, text: str) -> bool:
        """Can `text` be sent as Text? Otherwise it has to come as a Picture."""
        return self._encoder.can_encode(text)

    def status(self) -> UnitStatus:
        """UNKNOWN while bytes can be handed over; LinkLost when they cannot."""
        with self._lock:
            self._transport.read(0.0)
        detail = "This port goes one way: what is sent is handed over, whether it is printed cannot be told from here."
        return UnitStatus(Health.UNKNOWN, advice="Look at the printer.", detail=detail)

    def print(self, parts: Sequence[Part]) -> None:
        """Rejected before anything is sent when a part cannot be printed; LinkLost when not all of it was taken."""
        self._hand_over(self._encoder.start() + b"".join(self._encoder.all(parts)))

    def open_drawer(self, pin: int = 2) -> None:
        self._hand_over(b"".join(self._encoder.all((OpenDrawer(pin),))))

    def drawer_is_open(self) -> bool | None:
        """None: the contact cannot be asked."""
        return None

    def close(self) -> None:
        self._transport.close()

    def _hand_over(self, data: bytes) -> None:
        with self._lock:
            self._transport.write(bytes(self._owed) + data)
            self._owed = 0

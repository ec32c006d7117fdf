"""USB HID devices through the system, by hidapi (extra [hid]): whole reports in and out.

`hid:/dev/hidraw0` names a device by its path, `hid:0801:0002` by vendor and product in hex, `hid:0801:0002:SERIAL` one
of several alike. Hot plug is by opening again. Only hardware can try this file; the Unix socket of hid_socket takes its
place elsewhere, and everything above is the same.
"""

import contextlib
import re

import hid

from loyalty.errors import LinkLost

LONGEST_REPORT = 4096
_BY_NUMBERS = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::(.+))?")


class HidDevice:
    """loyalty.devices.interfaces.ReportLink. report_id: 0 for a device whose reports have no numbers."""

    def __init__(self, url: str, report_id: int = 0) -> None:
        self.url, self._report_id = url, report_id
        name = url.removeprefix("hid:")
        self._device = hid.device()
        try:
            if found := _BY_NUMBERS.fullmatch(name):
                self._device.open(int(found[1], 16), int(found[2], 16), found[3])
            else:
                self._device.open_path(name.encode())
        except (OSError, ValueError) as error:
            raise LinkLost(f"The HID device {url} cannot be opened ({error}); is it plugged in?") from error

    def write(self, data: bytes) -> None:
        try:
            sent = self._device.write(bytes([self._report_id]) + data)
        except (OSError, ValueError) as error:
            raise self._lost(error) from error
        if sent < 0:
            raise self._lost(self._device.error())

    def read(self, timeout_s: float) -> bytes:
        try:
            # 0 ms would wait without end
            return bytes(self._device.read(LONGEST_REPORT, max(1, round(timeout_s * 1000))))
        except (OSError, ValueError) as error:
            raise self._lost(error) from error

    def set_feature(self, data: bytes) -> None:
        try:
            sent = self._device.send_feature_report(bytes([self._report_id]) + data)
        except (OSError, ValueError) as error:
            raise self._lost(error) from error
        if sent < 0:
            raise self._lost(self._device.error())

    def get_feature(self, size: int) -> bytes:
        try:
            return bytes(self._device.get_feature_report(self._report_id, size + 1))[1:]
        except (OSError, ValueError) as error:
            raise self._lost(error) from error

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # gone already is what was asked for
            self._device.close()

    def _lost(self, error: object) -> LinkLost:
        return LinkLost(f"The HID device {self.url} does not answer any more: {error}.")


def devices() -> list[tuple[str, str]]:
    """Port name and description of each HID device of this machine."""
    found = {
        f"hid:{row['vendor_id']:04x}:{row['product_id']:04x}":
            f"{row['manufacturer_string'] or ''} {row['product_string'] or ''}"
        for row in hid.enumerate()
    }  # fmt: skip
    return sorted(found.items())

"""Serial lines: a tty, or what else pyserial opens by URL, such as rfc2217://host:port."""

import contextlib
from typing import Any

import serial

from loyalty.errors import LinkLost

_SETTINGS = {"baudrate", "bytesize", "parity", "stopbits", "rtscts", "xonxoff", "dsrdtr"}


class SerialPort:
    """An open line. `line` holds pyserial's own settings: baudrate, bytesize, parity, stopbits, rtscts …"""

    def __init__(self, url: str, line: dict[str, Any]) -> None:
        self.url = url
        settings = {key: value for key, value in line.items() if key in _SETTINGS}
        try:
            self._port = serial.serial_for_url(url, timeout=0, write_timeout=10, **settings)
        except (serial.SerialException, ValueError, OSError) as error:
            raise LinkLost(f"The port {url} cannot be opened: {error}.") from error

    def write(self, data: bytes) -> None:
        try:
            self._port.write(data)
            self._port.flush()
        except (serial.SerialException, OSError, TypeError) as error:
            # pyserial raises TypeError when another thread closed the port under it
            raise LinkLost(f"The line {self.url} broke while writing: {error}.") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            self._port.timeout = timeout_s
            first: bytes = self._port.read(1)
            if not first:
                return b""
            self._port.timeout = 0
            return first + bytes(self._port.read(65536))
        except (serial.SerialException, OSError, TypeError) as error:
            raise LinkLost(f"The line {self.url} broke while reading: {error}.") from error

    def close(self) -> None:
        with contextlib.suppress(serial.SerialException, OSError):  # gone already is what was asked for
            self._port.close()

"""Serial lines: a tty, or what else pyserial opens by URL, such as rfc2217://host:port."""

import contextlib
import time
from typing import Any

import serial

from loyalty.devices.transports.not_opened import not_opened
from loyalty.errors import LinkLost

_SETTINGS = {"baudrate", "bytesize", "parity", "stopbits", "rtscts", "xonxoff", "dsrdtr"}
_LOOK_S = 0.002
"""How often the system is asked whether the last bytes are on the line."""


class SerialPort:
    """An open line. `line` holds pyserial's own settings: baudrate, bytesize, parity, stopbits, rtscts …

    write() returns once the system has the bytes, so that the next ones follow without a gap; read() waits until they
    are on the line, so that what an answer may take is counted from there. A device that holds the line for
    `patience_s` (handshake: out of paper, switched off) is LinkLost; the system's own waiting for it has no end.
    """

    def __init__(self, url: str, line: dict[str, Any], patience_s: float = 10) -> None:
        self.url = url
        self._patience_s, self._under_way = patience_s, False
        settings = {key: value for key, value in line.items() if key in _SETTINGS}
        try:
            self._port = serial.serial_for_url(url, timeout=0, write_timeout=patience_s, **settings)
        except (serial.SerialException, ValueError, OSError) as error:
            raise not_opened(url, error) from error

    def write(self, data: bytes) -> None:
        try:
            self._under_way = True
            self._port.write(data)
        except (serial.SerialException, OSError, TypeError) as error:
            # pyserial raises TypeError when another thread closed the port under it
            raise LinkLost(f"The line {self.url} broke while writing: {error}.") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            if self._under_way and timeout_s:
                self._send_off()
            self._port.timeout = timeout_s
            first: bytes = self._port.read(1)
            if not first:
                return b""
            self._port.timeout = 0
            return first + bytes(self._port.read(65536))
        except (serial.SerialException, OSError, TypeError) as error:
            raise LinkLost(f"The line {self.url} broke while reading: {error}.") from error

    def _send_off(self) -> None:
        """Wait until everything written is on the line; kinds of ports that cannot say are believed."""
        left = getattr(self._port, "out_waiting", 0)
        since = time.monotonic()
        while left:
            time.sleep(_LOOK_S)
            before, left = left, self._port.out_waiting
            if left != before:
                since = time.monotonic()
            elif time.monotonic() - since > self._patience_s:
                raise LinkLost(f"The device on {self.url} holds the line: {left} bytes do not leave.")
        self._under_way = False

    def close(self) -> None:
        with contextlib.suppress(serial.SerialException, OSError):  # gone already is what was asked for
            self._port.close()

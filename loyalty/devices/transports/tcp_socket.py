"""A serial line over TCP, as device servers and simulators offer it: socket://host:port.

pyserial opens such URLs too, but every close of its takes 0.3 s and small messages wait for one another; a plain
socket does neither.
"""

import contextlib
import socket
from urllib.parse import urlsplit

from loyalty.devices.transports.not_opened import not_opened
from loyalty.errors import LinkLost

CONNECT_S, WRITE_S = 5.0, 10.0


class TcpSocket:
    """An open connection. `url` is socket://host:port."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            parts = urlsplit(url)
            if not parts.hostname or not parts.port:
                raise ValueError("write it as socket://host:port")
            self._socket = socket.create_connection((parts.hostname, parts.port), CONNECT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, ValueError) as error:
            raise not_opened(url, error) from error

    def write(self, data: bytes) -> None:
        try:
            self._socket.settimeout(WRITE_S)
            self._socket.sendall(data)
        except OSError as error:
            raise LinkLost(f"The line {self.url} broke while writing: {error}.") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            self._socket.settimeout(max(timeout_s, 0.0))
            data = self._socket.recv(65536)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise LinkLost(f"The line {self.url} broke while reading: {error}.") from error
        if not data:
            raise LinkLost(f"The device at {self.url} closed the connection.")
        return data

    def close(self) -> None:
        with contextlib.suppress(OSError):  # gone already is what was asked for
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that is reading
        self._socket.close()

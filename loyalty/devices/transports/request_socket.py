"""TCP where every request has a connection of its own: the host sends and ends its half, the device answers, closes.

So do Evolis printers. To a driver it is a line like any other: writing after an answer was read begins the next
request, and reading on when the device has closed is LinkLost.
"""

import contextlib
import socket
from urllib.parse import urlsplit

from loyalty.errors import LinkLost

CONNECT_S, WRITE_S = 5.0, 30.0
PORT = 9100


class RequestSocket:
    """`url` is socket://host[:port]. The constructor connects, for the first request."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or PORT)
        self._socket: socket.socket | None = None
        self._asked = False
        self._connect()

    def write(self, data: bytes) -> None:
        """Part of a request, or an empty one, which some devices answer too."""
        if self._asked or self._socket is None:
            self._hang_up()
            self._connect()
        try:
            self._open().settimeout(WRITE_S)
            self._open().sendall(data)
        except OSError as error:
            self._hang_up()
            raise LinkLost(f"The line {self.url} broke while writing: {error}.") from error

    def read(self, timeout_s: float) -> bytes:
        """A piece of the answer; LinkLost once the device has closed."""
        try:
            if not self._asked:
                self._open().shutdown(socket.SHUT_WR)
                self._asked = True
            self._open().settimeout(max(timeout_s, 0.001))
            data = self._open().recv(65536)
        except TimeoutError:
            return b""
        except OSError as error:
            self._hang_up()
            raise LinkLost(f"The line {self.url} broke while reading: {error}.") from error
        if not data:
            self._hang_up()
            raise LinkLost(f"The device at {self.url} closed the connection.")
        return data

    def close(self) -> None:
        self._hang_up()

    def _connect(self) -> None:
        try:
            self._socket = socket.create_connection(self._address, CONNECT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise LinkLost(f"The port {self.url} cannot be opened: {error}.") from error

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise OSError("the connection is closed")
        return self._socket

    def _hang_up(self) -> None:
        self._asked = False
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None

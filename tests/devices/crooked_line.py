"""A cable with a defect: a socket between a driver and a simulated device that changes what passes."""

import contextlib
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

Change = Callable[[bytes], bytes]


def wrong_parity(data: bytes) -> bytes:
    """What an 8N1 listener hears of a line that talks 7E1: the parity comes as eighth bit."""
    return bytes(byte | 0x80 if (byte & 0x7F).bit_count() % 2 else byte & 0x7F for byte in data)


class CrookedLine:
    """`to_device` and `to_host` change each piece of bytes. `port` is what the driver is pointed at."""

    def __init__(self, device: str, to_device: Change = bytes, to_host: Change = bytes) -> None:
        parts = urlsplit(device)
        self._device = (parts.hostname, parts.port)
        self._changes = to_device, to_host
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                host, _ = self._server.accept()
                device = socket.create_connection(self._device)
                for end in (host, device):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for source, target, change in ((host, device, self._changes[0]), (device, host, self._changes[1])):
                    threading.Thread(target=_carry, args=(source, target, change), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket, change: Change) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(change(data))
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

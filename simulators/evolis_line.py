"""TCP as an Evolis printer serves it: a connection for each request, answered and closed; several at a time."""

import contextlib
import socket
import struct
import threading
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from simulators.line import FaultyWire
from simulators.unit import Unit

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with no time: closing breaks the connection instead of ending it."""


class Conversation(Protocol):
    def receive(self, data: bytes) -> None: ...
    def finish(self) -> None: ...


class RequestUnit(Unit):
    """A unit that talks to several hosts, each on a connection of its own."""

    hang_up: Callable[[], None] = staticmethod(lambda: None)
    """Breaks all connections; set by the line."""
    dead = False
    """Without power: nobody is at the port."""

    @abstractmethod
    def converse(self, send: Callable[[bytes], None]) -> Conversation:
        """A new host has connected."""


class RequestLine:
    """Listens on host:port (0: any free one)."""

    def __init__(self, unit: RequestUnit, host: str, port: int) -> None:
        self.unit, self.wire = unit, FaultyWire(unit)
        self._clients: set[socket.socket] = set()
        self._server = socket.create_server((host, port), backlog=32)
        host, port = self._server.getsockname()[:2]
        self.port = f"socket://{host}:{port}"
        unit.hang_up = self.hang_up
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._watch_cut, daemon=True).start()

    def hang_up(self) -> None:
        for client in tuple(self._clients):
            _break(client)

    def _accept(self) -> None:
        while True:
            client, _ = self._server.accept()
            if "cut" in self.unit.faults or self.unit.dead:
                _break(client)
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._clients.add(client)
        talk = self.unit.converse(lambda data: self._send(client, data))
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                talk.receive(self.wire.passes(data, ">"))
            talk.finish()
        self._clients.discard(client)
        client.close()

    def _send(self, client: socket.socket, data: bytes) -> None:
        with contextlib.suppress(OSError):
            client.sendall(self.wire.passes(data, "<"))

    def _watch_cut(self) -> None:
        while True:
            with self.unit.changed:
                self.unit.changed.wait()
                cut = "cut" in self.unit.faults
            if cut:
                self.hang_up()


def _break(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        client.shutdown(socket.SHUT_RDWR)
    client.close()

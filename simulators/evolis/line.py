"""TCP as an Evolis printer serves it: a connection for each request, answered and closed; several at a time."""

import contextlib
import functools
import socket
import struct
import threading
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol

from simulators.line import FaultyWire, accepted, end
from simulators.unit import Unit

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with no time: closing breaks the connection instead of ending it."""


class Conversation(Protocol):
    def receive(self, data: bytes) -> None: ...
    def finish(self) -> None: ...


class RequestUnit(Unit):
    """A unit that talks to several hosts, each on a connection of its own."""

    dead = False
    """Without power: nobody is at the port."""

    @abstractmethod
    def converse(self, send: Callable[[bytes], None]) -> Conversation:
        """A new host has connected; called in the order in which they come."""


class RequestLine:
    """Listens on host:port (0: any free one)."""

    def __init__(self, unit: RequestUnit, host: str, port: int) -> None:
        self.unit, self.wire = unit, FaultyWire(unit)
        self._clients: set[socket.socket] = set()
        self._server = socket.create_server((host, port), backlog=32)
        host, port = self._server.getsockname()[:2]
        self.port = f"socket://{host}:{port}"
        unit.hang_up, unit.unplug = self.hang_up, self.close
        threading.Thread(target=self._accept, daemon=True).start()

    def hang_up(self) -> None:
        """What these hosts have said and nobody has heard yet is lost."""
        for client in tuple(self._clients):
            self._break(client)

    def close(self) -> None:
        end(self._server)
        self.hang_up()

    def _accept(self) -> None:
        while client := accepted(self._server):
            self._clients.add(client)  # before the question, so that a cut cannot miss it
            talk = self.unit.converse(functools.partial(self._send, client))
            if "cut" in self.unit.faults or self.unit.dead:
                self._break(client)
            threading.Thread(target=self._serve, args=(client, talk), daemon=True).start()

    def _serve(self, client: socket.socket, talk: Conversation) -> None:
        with contextlib.suppress(OSError):
            while (data := client.recv(65536)) and client in self._clients:
                talk.receive(self.wire.passes(data, ">"))
        talk.finish()
        self._clients.discard(client)
        client.close()

    def _send(self, client: socket.socket, data: bytes) -> None:
        with contextlib.suppress(OSError):
            client.sendall(self.wire.passes(data, "<"))

    def _break(self, client: socket.socket) -> None:
        self._clients.discard(client)
        with contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end(client)

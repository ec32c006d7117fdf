"""A bare socket to a simulated Star unit, for the tests beside this file."""

import json
import socket
import urllib.request
from typing import Any

from loyalty.devices.wire.star_tcp.block import frame
from simulators.__main__ import start
from simulators.card import SimCard

ANNA = {"kind": "rewritable", "uid": "04A1B2C3D4E5F6", "tracks": {"2": "M-0412"}}
DOT = b"\x430,0,01"


class Wire:
    """A bare socket to a simulated unit."""

    def __init__(self, profile: str = "star-tcp300ii", speed: str = "fast") -> None:
        self.unit, ready, self._server = start(profile, tcp="127.0.0.1:0", speed=speed)
        self.control = ready["control"]
        host, _, port = ready["port"].removeprefix("socket://").partition(":")
        self._socket = socket.create_connection((host, int(port)), 3)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def read(self, wait_s: float = 0.15) -> bytes:
        """What comes until it stays quiet for wait_s."""
        self._socket.settimeout(wait_s)
        got = b""
        while True:
            try:
                got += self._socket.recv(4096)
            except TimeoutError:
                return got

    def ask(self, content: bytes) -> bytes:
        """Send a block, take its ACK and response, acknowledge; the response's STATUS and DATA."""
        self.send(frame(content))
        got = self._socket.recv(1) + self._until_block()
        assert got[:1] == b"\x06", got.hex()
        assert got[1:3] == b"\x02" + content[:1], got.hex()
        assert got[1:] == frame(got[2:-2])
        self.send(b"\x06")
        return got[3:-2]

    def _until_block(self) -> bytes:
        self._socket.settimeout(3)
        got = b""
        while len(got) < 5 or got[-2] != 3:
            got += self._socket.recv(1)
        return got

    def put(self, card: dict[str, Any] = ANNA) -> None:
        self.unit.put_card(SimCard.from_json(card))

    def http(self, method: str, path: str, body: object = None) -> bytes:
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.control + path, data, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            content: bytes = answer.read()
            return content

    def close(self) -> None:
        self._socket.close()
        self._server.close()

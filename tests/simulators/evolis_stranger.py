"""Somebody who knows nothing of our driver: a socket, a connection for each request, and HTTP."""

import io
import json
import socket
import urllib.request

from PIL import Image

from loyalty.contract.raster import Raster
from loyalty.devices.wire.evolis.messages import Command, Message, encode
from loyalty.devices.wire.evolis.replies import Reply, ReplyDecoder
from loyalty.devices.wire.evolis.status import Status
from simulators.__main__ import start
from tests.devices.evolis_bench import HEIGHT, WIDTH


class Stranger:
    """Knows nothing of our driver: a socket, a connection for each request, and HTTP."""

    def __init__(self, profile: str = "evolis-primacy", speed: str = "fast") -> None:
        self.unit, ready, self._server = start(profile, tcp="127.0.0.1:0", speed=speed)
        self.address = ("127.0.0.1", int(ready["port"].rsplit(":", 1)[1]))
        self.control = ready["control"]

    def close(self) -> None:
        self._server.close()

    def ask(self, data: bytes) -> bytes:
        with socket.create_connection(self.address, 5) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := line.recv(4096):
                answer += piece
            return answer

    def tell(self, *messages: Message) -> bytes:
        return self.ask(b"".join(encode(message) for message in messages) + b"\0")

    def command(self, text: str) -> str:
        (answer,) = ReplyDecoder().feed(self.tell(Command.parse(text)))
        assert isinstance(answer, Reply)
        return answer.text

    def status(self) -> Status:
        (answer,) = ReplyDecoder(with_status=True).feed(self.ask(b""))
        assert isinstance(answer, Reply) and answer.status
        return answer.status

    def http(self, method: str, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read()

    def put(self, card: dict[str, object]) -> None:
        self.http("POST", "/card", {"card": card})

    def seen(self) -> Raster:
        """What /face.png shows, as dots; the rounded corners of the card are cut off."""
        picture = Image.open(io.BytesIO(self.http("GET", "/face.png"))).convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        small = Image.alpha_composite(white, picture).convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        dots = small.point(lambda light: 255 if light < 128 else 0).convert("1")
        return Raster(WIDTH, HEIGHT, dots.tobytes())

    def burnt(self) -> Raster:
        """The same without the picture in between, which takes a while."""
        dots = self.unit.shown.printed.convert("1")
        return Raster(WIDTH, HEIGHT, dots.tobytes())

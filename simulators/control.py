"""HTTP on the loopback address: look at a simulated device, put cards in, set faults, read the wire."""

import contextlib
import json
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulators.card import SimCard
from simulators.unit import Unit

Answer = tuple[int, str, bytes]


def _json(value: Any, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value, ensure_ascii=False).encode()


def _png(picture: bytes | None, what: str) -> Answer:
    return (200, "image/png", picture) if picture else _json({"error": f"There is no {what} here."}, 404)


class Routes:
    """One method per call of the control interface; raises ValueError with a sentence for bad input."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.table: dict[tuple[str, str], Callable[[dict[str, Any]], Answer]] = {
            ("GET", "/state"): lambda _: _json(unit.state()),
            ("POST", "/card"): self._put_card,
            ("DELETE", "/card"): self._take_card,
            ("GET", "/face.png"): lambda _: _png(unit.face_png(), "card face"),
            ("GET", "/paper.png"): lambda _: _png(unit.paper_png(), "paper"),
            ("POST", "/fault"): self._set_fault,
            ("DELETE", "/fault"): self._clear_fault,
            ("POST", "/scan"): self._scan,
            ("POST", "/swipe"): self._swipe,
            ("GET", "/wire"): lambda body: _json(unit.log.after(int(body.get("after", 0)))),
        }

    def _put_card(self, body: dict[str, Any]) -> Answer:
        if body.get("again"):
            if self.unit.taken_out is None:
                raise ValueError("No card was taken out that could be put back.")
            self.unit.put_card(self.unit.taken_out)
            return _json(self.unit.state())
        card = json.loads(Path(str(body["file"])).read_text("utf-8")) if "file" in body else body.get("card")
        self.unit.put_card(SimCard.from_json(card))
        return _json(self.unit.state())

    def _take_card(self, body: dict[str, Any]) -> Answer:
        card = self.unit.take_card()
        return _json({"card": card.to_json() if card else None})

    def _set_fault(self, body: dict[str, Any]) -> Answer:
        settings = dict(body)
        self.unit.set_fault(str(settings.pop("name", "")), settings)
        return _json(self.unit.state())

    def _clear_fault(self, body: dict[str, Any]) -> Answer:
        self.unit.clear_faults(body.get("name"))
        return _json(self.unit.state())

    def _scan(self, body: dict[str, Any]) -> Answer:
        self.unit.scan(str(body.get("data", "")), str(body.get("symbology", "CODE128")))
        return _json({"scanned": body.get("data")})

    def _swipe(self, body: dict[str, Any]) -> Answer:
        self.unit.swipe({str(number): str(text) for number, text in dict(body.get("tracks") or {}).items()})
        return _json({"swiped": True})


class ControlServer(ThreadingHTTPServer):
    """Ready for serve_forever()."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], unit: Unit) -> None:
        super().__init__(address, handler)
        self._unit = unit

    def close(self) -> None:
        """The device is gone: its control interface, its line and what they kept open."""
        self._unit.unplug()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # else serve_forever() notices only after half a second
        self.shutdown()
        self.server_close()


def serve_control(unit: Unit, host: str, port: int) -> ControlServer:
    """Port 0 takes any free one."""
    routes = Routes(unit)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            url = urlsplit(self.path)
            action = routes.table.get((self.command, url.path))
            try:
                answer = action(self._body(url.query)) if action else self._unknown(url.path)
            except (ValueError, OSError, KeyError, TypeError) as error:
                answer = _json({"error": str(error)}, 400)
            status, kind, content = answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _answer

        def _unknown(self, path: str) -> Answer:
            known = ", ".join(" ".join(route) for route in routes.table)
            return _json({"error": f"There is no {self.command} {path} here; there are {known}."}, 404)

        def _body(self, query: str) -> dict[str, Any]:
            size = int(self.headers.get("Content-Length") or 0)
            if size > 1_000_000:
                raise ValueError("The body is larger than 1 MB.")
            given = json.loads(self.rfile.read(size)) if size else {}
            return {**{key: values[-1] for key, values in parse_qs(query).items()}, **given}

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: the first line on standard output belongs to the ready message."""

    return ControlServer((host, port), Handler, unit)

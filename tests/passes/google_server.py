"""What stands in for Google: gives leave to who signs with the account's key, and takes cards."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote


@dataclass
class GoogleServer:
    """`asked`: assertions for leave. `cards`: by the id in the address. `unknown`: nothing was saved yet, 404."""

    address: str
    asked: list[str] = field(default_factory=list)
    cards: dict[str, dict[str, object]] = field(default_factory=dict)
    unknown: bool = False


@contextmanager
def google_server() -> Iterator[GoogleServer]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.asked.append(parse_qs(self._body().decode())["assertion"][0])
            self._say(200, {"access_token": "leave", "expires_in": 3600})

        def do_PATCH(self) -> None:
            body = json.loads(self._body())
            if self.headers["Authorization"] != "Bearer leave":
                return self._say(401, {})
            if server.unknown:
                return self._say(404, {})
            server.cards[unquote(self.path.rpartition("/")[2])] = body
            return self._say(200, body)

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def _say(self, status: int, document: dict[str, object]) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server = GoogleServer(f"http://127.0.0.1:{listening.server_port}/")
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    listening.shutdown()
    listening.server_close()
    thread.join(30)

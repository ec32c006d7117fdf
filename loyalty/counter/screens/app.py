"""The counter's web application, and the server it runs on."""

import contextlib
import logging
import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask
from waitress.server import create_server  # type: ignore[import-untyped]

from loyalty.counter.parts import Parts
from loyalty.counter.screens import (
    api,
    bench,
    bench_device,
    cards,
    gifts,
    guard,
    hints,
    kiosk,
    making,
    pages,
    problems,
    rewards,
    sales,
    topups,
)
from loyalty.counter.screens.this_counter import EXTENSION
from loyalty.counter.tills import http as tills
from loyalty.errors import LoyaltyError

THREADS = 72
LARGEST_BODY = 256 * 1024
LOOP_S, STOP_WITHIN_S = 1.0, 4.0


class PortInUse(LoyaltyError):
    """Another program listens on the counter's address."""

    code = "port_in_use"


def create_app(parts: Parts) -> Flask:
    """The application for these parts; nothing is started."""
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    guard.register(app, parts.settings)
    problems.register(app)
    app.extensions[EXTENSION] = parts
    for room in (api, sales, topups, gifts, rewards, cards, hints, making, pages, kiosk, bench, bench_device, tills):
        app.register_blueprint(room.blue)
    return app


class WebServer:
    """Serves the application on its own threads. PortInUse in one sentence when the address is taken."""

    def __init__(self, parts: Parts) -> None:
        host, port = parts.settings.address
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever all threads hold streams
        options: Mapping[str, Any] = {
            "host": host, "port": port, "threads": THREADS, "ident": "loyalty", "channel_timeout": 3600,
            "connection_limit": 400, "clear_untrusted_proxy_headers": True,
        }  # fmt: skip
        self._sockets: dict[int, Any] = {}
        try:
            self._server = create_server(create_app(parts), map=self._sockets, **options)
        except OSError as error:
            raise PortInUse(
                f"The address {host}:{port} cannot be used ({error.strerror}); "
                "stop the program that holds it or choose another with --bind."
            ) from error
        self.url = f"http://{host}:{self._server.effective_port}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Nobody is let in any more; calls in hand get a moment to finish."""
        self._stopping.set()
        with contextlib.suppress(OSError):  # the loop may have seen it by itself and closed already
            self._server.pull_trigger()
        self._thread.join(STOP_WITHIN_S)

    def _run(self) -> None:
        """The server's own loop, left from within: closing its sockets under it makes it fail."""
        while not self._stopping.is_set():
            self._server.asyncore.loop(timeout=LOOP_S, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown(timeout=1)  # a call that still runs wakes the loop when it is done
        self._server.close()

"""The counter's web application, and the server it runs on."""

import logging
import threading
from collections.abc import Mapping
from typing import Any

from flask import Flask
from waitress.server import create_server  # type: ignore[import-untyped]

from loyalty.counter.parts import Parts
from loyalty.counter.screens import guard, problems
from loyalty.counter.screens.api import api
from loyalty.counter.screens.bench import bench
from loyalty.counter.screens.kiosk import kiosk
from loyalty.counter.screens.pages import pages
from loyalty.errors import LoyaltyError

THREADS = 72
LARGEST_BODY = 256 * 1024


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
    for blueprint in (api(parts), pages(parts), kiosk(parts), bench(parts)):
        app.register_blueprint(blueprint)
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
        try:
            self._server = create_server(create_app(parts), **options)
        except OSError as error:
            raise PortInUse(
                f"The address {host}:{port} cannot be used ({error.strerror}); "
                "stop the program that holds it or choose another with --bind."
            ) from error
        self.url = f"http://{host}:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.close()
        self._thread.join(3)

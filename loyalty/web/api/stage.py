"""The API as a stage for scenarios: this very application with all its walls, a real database, a clock that is set.

One application serves all scenarios of a run; each gets an empty database behind it (see scenarios/throwaway.py), so
that ids never meet those of another scenario. Requests go through WSGI in the same thread, without a socket between.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import Engine

from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import write
from loyalty.scenarios.api_backend import ApiBackend, Reply
from loyalty.scenarios.throwaway import throwaway
from loyalty.web.api.calls import PREFIX
from loyalty.web.api.keys import create_key, open_console
from loyalty.web.app import create_app
from loyalty.web.services import services

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class ApiStage:
    """Sends requests as a program with a key that may do everything does; day jobs as the machine's own timer."""

    def __init__(self, app: Flask, clock: SetClock, key: str, console: str) -> None:
        self._client = app.test_client(use_cookies=False)
        self._clock, self._key, self._console = clock, key, console

    def set_clock(self, moment: datetime) -> None:
        self._clock.set(moment)

    def send(self, method: str, path: str, text: str | None = None, once: str | None = None) -> Reply:
        key = self._console if path == "/day-jobs" else self._key
        headers = {"Authorization": f"Bearer {key}"}
        if once is not None:
            headers["Idempotency-Key"] = once
        answer = self._client.open(
            f"{PREFIX}{path}", method=method, data=text, content_type="application/json", headers=headers
        )
        return Reply(answer.status_code, json.loads(answer.data, parse_float=Decimal))


@contextmanager
def api_backends(database: str | None = None) -> Iterator[Callable[[], ApiBackend]]:
    """Makes a backend for each scenario, until the end of the block; only one at a time can be used."""
    clock, keys = SetClock(_BEGINNING), []

    def prepare(engine: Engine) -> None:
        with write(engine) as session:
            keys.append(create_key(session, ["all"], _BEGINNING).key)

    with TemporaryDirectory(prefix="loyalty-scenarios-") as folder, throwaway(database, prepare) as fresh:
        app = create_app(Config(data_dir=Path(folder)), engine=fresh(), clock=clock)
        app.config["LOG_REQUESTS"] = False
        stage = ApiStage(app, clock, keys[0], open_console(app))

        def make() -> ApiBackend:
            app.extensions["loyalty"] = replace(services(app), engine=fresh())
            return ApiBackend(stage)

        yield make

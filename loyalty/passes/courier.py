"""Tells wallets of changes while a server is up: a thread of its own, so that a slow line delays no sale."""

import logging
import threading

from sqlalchemy import Engine

from loyalty.clock import Clock
from loyalty.passes.tell import Ways, tell_changes

EVERY_S = 30.0
_log = logging.getLogger(__name__)


class PassCourier:
    """Runs from start() to stop(), and not at all where both ways are off. What fails is tried at the next turn."""

    def __init__(self, engine: Engine, ways: Ways, clock: Clock, every_s: float = EVERY_S) -> None:
        self._engine, self._ways, self._clock, self._every_s = engine, ways, clock, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pass courier", daemon=True)
        self._wanted = ways.files.apple_push or ways.files.google_updates

    def start(self) -> None:
        if self._wanted:
            self._thread.start()

    def stop(self) -> None:
        """Returns when the pass in hand is told of, at most after some seconds."""
        self._stop.set()
        if self._wanted:
            self._thread.join(10)

    def __enter__(self) -> "PassCourier":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                tell_changes(self._engine, self._ways, self._clock())
            except Exception:  # noqa: BLE001 - the next turn may fare better; the server must go on selling
                _log.exception("changes of passes could not be told")

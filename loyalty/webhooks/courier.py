"""Tells endpoints what happened while a server is up: a thread of its own, so that a slow receiver delays no sale."""

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import Engine

from loyalty.webhooks.deliver import Way, clear_old, fan_out, send_due

EVERY_S = 1.0
_CLEAR_EVERY = timedelta(hours=1)
_ROUNDS = 20
_log = logging.getLogger(__name__)


class Courier:
    """Runs from start() to stop(). A failure is logged, and the next turn tries again."""

    def __init__(self, engine: Engine, way: Way, every_s: float = EVERY_S) -> None:
        self._engine, self._way, self._every_s = engine, way, every_s
        self._stop, self._cleared = threading.Event(), datetime.min
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the messages in hand have left, at most after some seconds."""
        self._stop.set()
        self._thread.join(10)

    def __enter__(self) -> "Courier":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - the next turn may fare better; the server must go on selling
                _log.exception("webhooks could not be sent")

    def _turn(self) -> None:
        now = self._way.clock()
        for _round in range(_ROUNDS):  # bounded: while a shop sells, something always happened meanwhile
            if not fan_out(self._engine, now) or self._stop.is_set():
                break
        send_due(self._engine, self._way)
        if now.replace(tzinfo=None) - self._cleared > _CLEAR_EVERY:
            clear_old(self._engine, now)
            self._cleared = now.replace(tzinfo=None)

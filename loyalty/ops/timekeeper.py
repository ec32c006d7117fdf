"""Runs the day jobs while a server is up, so that points expire and levels end where nobody set a timer."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from loyalty.clock import Clock
from loyalty.ops.day_jobs import run_day_jobs

EVERY_S = 900.0
_log = logging.getLogger(__name__)


class Timekeeper:
    """A thread of its own from start() to stop(). A failure is logged and tried again at the next turn.

    `also` runs after the day jobs of each turn and decides itself whether it is time.
    """

    def __init__(
        self, engine: Engine, clock: Clock, every_s: float = EVERY_S, first_after_s: float = 10.0,
        also: Sequence[Callable[[Engine, datetime], object]] = (),
    ) -> None:  # fmt: skip
        self._engine, self._clock, self._also = engine, clock, also
        self._every_s, self._first_after_s = every_s, first_after_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timekeeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the turn in hand is done, at most after some seconds."""
        self._stop.set()
        self._thread.join(10)

    def __enter__(self) -> "Timekeeper":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        wait_s = self._first_after_s
        while not self._stop.wait(wait_s):
            wait_s = self._every_s
            for job in (run_day_jobs, *self._also):
                try:
                    job(self._engine, self._clock())
                except Exception:  # noqa: BLE001 - the next turn may fare better, the other jobs too; selling goes on
                    _log.exception("a day job failed: %s", getattr(job, "__qualname__", job))

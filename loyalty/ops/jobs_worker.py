"""The worker: takes one waiting job after the other, in a thread of the server, and keeps what came of it.

There is one worker for a database: with SQLite one process has the file, with PostgreSQL the parent of the workers.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.clock import Clock
from loyalty.db.session import read, write
from loyalty.errors import LoyaltyError
from loyalty.members.conventions import Conventions
from loyalty.ops.jobs import Job, folder_of, forget_old
from loyalty.ops.jobs_table import jobs

BEAT_S = 1.0
"""How often a job's row says how far it is."""
SILENT = timedelta(minutes=30)
"""A running job of which nothing was heard for so long has lost its worker (another server's, that was killed)."""
LOOK_EVERY_S = 1.0
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody wished the end of the job."""


@dataclass(frozen=True)
class Bench:
    """What a job works with. `folder` is its own; call `progress(done, total)` often: it raises Cancelled."""

    engine: Engine
    clock: Clock
    conventions: Conventions
    data_dir: Path
    folder: Path
    progress: Callable[[int, int], None]


Work = Callable[[Bench, Job], Mapping[str, Any]]
"""Does a job and gives its result (JSON); a LoyaltyError is its fault, in one sentence."""


class Worker:
    """A thread from start() to stop(). What was running when the server ended last time is begun again."""

    def __init__(
        self, engine: Engine, clock: Clock, works: Mapping[str, Work], data_dir: Path, conventions: Conventions
    ) -> None:
        self._engine, self._clock, self._works = engine, clock, works
        self._data_dir, self._conventions = data_dir, conventions
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the job in hand has come to its next step, at most after some seconds."""
        self._stop.set()
        self._thread.join(10)

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def recover(self, all_of_them: bool) -> int:
        """Jobs without a worker wait again: all that run (nobody else has the file), or the silent ones."""
        lost = jobs.c.state == "running"
        if not all_of_them:
            lost &= jobs.c.beat_at < self._clock() - SILENT
        with write(self._engine) as session:
            done = session.execute(sa.update(jobs).where(lost).values(state="waiting"))
            forget_old(session, self._data_dir, self._clock())
        return int(done.rowcount)  # type: ignore[attr-defined]

    def work_off(self) -> int:
        """Does what is waiting, in this thread; how many jobs."""
        number = 0
        while not self._stop.is_set() and (job := self._take()) is not None:
            self._do(job)
            number += 1
        return number

    def _run(self) -> None:
        recovered = False
        while not self._stop.is_set():
            try:
                if not recovered:
                    self.recover(self._engine.dialect.name == "sqlite")
                    recovered = True
                self.work_off()
            except Exception:  # noqa: BLE001 - the next turn may fare better; the server must go on selling
                _log.exception("the jobs failed")
            self._stop.wait(LOOK_EVERY_S)

    def _take(self) -> Job | None:
        first = sa.select(jobs.c.id).where(jobs.c.state == "waiting").order_by(jobs.c.id).limit(1)
        with read(self._engine) as session:
            if session.scalar(first) is None:  # most of the time: nobody needs the writer's turn for this
                return None
        now = self._clock()
        with write(self._engine) as session:
            id = session.scalar(first)
            values = {"state": "running", "started_at": now, "beat_at": now, "done": 0, "total": 0}
            session.execute(sa.update(jobs).where(jobs.c.id == id).values(**values))
            found = session.execute(sa.select(jobs).where(jobs.c.id == id)).one_or_none()
        return Job(*found) if found else None

    def _do(self, job: Job) -> None:
        bench = Bench(
            self._engine, self._clock, self._conventions, self._data_dir, folder_of(self._data_dir, job.id),
            _Beat(self._engine, self._clock, job.id, self._stop),
        )  # fmt: skip
        try:
            result = self._works[job.kind](bench, job)
        except Cancelled:
            self._end(job, "waiting" if self._stop.is_set() else "cancelled")
        except LoyaltyError as error:
            self._end(job, "failed", fault=str(error))
        except Exception:  # noqa: BLE001 - one job's failure is told on its page and must not end the worker
            _log.exception("job %s failed", job.id)
            self._end(job, "failed", fault="The job failed in a way nobody foresaw; the server's log has the details.")
        else:
            self._end(job, "done", result=dict(result))

    def _end(self, job: Job, state: str, **values: Any) -> None:
        if state != "waiting":
            values["finished_at"] = self._clock()
        with write(self._engine) as session:
            session.execute(sa.update(jobs).where(jobs.c.id == job.id).values(state=state, **values))


class _Beat:
    """Tells the row how far the job is, at most once a second, and hears whether it is to stop."""

    def __init__(self, engine: Engine, clock: Clock, id: str, stop: threading.Event) -> None:
        self._engine, self._clock, self._id, self._stop = engine, clock, id, stop
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        if time.monotonic() < self._next and done < total:
            return
        self._next = time.monotonic() + BEAT_S
        values = {"done": done, "total": total, "beat_at": self._clock()}
        with write(self._engine) as session:
            session.execute(sa.update(jobs).where(jobs.c.id == self._id).values(**values))
            if session.scalar(sa.select(jobs.c.stop).where(jobs.c.id == self._id)):
                raise Cancelled

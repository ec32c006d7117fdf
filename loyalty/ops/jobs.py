"""Jobs: longer work of the server, kept as rows, so that a page can leave it alone and a restart does not lose it.

A job is made by a page, taken by the one worker of the server (jobs_worker.py), and says how far it is. Work that was
cut short is begun anew: every kind of job may be run again (an import goes on where it was).
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, NotFound
from loyalty.ids import new_id
from loyalty.ops.jobs_table import jobs

OPEN = ("waiting", "running")
KEPT_FOR = timedelta(days=30)
"""Rows and files of ended jobs go after this; what the job did stays."""
DRAFTS_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """A job as it stands; see the table for its fields."""

    id: str
    kind: str
    state: str
    details: Mapping[str, Any]
    staff: str
    made_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    beat_at: datetime | None
    done: int
    total: int
    stop: bool
    result: Mapping[str, Any] | None
    fault: str

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def file(self) -> str:
        """Name of the file to fetch, empty when there is none."""
        return str((self.result or {}).get("file", "")) if self.state == "done" else ""


def make(
    session: Session, kind: str, details: Mapping[str, Any], staff: str, now: datetime, state: str = "waiting"
) -> str:
    """A new job's id. It is begun soon, unless it is a draft."""
    id = new_id("job", now)
    row = {"id": id, "kind": kind, "state": state, "details": dict(details), "staff": staff, "made_at": now}
    session.execute(sa.insert(jobs).values(**row, done=0, total=0, stop=False, fault=""))
    return id


def job_of(session: Session, id: str) -> Job:
    """NotFound when there is none."""
    found = session.execute(sa.select(jobs).where(jobs.c.id == id)).one_or_none()
    if found is None:
        raise NotFound("There is no such job; those older than a month are gone.")
    return Job(*found)


def latest(session: Session, kinds: Sequence[str] = (), staff: str = "", limit: int = 50) -> list[Job]:
    """The newest first, without drafts; of one person only with `staff`."""
    statement = sa.select(jobs).where(jobs.c.state != "draft").order_by(jobs.c.id.desc()).limit(limit)
    if kinds:
        statement = statement.where(jobs.c.kind.in_(kinds))
    if staff:
        statement = statement.where(jobs.c.staff == staff)
    return [Job(*row) for row in session.execute(statement)]


def unfinished(session: Session, kind: str) -> bool:
    """Is one of this kind waiting or running?"""
    return session.scalar(sa.select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state.in_(OPEN))) is not None


def begin_again(session: Session, job: Job, details: Mapping[str, Any]) -> None:
    """A draft (or an ended look at a file) is to be worked on with other details. Conflict while it is open."""
    place = (jobs.c.id == job.id) & jobs.c.state.not_in(OPEN)
    fresh = {"state": "waiting", "details": dict(details), "done": 0, "total": 0, "stop": False, "fault": ""}
    done = session.execute(
        sa.update(jobs).where(place).values(**fresh, result=None, started_at=None, finished_at=None)
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict("The job is being worked on; wait for its end or stop it.")


def wish_stop(session: Session, job: Job, now: datetime) -> None:
    """One that waits is cancelled at once, one that runs at its next step. Ended ones stay as they are."""
    waiting = (jobs.c.id == job.id) & (jobs.c.state == "waiting")
    session.execute(sa.update(jobs).where(waiting).values(state="cancelled", finished_at=now))
    session.execute(sa.update(jobs).where(jobs.c.id == job.id, jobs.c.state == "running").values(stop=True))


def folder_of(data_dir: Path, id: str) -> Path:
    """Where a job keeps its files: for the server's user only."""
    if not id.replace("_", "").isalnum():
        raise NotFound("There is no such job.")
    folder = data_dir / "jobs" / id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def forget_old(session: Session, data_dir: Path, now: datetime) -> int:
    """Takes ended jobs of last month, and drafts of yesterday, away with their files; how many."""
    old = jobs.c.state.not_in(OPEN) & (jobs.c.made_at < now - KEPT_FOR)
    left = (jobs.c.state == "draft") & (jobs.c.made_at < now - DRAFTS_KEPT_FOR)
    ids = list(session.scalars(sa.select(jobs.c.id).where(old | left)))
    for id in ids:
        shutil.rmtree(data_dir / "jobs" / id, ignore_errors=True)
    session.execute(sa.delete(jobs).where(jobs.c.id.in_(ids)))
    return len(ids)

"""A file is looked at, or brought in: a few hundred rows to a transaction, so that sales go on between them.

Killed in between and run again, or run twice, it does nothing twice: what stands already is `unchanged`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from loyalty.clock import Clock
from loyalty.db import audit
from loyalty.db.savepoint import undone_alone
from loyalty.db.session import read, write
from loyalty.errors import Conflict, LoyaltyError
from loyalty.ids import new_id
from loyalty.members.conventions import Conventions
from loyalty.ops.imports import bookings, credentials, people
from loyalty.ops.imports.columns import refuse_incomplete
from loyalty.ops.imports.sheet import Row, Sheet
from loyalty.ops.imports.tables import import_rows, imports
from loyalty.ops.imports.verdicts import Line, Scene, Verdict, scene_of, wrong

LOOKED_AT_ONCE = 500
BROUGHT_AT_ONCE = 100
"""Rows in one transaction: a sale at a counter waits for at most that many."""

Progress = Callable[[int], object]
"""Told how many rows more are done."""


class Undo(Protocol):
    """Gives what of the row stays, in a sentence; empty when all went back."""

    def __call__(self, scene: Scene, subject: str, effect: str, before: Mapping[str, Any] | None) -> str: ...


@dataclass(frozen=True)
class Kind:
    judge: Callable[[Scene, Sequence[Line]], list[Verdict]]
    apply: Callable[[Scene, Verdict], tuple[str, Mapping[str, Any] | None]]
    undo: Undo


KINDS: Mapping[str, Kind] = {
    "members": Kind(people.judge, people.apply, people.undo),
    "cards": Kind(credentials.judge, credentials.apply, credentials.undo),
    "balances": Kind(bookings.judge_balances, bookings.apply, bookings.undo),
    "purchases": Kind(bookings.judge_purchases, bookings.apply, bookings.undo),
}


@dataclass(frozen=True)
class Job:
    """What is to be brought in. `columns`: field to the place of its column; `staff` is an actor of the audit log."""

    kind: str
    sheet: Sheet
    columns: Mapping[str, int]
    file_name: str
    staff: str
    conventions: Conventions


@dataclass
class Counts:
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: int = 0

    def add(self, effect: str) -> None:
        name = "errors" if effect == "error" else effect
        self.rows += 1
        setattr(self, name, getattr(self, name) + 1)


@dataclass(frozen=True)
class Problem:
    """Why a row is not brought in."""

    row: int
    field: str
    sentence: str


@dataclass
class Report:
    """`import_id` is None for a look; `problems` has one entry for each row in error."""

    kind: str
    encoding: str
    columns: Mapping[str, str]
    import_id: str | None = None
    counts: Counts = field(default_factory=Counts)
    problems: list[Problem] = field(default_factory=list)

    def take(self, verdict: Verdict) -> None:
        self.counts.add(verdict.effect)
        if verdict.effect == "error":
            self.problems.append(Problem(verdict.line, verdict.field, verdict.sentence))

    def as_json(self) -> dict[str, Any]:
        return {
            "import": self.import_id,
            "kind": self.kind,
            "dry_run": self.import_id is None,
            "encoding": self.encoding,
            "columns": dict(self.columns),
            **asdict(self.counts),
            "problems": [asdict(problem) for problem in self.problems[:100]],
        }


def look(engine: Engine, job: Job, clock: Clock, progress: Progress = lambda rows: None) -> Report:
    """What `bring_in` would do; nothing is written."""
    report, seen = _report(job), dict[str, int]()
    for rows in _pieces(job.sheet.rows, LOOKED_AT_ONCE):
        with read(engine) as session:
            scene = scene_of(session, clock(), job.conventions, seen)
            for verdict in KINDS[job.kind].judge(scene, [_line(job, row) for row in rows]):
                report.take(verdict)
        progress(len(rows))
    return report


def bring_in(engine: Engine, job: Job, clock: Clock, progress: Progress = lambda rows: None) -> Report:
    """Does it. Rows in error are left out and told; the others stand."""
    report, seen = _report(job), dict[str, int]()
    with write(engine) as session:
        scene_of(session, clock(), job.conventions, seen)
        report.import_id = _begun(session, job, clock)
    for rows in _pieces(job.sheet.rows, BROUGHT_AT_ONCE):
        with write(engine) as session:
            scene = scene_of(session, clock(), job.conventions, seen)
            found = [_done(scene, report.import_id, job.kind, verdict)
                     for verdict in KINDS[job.kind].judge(scene, [_line(job, row) for row in rows])]
            verdicts, kept = [verdict for verdict, _row in found], [row for _verdict, row in found if row]
            if kept:
                session.execute(sa.insert(import_rows), kept)
        for verdict in verdicts:  # only what is on the disk is counted
            report.take(verdict)
        progress(len(rows))
    with write(engine) as session:
        _finish(session, job, report, clock)
    return report


def _report(job: Job) -> Report:
    refuse_incomplete(job.kind, job.columns)
    shown = {job.sheet.headings[place]: name for name, place in job.columns.items()}
    return Report(job.kind, job.sheet.encoding, shown)


def _line(job: Job, row: Row) -> Line:
    cells = row.cells
    found = {name: cells[place] for name, place in job.columns.items() if place < len(cells) and cells[place]}
    return Line(row.line, found)


def _pieces(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _begun(session: Session, job: Job, clock: Clock) -> str:
    """The import's id: that of one of the same file that was cut short, or a new one."""
    cut = sa.select(imports.c.id).where(
        imports.c.digest == job.sheet.digest, imports.c.kind == job.kind, imports.c.finished_at.is_(None)
    )
    if found := session.scalar(cut):
        return str(found)
    now = clock()
    id = new_id("imp", now)
    row: dict[str, Any] = {"id": id, "kind": job.kind, "file_name": job.file_name[:255], "counts": {}}
    row |= {"digest": job.sheet.digest, "encoding": job.sheet.encoding[:16], "staff": job.staff, "started_at": now}
    session.execute(sa.insert(imports), [row])
    return id


def _done(scene: Scene, id: str, kind: str, verdict: Verdict) -> tuple[Verdict, dict[str, Any] | None]:
    """The row brought in, in a savepoint of its own, and what is kept of it; what cannot be is an error and leaves
    nothing."""
    if verdict.effect not in ("new", "changed"):
        return verdict, None
    try:
        with undone_alone(scene.session):
            subject, before = KINDS[kind].apply(scene, verdict)
    except LoyaltyError as error:
        return wrong(verdict.line, error), None
    except (IntegrityError, DataError):  # somebody else saved the same a moment ago, or the database takes no such text
        return wrong(verdict.line, Conflict("This row could not be kept beside what is there; look at it again.")), None
    row = {"import_id": id, "line": verdict.line, "effect": verdict.effect, "subject": subject}
    return verdict, row | {"key": verdict.key or f"{kind}:{subject}", "before": before, "undone": False}


def _finish(session: Session, job: Job, report: Report, clock: Clock) -> None:
    effects = sa.select(import_rows.c.effect, sa.func.count()).where(import_rows.c.import_id == report.import_id)
    done = {effect: count for effect, count in session.execute(effects.group_by(import_rows.c.effect))}
    counts = {**asdict(report.counts), "new": done.get("new", 0), "changed": done.get("changed", 0)}
    place = imports.c.id == report.import_id
    session.execute(sa.update(imports).where(place).values(finished_at=clock(), counts=counts))
    audit.note(session, job.staff, f"import.{job.kind}", f"import:{report.import_id}", clock(), after=counts)

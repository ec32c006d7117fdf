"""An import is taken back: its rows from the last to the first, a few hundred to a transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, Row

from loyalty.clock import Clock
from loyalty.db import audit
from loyalty.db.savepoint import undone_alone
from loyalty.db.session import read, write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.members.conventions import Conventions
from loyalty.ops.imports.run import BROUGHT_AT_ONCE, KINDS, Problem
from loyalty.ops.imports.tables import import_rows, imports
from loyalty.ops.imports.verdicts import Scene, scene_of


@dataclass
class Undone:
    """`rows` went back; `problems`: rows that stay, or of which something stays, and why."""

    rows: int = 0
    problems: list[Problem] = field(default_factory=list)


def recent(engine: Engine, limit: int = 50) -> list[Row[Any]]:
    """The imports, the latest first."""
    with read(engine) as session:
        return list(session.execute(sa.select(imports).order_by(imports.c.id.desc()).limit(limit)))


def take_back(
    engine: Engine,
    id: str,
    staff: str,
    conventions: Conventions,
    clock: Clock,
    progress: Callable[[int], object] = lambda rows: None,
) -> Undone:
    """NotFound for an import that is none. Safe to cut short and to run again: what is undone stays so."""
    with read(engine) as session:
        kind = session.scalar(sa.select(imports.c.kind).where(imports.c.id == id))
        standing = (import_rows.c.import_id == id) & ~import_rows.c.undone
        statement = sa.select(import_rows).where(standing).order_by(import_rows.c.line.desc())
        rows = list(session.execute(statement))
    if kind is None:
        raise NotFound(f"There is no import {id[:60]!r}; loyalty import list names them.")
    report = Undone()
    for start in range(0, len(rows), BROUGHT_AT_ONCE):
        piece = rows[start : start + BROUGHT_AT_ONCE]
        with write(engine) as session:
            scene = scene_of(session, clock(), conventions, {})
            for row in piece:
                _one(scene, kind, row, report)
        progress(len(piece))
    with write(engine) as session:
        now = clock()
        session.execute(sa.update(imports).where(imports.c.id == id).values(undone_at=now))
        cut = (imports.c.id == id) & imports.c.finished_at.is_(None)  # else the same file would go on under this one
        session.execute(sa.update(imports).where(cut).values(finished_at=now))
        after = {"rows": report.rows, "kept": len(report.problems)}
        audit.note(session, staff, "import.undo", f"import:{id}", now, after=after)
    return report


def _one(scene: Scene, kind: str, row: Row[Any], report: Undone) -> None:
    try:
        with undone_alone(scene.session):
            stays = KINDS[kind].undo(scene, row.subject, row.effect, row.before)
            place = (import_rows.c.import_id == row.import_id) & (import_rows.c.line == row.line)
            scene.session.execute(sa.update(import_rows).where(place).values(undone=True))
    except LoyaltyError as error:
        report.problems.append(Problem(row.line, "", str(error)))
    else:
        report.rows += 1
        if stays:
            report.problems.append(Problem(row.line, "", stays))

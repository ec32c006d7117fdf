"""Backups as jobs: one made now or each night, old ones thrown away, and the drill that restores one and adds it up."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.db.session import open_engine, read, write
from loyalty.db.shop_settings import all_set
from loyalty.db.upgrade import upgrade
from loyalty.errors import Invalid, NotFound
from loyalty.ops.backup import backup, restore
from loyalty.ops.jobs import Job, latest, make, unfinished
from loyalty.ops.jobs_worker import Bench, Work
from loyalty.ops.last_done import remember
from loyalty.ops.verify import verify
from loyalty.points.calendar import zone_of
from loyalty.points.sql_facts import SqlFacts

FOLDER, ENDING = "backups", ".sqlite"
HOUR, KEEP = "backup_hour", "backup_keep"
"""Settings of the shop: the local hour of the nightly backup (null: none), and how many files are kept."""
KEEP_STANDARD, MOST_KEPT = 14, 365
NIGHTLY = "command:nightly backup"


@dataclass(frozen=True)
class Kept:
    """A backup in the folder of backups. `made_at` is the file's own time, in UTC."""

    name: str
    size_bytes: int
    made_at: datetime


def kept(data_dir: Path) -> list[Kept]:
    """The backups that lie here, the newest first."""
    found = [
        Kept(file.name, file.stat().st_size, datetime.fromtimestamp(file.stat().st_mtime, UTC))
        for file in (data_dir / FOLDER).glob(f"*{ENDING}")
    ]
    return sorted(found, key=lambda each: (each.made_at, each.name), reverse=True)


def file_of(data_dir: Path, name: str) -> Path:
    """The backup called so; NotFound for anything that is not one of `kept`."""
    if name not in {each.name for each in kept(data_dir)}:
        raise NotFound("There is no such backup any more.")
    return data_dir / FOLDER / name


def make_backup(bench: Bench, job: Job) -> Mapping[str, Any]:
    """A copy into the folder of backups; the oldest beyond the number to be kept are thrown away."""
    bench.progress(0, 0)
    now = bench.clock()
    folder = bench.data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"loyalty-{now:%Y-%m-%d-%H%M%S}-{job.id[-6:]}{ENDING}"
    file.unlink(missing_ok=True)  # this very job was cut short after the copy
    size = backup(bench.engine, file)
    remember(bench.data_dir, "backup", now, file=str(file))
    with read(bench.engine) as session:
        keep = int(all_set(session).get(KEEP) or KEEP_STANDARD)
    gone = [each.name for each in kept(bench.data_dir)[keep:] if each.name != file.name]
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return {"backup": file.name, "bytes": size, "gone": len(gone)}


def drill(bench: Bench, job: Job) -> Mapping[str, Any]:
    """Restores a backup into a throw-away place and verifies it there; the shop's own data is not touched."""
    file = file_of(bench.data_dir, job.details["backup"])
    bench.progress(0, 0)
    begun = bench.clock()
    place = Path(tempfile.mkdtemp(prefix="drill-", dir=bench.folder))
    engine = open_engine(f"sqlite:///{place / 'loyalty.sqlite'}")
    try:
        restore(engine, file)
        upgrade(engine)
        bench.progress(0, 0)
        with read(engine) as session:
            report = verify(session)
    finally:
        engine.dispose()
        shutil.rmtree(place, ignore_errors=True)
    found = report.as_json()
    seconds = round((bench.clock() - begun).total_seconds(), 1)
    remember(bench.data_dir, "drill", bench.clock(), file=file.name, ok=report.ok)
    return {**found, "problems": found["problems"][:20], "backup": file.name, "seconds": seconds}


def set_schedule(hour: str, keep: str) -> dict[str, int | None]:
    """What was typed as settings. Invalid, with the field as pointer, for what is no hour or no number."""
    if hour and not (hour.isdecimal() and len(hour) <= 2 and int(hour) < 24):
        raise Invalid("The hour is a number from 0 to 23, or nothing.", pointer=HOUR)
    if not (keep.isdecimal() and len(keep) <= 3 and 1 <= int(keep) <= MOST_KEPT):
        raise Invalid(f"Keep 1 to {MOST_KEPT} backups.", pointer=KEEP)
    return {HOUR: int(hour) if hour else None, KEEP: int(keep)}


def nightly(engine: Engine, now: datetime) -> str | None:
    """The id of the job for this night's backup; None when it is not time, or done. For the timekeeper."""
    if engine.dialect.name != "sqlite":
        return None
    with read(engine) as session:
        if not _due(session, now):
            return None
    with write(engine) as session:
        return make(session, "backup.make", {}, NIGHTLY, now) if _due(session, now) else None


def _due(session: Session, now: datetime) -> bool:
    hour = all_set(session).get(HOUR)
    if hour is None or unfinished(session, "backup.make"):
        return False
    version = SqlFacts(session).version(now)
    local = now.astimezone(zone_of(version.programme.timezone if version else "UTC"))
    if local.hour < int(hour):
        return False
    since = local.replace(hour=int(hour), minute=0, second=0, microsecond=0)
    last = next((each for each in latest(session, ["backup.make"]) if each.staff == NIGHTLY), None)
    return last is None or last.made_at < since


WORKS: Mapping[str, Work] = {"backup.make": make_backup, "backup.drill": drill}

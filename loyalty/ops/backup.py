"""Copies of a SQLite database while it is in use, and putting one back. PostgreSQL has pg_dump for this."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from loyalty.errors import Conflict, Invalid


def backup(engine: Engine, target: Path) -> int:
    """One consistent copy of the database into a new file; its size in bytes. Sales go on meanwhile."""
    source = _file_of(engine)
    if target.exists():
        raise Conflict(f"{target} exists already; name another file, so that no backup is overwritten.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)  # whoever may read the copy may read every member
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy, pages=2_000)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    _check(part)
    os.replace(part, target)
    return target.stat().st_size


def restore(engine: Engine, source: Path) -> Path | None:
    """Puts a backup in the place of the database; gives where the old one was kept. Nobody may have it open."""
    if not source.is_file():
        raise Invalid(f"There is no backup {source}; name the file that loyalty db backup wrote.")
    _check(source)
    place = _file_of(engine)
    engine.dispose()
    fresh = place.with_name(place.name + ".restored")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as saved, closing(sqlite3.connect(fresh)) as copy:
        saved.backup(copy)
    kept = None
    if place.exists():
        with closing(sqlite3.connect(place)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = _unused(place.with_name(place.name + ".before-restore"))
        os.replace(place, kept)
        for ending in ("-wal", "-shm"):
            Path(f"{place}{ending}").unlink(missing_ok=True)
    os.replace(fresh, place)
    return kept


def _unused(path: Path) -> Path:
    """`path`, or with the next free number: what an earlier restore set aside is never overwritten."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _file_of(engine: Engine) -> Path:
    if engine.dialect.name != "sqlite" or not engine.url.database:
        raise Invalid("This database is PostgreSQL: use pg_dump and pg_restore for it.")
    return Path(engine.url.database)


def _check(file: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as copy:
            answer = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Invalid(f"{file} is no database: {error}.") from error
    if answer != "ok":
        raise Invalid(f"{file} is damaged: {answer}. Use an older backup.")

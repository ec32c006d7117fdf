"""Databases for scenarios that live as long as a run: each scenario finds an empty one, nobody's data is touched.

SQLite: files in a temporary folder beside the file that the URL names (which itself is neither opened nor made); one
is brought up to date once and copied for every scenario. PostgreSQL: a schema of its own in the database of the URL,
emptied before every scenario and dropped at the end. Both run as in earnest: WAL and FULL, triggers, one writer.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from loyalty.db.session import checkpoint, open_engine, probe, writing_connection
from loyalty.db.upgrade import upgrade
from loyalty.errors import ConfigError
from loyalty.points.sql_facts import forget_programmes

Fresh = Callable[[], Engine]
"""Gives the engine of an empty database; the one given before must not be used any more."""
Prepare = Callable[[Engine], object]
"""Puts into the database what every scenario is to find in it."""


@contextmanager
def throwaway(url: str | None, prepare: Prepare) -> Iterator[Fresh]:
    """Databases like the one at `url`; without it SQLite in a temporary folder. ConfigError when that cannot be."""
    kind, folder = _kind(url)
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="loyalty-scenarios-", dir=folder) as place:
            yield from _files(Path(place), prepare)
    else:
        yield from _schema(str(url), prepare)


def _kind(url: str | None) -> tuple[str, Path | None]:
    if url is None:
        return "sqlite", None
    try:
        address = make_url(url)
    except ArgumentError:
        raise ConfigError(f"{url[:80]!r} is no database URL; write sqlite:////path/to/file.") from None
    if address.get_backend_name() != "sqlite":
        return "server", None
    folder = Path(address.database or ".").absolute().parent
    if not folder.is_dir():
        raise ConfigError(f"The folder {folder} is not there; scenarios need it for their databases.")
    return "sqlite", folder


def _files(folder: Path, prepare: Prepare) -> Iterator[Fresh]:
    template = folder / "template.sqlite"
    engine = open_engine(f"sqlite:///{template}")
    upgrade(engine)
    prepare(engine)
    checkpoint(engine)
    engine.dispose()
    used: list[Engine] = []

    def fresh() -> Engine:
        for old in used:
            old.dispose()
            Path(str(old.url.database)).unlink()
        used.clear()
        file = folder / f"{uuid4().hex}.sqlite"
        shutil.copyfile(template, file)
        used.append(open_engine(f"sqlite:///{file}"))
        return used[0]

    try:
        yield fresh
    finally:
        for old in used:
            old.dispose()


def _schema(url: str, prepare: Prepare) -> Iterator[Fresh]:
    name = f"loyalty_scenarios_{uuid4().hex[:12]}"
    engine = open_engine(url)
    probe(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    engine.dispose()
    event.listen(engine, "connect", _enter(name))
    try:
        upgrade(engine)
        prepare(engine)
        kept = _rows_of_all(engine)

        def fresh() -> Engine:
            _empty(engine, kept)
            return engine

        yield fresh
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        engine.dispose()


def _enter(schema: str) -> Callable[[Any, Any], None]:
    def enter(connection: Any, _record: Any) -> None:
        before = connection.autocommit
        connection.autocommit = True  # inside a transaction it would be undone with it
        connection.execute(f"SET search_path TO {schema}")
        connection.autocommit = before

    return enter


def _rows_of_all(engine: Engine) -> dict[sa.Table, list[dict[str, Any]]]:
    """What every scenario is to find, of the tables that the database itself names: also those that only triggers fill,
    whose modules nobody may have imported.
    """
    tables = sa.MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        return {
            table: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in tables.sorted_tables
        }


def _empty(engine: Engine, kept: dict[sa.Table, list[dict[str, Any]]]) -> None:
    """As it was before the first scenario. Triggers are put aside meanwhile: they forbid it, or fill other tables."""
    forget_programmes()
    with writing_connection(engine) as connection:
        full = [
            table
            for table, rows in kept.items()
            if rows or connection.scalar(sa.select(sa.exists().select_from(table)))
        ]
        for table in reversed(full):
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
            connection.execute(sa.delete(table))
        for table in full:
            if kept[table]:
                connection.execute(sa.insert(table), kept[table])
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')

"""Engine and transactions. One writer at a time; SQLite in WAL with FULL, checkpointed by the writer alone.

`write(engine)` is one transaction from its first statement (BEGIN IMMEDIATE); `read(engine)` sees one state of the
database and never blocks a writer. SQLite up to 3.51.2 can lose commits when two connections write or checkpoint at
the same instant; one writer in the process (group_commit.py) and one
process on the file (single.py) keep that from happening.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from loyalty.db.fold_aside import FoldAside
from loyalty.db.group_commit import GroupWriter
from loyalty.db.json_text import as_json
from loyalty.errors import ConfigError

T = TypeVar("T")

BUSY_TIMEOUT_MS = 10_000
CHECKPOINT_EVERY_PAGES = 1_000
"""4 MB of 4 KiB pages: so much of the write-ahead log the writer folds into the file, and nobody waits for it long."""
LONGEST_LOG_BYTES = 64 * 2**20
"""Readers that never end keep the log from being used again; beyond this the writer waits for them."""
_LOOK_EVERY = 64  # commits

_WRITE = "loyalty_write"
_WRITER_LOCK = 0x6C6F79616C7479  # "loyalty"


def open_engine(url: str) -> Engine:
    """The database at `url`. ConfigError in one sentence when it cannot be one or cannot be opened."""
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return _open_sqlite(address)
        return _open_postgresql(address)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            f"The database URL {url!r} cannot be used ({error}); write sqlite:////path/to/file or"
            " postgresql://user@host/name (the latter needs the extra [postgres])."
        ) from error


def probe(engine: Engine) -> None:
    """Opens one connection; ConfigError in one sentence when the database is not there or read-only."""
    try:
        with engine.connect():
            pass
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        shown = engine.url.render_as_string(hide_password=True)
        raise ConfigError(f"The database {shown} cannot be opened: {reason}. Check its place and rights.") from error


@contextmanager
def write(engine: Engine) -> Iterator[Session]:
    """One transaction: on the disk at the end of the block, undone when it raises. Keep it short: others wait."""
    if engine.dialect.name == "sqlite":
        with _group_of(engine).turn() as session:
            yield session
        return
    with Session(engine, expire_on_commit=False) as session, session.begin():
        _become_the_writer(session.connection())
        yield session


def in_turn(engine: Engine, work: Callable[[Session], T]) -> T:
    """What `work` gives, in a transaction as of `write`: quicker than that where many wait.

    Another thread that has the turn may carry it out, in the context (contextvars) of this one.
    """
    if engine.dialect.name == "sqlite":
        return _group_of(engine).run(work)
    with write(engine) as session:
        return work(session)


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """As `write`, for those who change tables and need the bare connection."""
    if engine.dialect.name == "sqlite":
        with _group_of(engine).alone() as connection:
            yield connection
        return
    with engine.begin() as connection:
        _become_the_writer(connection)
        yield connection


@contextmanager
def read(engine: Engine) -> Iterator[Session]:
    """Reading only: one consistent state. What is changed in it is thrown away."""
    with Session(engine) as session:
        yield session


def folded_aside(engine: Engine) -> AbstractContextManager[Callable[[], None]]:
    """For long work in many transactions: what to call between them, so that others need not wait for its pages."""
    if engine.dialect.name == "sqlite":
        return FoldAside(_group_of(engine), str(engine.url.database), CHECKPOINT_EVERY_PAGES)
    return nullcontext(lambda: None)


def _open_sqlite(address: URL) -> Engine:
    if not address.database or address.database == ":memory:":
        raise ConfigError("The database must be a file; write sqlite:////path/to/file.")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        address,
        json_serializer=as_json,
        connect_args={"cached_statements": 512, "timeout": BUSY_TIMEOUT_MS / 1000},
        pool_size=8,
        max_overflow=64,
    )
    event.listen(engine, "do_connect", _for_its_owner_only)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "engine_disposed", _forget_group)
    _set_savepoints_directly(engine)
    return engine


def _for_its_owner_only(_dialect: Any, _record: Any, arguments: list[Any], _settings: Any) -> None:
    """A new database file is readable for its owner only: it holds every member. SQLite gives -wal the same rights."""
    with suppress(OSError):  # connecting says it better
        Path(arguments[0]).touch(mode=0o600)


def _open_postgresql(address: URL) -> Engine:
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return sa.create_engine(address, pool_size=8, max_overflow=8, connect_args={"options": "-c timezone=UTC"})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # else INSERT OR REPLACE slips past the append-only triggers
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA wal_autocheckpoint = 0")  # the writer does it, holding the lock
    cursor.execute("PRAGMA cache_size = -65536")  # KiB
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()
    connection.create_function("sha256_hex", 1, _sha256_hex, deterministic=True)  # PostgreSQL has its own


def _set_savepoints_directly(engine: Engine) -> None:
    """Each sale has a savepoint of its own; SQLAlchemy would build and compile its three statements every time."""

    def say(words: str) -> Any:
        def run(connection: Connection, name: str) -> None:
            connection.connection.cursor().execute(f"{words} {name}")

        return run

    engine.dialect.do_savepoint = say("SAVEPOINT")  # type: ignore[method-assign]
    engine.dialect.do_release_savepoint = say("RELEASE SAVEPOINT")  # type: ignore[method-assign]
    engine.dialect.do_rollback_to_savepoint = say("ROLLBACK TO SAVEPOINT")  # type: ignore[method-assign]


def _sha256_hex(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _begin_sqlite(connection: Connection) -> None:
    """Readers begin here. The writer's connection says BEGIN IMMEDIATE itself, see group_commit.py."""
    if not connection.get_execution_options().get(_WRITE, False):
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_EVERY_PAGES}")


def _become_the_writer(connection: Connection) -> None:
    """On PostgreSQL what BEGIN IMMEDIATE is on SQLite, across all workers: who decides on facts decides alone.

    Limits and stock count over all members and booking order must be the order of commits, so locking the members
    of one step would not be enough. Readers never wait.
    """
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


_GROUPS: dict[Engine, GroupWriter] = {}
_GUARD = threading.Lock()


def _group_of(engine: Engine) -> GroupWriter:
    """The engine's writer, until the engine is disposed of: a program opens one engine for a file."""
    with _GUARD:
        if engine not in _GROUPS:
            writer = engine.execution_options(**{_WRITE: True})
            log = f"{engine.url.database}-wal"
            _GROUPS[engine] = GroupWriter(writer, partial(_cut_when_long, log, count(1)))
        return _GROUPS[engine]


def _forget_group(engine: Engine) -> None:
    with _GUARD:
        group = _GROUPS.pop(engine, None)
    if group is not None:
        group.close()


def _cut_when_long(log: str, commits: Iterator[int], cursor: Any) -> None:
    """SQLite folds the log by itself at the writer's commits; here it is made short where that was not enough."""
    if next(commits) % _LOOK_EVERY == 0 and os.path.exists(log) and os.stat(log).st_size > LONGEST_LOG_BYTES:
        _fold(cursor)


def checkpoint(engine: Engine) -> None:
    """Folds SQLite's write-ahead log into the file. Only the one who holds the writer's lock may call it."""
    with engine.connect() as connection:
        _fold(connection.connection.cursor())


def _fold(cursor: Any) -> None:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

"""SQLite's one writer: turns of many threads on one connection, as many of them as wait share one commit.

Waiting for the disk is the dearest part of a sale. A turn that ends while others wait leaves its work to the next
turn's commit and waits for that: nobody is told "booked" before the disk has it. BEGIN, COMMIT and the savepoint that
keeps turns of one commit apart go straight to the driver, and a savepoint is made only where a commit is shared:
building them with SQLAlchemy would cost more than the database needs for the sale.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty.db.prepared import lend_cursor

LARGEST_BATCH = 64
LONGEST_BATCH_S = 0.015
"""Who is first in a batch waits for its last: so long may a batch take turns before it is written to the disk."""


class _Batch:
    """Turns that are committed together."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cursor = connection.connection.cursor()
        self.turns = 0
        self.ended = threading.Event()
        self.failure: BaseException | None = None
        self.begun_at = time.monotonic()
        self.run("BEGIN IMMEDIATE")

    def run(self, words: str) -> None:
        """One command of the transaction, with SQLAlchemy's classes of error."""
        dialect = self.connection.dialect
        driver = dialect.loaded_dbapi
        try:
            self.cursor.execute(words)
        except driver.Error as error:
            raise DBAPIError.instance(words, None, error, driver.Error, dialect=dialect) from error

    @property
    def alive(self) -> bool:
        """False where an error of the database has undone the whole transaction by itself."""
        return bool(self.cursor.connection.in_transaction)

    @property
    def full(self) -> bool:
        return self.turns >= LARGEST_BATCH or time.monotonic() - self.begun_at > LONGEST_BATCH_S

    def end(self) -> None:
        """Commits, or remembers why not; whoever has a turn in it is woken up."""
        try:
            self.run("COMMIT")
        except BaseException as error:  # noqa: BLE001 - handed to every thread that waits
            self.failure = error
            self.connection.close()  # whatever state it is in: the next batch opens a new one
        finally:
            self.ended.set()

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """One turn: alone in the transaction it is simply undone with it, beside others with its savepoint."""
        shared = self.turns > 0
        if shared:
            self.run("SAVEPOINT turn")
        session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        lend_cursor(session, self.connection, self.cursor)
        try:
            yield session
            if session.in_transaction() or session.new:
                session.commit()
            if shared:
                self.run("RELEASE turn")
        except BaseException:
            with suppress(DBAPIError):  # an error may have undone everything already
                session.rollback()
            self._undo(shared)
            raise
        finally:
            session.close()
        self.turns += 1

    def _undo(self, shared: bool) -> None:
        if shared:
            self.run("ROLLBACK TO turn")
            self.run("RELEASE turn")
        else:
            with suppress(DBAPIError):
                self.run("ROLLBACK")
            self.run("BEGIN IMMEDIATE")


class GroupWriter:
    """One for each database file in a process. `after_commit` runs on its connection while nobody else can write.

    The connection is the writer's own and stays open: SQLite keeps pages in memory only as long as nobody else has
    written, and readers come and go in the pool. For SQLAlchemy it is in one transaction for ever, see `_own`.
    """

    def __init__(self, engine: Engine, after_commit: Callable[[Any], None]) -> None:
        self._engine, self._after_commit = engine, after_commit
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        """A closed gate for each thread that waits: who came first is let in first, nobody is overtaken for long."""
        self._busy = False
        self._owner = 0
        self._batch: _Batch | None = None
        self._connection: Connection | None = None

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """One transaction's worth of work; back only when it is on the disk. What raises is undone alone."""
        batch: _Batch | None = None
        self._enter()
        try:
            if self._batch is not None and not self._batch.alive:
                self._end_batch()
            batch = self._batch = self._batch or _Batch(self._own())
            with batch.turn() as session:
                yield session
        finally:
            self._leave()
        batch.ended.wait()
        if batch.failure is not None:
            raise batch.failure

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction that shares its commit with nobody, for changes of the tables themselves."""
        self._enter()
        try:
            self._end_batch()
            batch = self._batch = _Batch(self._own())
            try:
                yield batch.connection
                batch.turns += 1
            except BaseException:
                batch._undo(shared=False)
                raise
            self._end_batch()
            if batch.failure is not None:
                raise batch.failure
        finally:
            self._leave()

    def close(self) -> None:
        """Gives the file free, once the turn in hand is over; whoever writes again opens it again."""
        if self._owner == threading.get_ident():
            return
        self._enter()
        try:
            self._end_batch()
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        finally:
            self._leave()

    def _own(self) -> Connection:
        """The connection. SQLAlchemy believes it in a transaction that never ends; the real ones are `_Batch`'s."""
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect()
            self._connection.detach()
        if not self._connection.in_transaction():
            self._connection.begin()
        return self._connection

    def _enter(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("a write was begun inside a write of the same thread")
        with self._guard:
            gate = None
            if self._busy:
                gate = threading.Lock()
                gate.acquire()
                self._queue.append(gate)
            self._busy = True
        if gate is not None:
            gate.acquire()
        self._owner = threading.get_ident()

    def _leave(self) -> None:
        """Ends the open batch, or leaves it to who waits longest; and lets that one in."""
        self._owner = 0
        try:
            if self._batch is not None and (not self._queue or self._batch.full):
                self._end_batch()
        finally:
            with self._guard:
                following = self._queue.popleft() if self._queue else None
                self._busy = following is not None
            if following is not None:
                following.release()

    def _end_batch(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.end()
            if batch.failure is None:
                self._after_commit(batch.cursor)

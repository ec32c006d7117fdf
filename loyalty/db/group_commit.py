"""SQLite's one writer: turns of many threads on one connection, as many of them as wait share one commit.

Waiting for the disk is the dearest part of a sale. A turn that ends while others wait leaves its work to the next
turn's commit and waits for that: nobody is told "booked" before the disk has it. Each turn is a savepoint, so one
that fails undoes only itself.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

LARGEST_BATCH = 64


class _Batch:
    """Turns that are committed together."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.turns = 0
        self.ended = threading.Event()
        self.failure: BaseException | None = None

    def end(self) -> None:
        """Commits, or remembers why not; whoever has a turn in it is woken up."""
        try:
            self.transaction.commit()
        except BaseException as error:  # noqa: BLE001 - handed to every thread that waits
            self.failure = error
            self.connection.close()  # whatever state it is in: the next batch opens a new one
        finally:
            self.ended.set()


class GroupWriter:
    """One for each database file in a process. `after_commit` runs on its connection while nobody else can write.

    The connection is the writer's own and stays open: SQLite keeps pages in memory only as long as nobody else has
    written, and readers come and go in the pool.
    """

    def __init__(self, engine: Engine, after_commit: Callable[[Connection], None]) -> None:
        self._engine, self._after_commit = engine, after_commit
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._owner = 0
        self._batch: _Batch | None = None
        self._connection: Connection | None = None

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """One transaction's worth of work; back only when it is on the disk. What raises is undone alone."""
        batch: _Batch | None = None
        self._enter()
        try:
            batch = self._batch = self._batch or _Batch(self._own())
            session = Session(batch.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
            with session, session.begin():
                yield session
            batch.turns += 1
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
            connection = self._own()
            with connection.begin():
                yield connection
        finally:
            self._leave()

    def close(self) -> None:
        """Gives the file free, once the turn in hand is over; whoever writes again opens it again."""
        if self._owner == threading.get_ident():
            return
        with self._turn:
            self._end_batch()
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _own(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect()
            self._connection.detach()
        return self._connection

    def _enter(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("a write was begun inside a write of the same thread")
        with self._count:
            self._waiting += 1
        self._turn.acquire()
        with self._count:
            self._waiting -= 1
        self._owner = threading.get_ident()

    def _leave(self) -> None:
        """Hands the open batch to whoever waits, or ends it."""
        self._owner = 0
        try:
            if self._batch is not None and (self._waiting == 0 or self._batch.turns >= LARGEST_BATCH):
                self._end_batch()
        finally:
            self._turn.release()

    def _end_batch(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.end()
            if batch.failure is None:
                self._after_commit(batch.connection)

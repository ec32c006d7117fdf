"""One transaction of the writer, in which several turns may lie: each is kept or undone alone, all commit together.

BEGIN, COMMIT and the savepoint that keeps turns of one commit apart go straight to the driver, and a savepoint is made
only where a commit is shared: building them with SQLAlchemy would cost more than the database needs for the sale.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty.db.prepared import lend_cursor

LARGEST_BATCH = 64
LONGEST_BATCH_S = 0.015
"""Who is first in a batch waits for its last: so long may a batch take turns before it is written to the disk."""


class Batch:
    """Turns that are committed together. `connection`: in a transaction, as SQLAlchemy believes, see group_commit."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cursor = connection.connection.cursor()
        self.turns = 0
        self.failure: BaseException | None = None
        self._gates: list[threading.Lock] = []
        self._ends_at = time.monotonic() + LONGEST_BATCH_S
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
        return self.turns >= LARGEST_BATCH or time.monotonic() > self._ends_at

    def open_at_the_end(self, gate: threading.Lock) -> None:
        """Has `gate` opened when the batch has ended. For whoever has the writer's turn."""
        self._gates.append(gate)

    def end(self) -> None:
        """Commits, or remembers why not; whoever has a turn in it is woken up."""
        try:
            self.run("COMMIT")
        except BaseException as error:  # noqa: BLE001 - handed to every thread that waits
            self.failure = error
            self.connection.close()  # whatever state it is in: the next batch opens a new one
        finally:
            for gate in self._gates:
                gate.release()

    def carry_out(self, work: Callable[[Session], Any]) -> Any:
        """One turn: what `work` gives. What raises is undone with its savepoint, or with the transaction it is in."""
        with self.turn() as session:
            return work(session)

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """One turn: alone in the transaction it is simply undone with it, beside others with its savepoint."""
        shared = self.turns > 0
        if shared:
            self.run("SAVEPOINT turn")
        session = _unused_of(self.connection)
        lend_cursor(session, self.connection, self.cursor)
        try:
            yield session
            if session.in_transaction() or session.new:
                session.commit()
                session.close()
            else:
                self.connection.info[_UNUSED] = session
            if shared:
                self.run("RELEASE turn")
        except BaseException:
            with suppress(DBAPIError):  # an error may have undone everything already
                session.rollback()
            session.close()
            self.undo(shared)
            raise
        self.turns += 1

    def undo(self, shared: bool) -> None:
        """Undoes the turn in hand."""
        if shared:
            self.run("ROLLBACK TO turn")
            self.run("RELEASE turn")
        else:
            with suppress(DBAPIError):
                self.run("ROLLBACK")
            self.run("BEGIN IMMEDIATE")


_UNUSED = "loyalty.session"


def _unused_of(connection: Connection) -> Session:
    """A session that holds nothing: the one of the turn before where its statements all went past it, as a sale's do.

    Making one and closing it takes longer than looking a member up.
    """
    session: Session | None = connection.info.pop(_UNUSED, None)
    if session is None or session.bind is not connection:
        return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    session.info.clear()
    return session

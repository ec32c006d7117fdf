"""SQLite's one writer: turns of many threads on one connection, as many of them as wait share one commit.

Waiting for the disk is the dearest part of a sale. A turn that ends while others wait leaves its work to the next
turn's commit and waits for that: nobody is told "booked" before the disk has it. Whoever has the turn also carries out
the errands of those who wait next (`run`): only one thread of Python works at a time, and handing the work from one to
the other takes longer than a statement.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from loyalty.db.batch import Batch

T = TypeVar("T")


class _Waiting:
    """Somebody who waits: for the turn, or for an errand to be carried out by whoever has it.

    An errand sees the context variables of the thread it is for, such as the request that Flask is answering.
    """

    def __init__(self, work: Callable[[Session], Any] | None) -> None:
        self.work = work
        self.context = copy_context()
        self.gate = _closed_gate()
        self.batch: Batch | None = None
        """In which the errand was carried out; None where the gate opens for the waiter's own turn."""
        self.answer: Any = None
        self.failure: BaseException | None = None

    def carry_out(self, batch: Batch) -> None:
        """The errand, in a thread that is not its own: what it raises is for the one who waits."""
        assert self.work is not None
        self.batch = batch
        try:
            self.answer = self.context.run(batch.carry_out, self.work)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self.failure = error
            self.gate.release()
        else:
            batch.open_at_the_end(self.gate)

    def result(self) -> Any:
        """What the errand gave; raises what it raised, or why it could not be committed."""
        assert self.batch is not None
        failure = self.failure or self.batch.failure
        if failure is not None:
            raise failure
        return self.answer


class GroupWriter:
    """One for each database file in a process. `after_commit` runs on its connection while nobody else can write.

    The connection is the writer's own and stays open: SQLite keeps pages in memory only as long as nobody else has
    written, and readers come and go in the pool. For SQLAlchemy it is in one transaction for ever, see `_own`.
    """

    def __init__(self, engine: Engine, after_commit: Callable[[Any], None]) -> None:
        self._engine, self._after_commit = engine, after_commit
        self._guard = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        """Who came first is let in first, nobody is overtaken for long."""
        self._busy = False
        self._owner = 0
        self._batch: Batch | None = None
        self._connection: Connection | None = None

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """One transaction's worth of work; back only when it is on the disk. What raises is undone alone."""
        self._enter()
        with self._turn_in_hand() as session:
            yield session

    def run(self, work: Callable[[Session], T]) -> T:
        """What `work` gives, as a turn of its own; perhaps carried out by another thread."""
        done = self._enter(work)
        if done is not None:
            answer: T = done.result()
            return answer
        with self._turn_in_hand() as session:
            answer = work(session)
        return answer

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction that shares its commit with nobody, for changes of the tables themselves."""
        self._enter()
        try:
            self._end_batch()
            batch = self._batch = Batch(self._own())
            try:
                yield batch.connection
                batch.turns += 1
            except BaseException:
                batch.undo(shared=False)
                raise
            self._end_batch()
            if batch.failure is not None:
                raise batch.failure
        finally:
            self._leave()

    @contextmanager
    def pause(self) -> Iterator[Any]:
        """Nobody writes and no transaction is open: the driver's cursor, for what belongs between transactions."""
        self._enter()
        try:
            self._end_batch()
            yield self._own().connection.cursor()
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
        """The connection. SQLAlchemy believes it in a transaction that never ends; the real ones are `Batch`'s."""
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect()
            self._connection.detach()
        if not self._connection.in_transaction():
            self._connection.begin()
        return self._connection

    @contextmanager
    def _turn_in_hand(self) -> Iterator[Session]:
        kept: Batch | None = None
        gate: threading.Lock | None = None
        try:
            batch = self._open_batch()
            with batch.turn() as session:
                yield session
            kept = batch
        finally:
            gate = self._leave(kept)
        if gate is not None:
            gate.acquire()
        if batch.failure is not None:
            raise batch.failure

    def _enter(self, work: Callable[[Session], Any] | None = None) -> _Waiting | None:
        """Waits for the turn. Gives the errand back where somebody carried `work` out meanwhile."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a write was begun inside a write of the same thread")
        with self._guard:
            waiting = _Waiting(work) if self._busy else None
            if waiting is not None:
                self._queue.append(waiting)
            self._busy = True
        if waiting is not None:
            waiting.gate.acquire()
            if waiting.batch is not None:
                return waiting
        self._owner = threading.get_ident()
        return None

    def _leave(self, kept: Batch | None = None) -> "threading.Lock | None":
        """Carries out what waits next, ends the batch or leaves it to who waits longest; and lets that one in.

        `kept`: the batch that must be on the disk before the caller goes on; the gate to wait at where it is not yet.
        """
        gate = None
        try:
            self._carry_out_errands()
            if self._batch is not None and (not self._queue or self._batch.full):
                self._end_batch()
            if kept is not None and kept is self._batch:
                gate = _closed_gate()
                kept.open_at_the_end(gate)
        finally:
            self._owner = 0
            with self._guard:
                following = self._queue.popleft() if self._queue else None
                self._busy = following is not None
            if following is not None:
                following.gate.release()
        return gate

    def _carry_out_errands(self) -> None:
        """Of those who wait next, in their order and in the open batch, until somebody wants the turn itself."""
        batch = self._batch
        while batch is not None and batch.alive and not batch.full:
            with self._guard:
                if not self._queue or self._queue[0].work is None:
                    return
                errand = self._queue.popleft()
            errand.carry_out(batch)

    def _open_batch(self) -> Batch:
        if self._batch is not None and not self._batch.alive:
            self._end_batch()
        if self._batch is None:
            self._batch = Batch(self._own())
        return self._batch

    def _end_batch(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.end()
            if batch.failure is None:
                self._after_commit(batch.cursor)


def _closed_gate() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate

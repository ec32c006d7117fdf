"""Many threads and one writer: turns share commits, errands are done by whoever has the turn, each is undone alone."""

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty.db import batch
from loyalty.db import session as sessions
from loyalty.db.session import in_turn, read, write, writing_connection
from loyalty.points.tables import counts
from tests.waits import ended


def value(engine: Engine) -> int:
    with read(engine) as session:
        return session.scalar(sa.select(counts.c.value).where(counts.c.name == "numbers")) or 0


def waiting(engine: Engine) -> int:
    return len(sessions._group_of(engine)._queue)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.005)


def test_writers_of_many_threads_wait_for_each_other(sqlite_engine: Engine) -> None:
    def add() -> None:
        for _ in range(20):
            with write(sqlite_engine) as session:
                seen = session.scalar(sa.select(counts.c.value).where(counts.c.name == "numbers"))
                session.execute(sa.update(counts).where(counts.c.name == "numbers").values(value=seen + 1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    ended(*threads)
    assert value(sqlite_engine) == 161


def test_turns_that_share_a_commit_fail_alone(sqlite_engine: Engine) -> None:
    """Eight threads, every third turn raises: the others' work lasts, and nobody is told before it does."""
    told: list[str] = []

    def work(number: int) -> None:
        for turn in range(12):
            name = f"{number}-{turn}"
            try:
                with write(sqlite_engine) as session:
                    session.execute(sa.insert(counts).values(name=name, value=1))
                    if turn % 3 == 2:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue
            told.append(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    ended(*threads)
    with read(sqlite_engine) as session:
        kept = set(session.scalars(sa.select(counts.c.name).where(counts.c.name.like("%-%"))))
    assert kept == set(told)
    assert len(told) == 8 * 8


def test_errands_are_carried_out_by_whoever_has_the_turn(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve errands wait while a turn is held: that thread does them all, each in its own context and undone alone."""
    monkeypatch.setattr(batch, "LONGEST_BATCH_S", 60)
    whose: ContextVar[int] = ContextVar("whose")
    done: dict[int, object] = {}
    carriers: set[int] = set()

    def errand(session: Session) -> int:
        number = whose.get()
        carriers.add(threading.get_ident())
        session.execute(sa.insert(counts).values(name=f"errand-{number}", value=number))
        if number % 4 == 3:
            raise ZeroDivisionError
        return number

    def wait(number: int) -> None:
        whose.set(number)
        try:
            done[number] = in_turn(sqlite_engine, errand)
        except ZeroDivisionError as error:
            done[number] = error

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(12)]
    with write(sqlite_engine) as session:
        session.execute(sa.insert(counts).values(name="errand-mine", value=1))
        for thread in threads:
            thread.start()
        until(lambda: waiting(sqlite_engine) == 12)
    ended(*threads)
    assert carriers == {threading.get_ident()}
    assert [number for number in done if done[number] == number] == [n for n in done if n % 4 != 3]
    with read(sqlite_engine) as session:
        kept = set(session.scalars(sa.select(counts.c.name).where(counts.c.name.like("errand-%"))))
    assert kept == {"errand-mine", *(f"errand-{number}" for number in range(12) if number % 4 != 3)}


def test_an_errand_inside_a_write_is_refused_at_once(sqlite_engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="inside a write"), write(sqlite_engine):
        in_turn(sqlite_engine, lambda session: None)
    with pytest.raises(RuntimeError, match="inside a write"):
        in_turn(sqlite_engine, lambda session: in_turn(sqlite_engine, lambda inner: None))


def test_an_errand_is_a_transaction_on_both_databases(engine: Engine) -> None:
    def add(session: Session) -> str:
        session.execute(sa.insert(counts).values(name="errand", value=1))
        return "done"

    assert in_turn(engine, add) == "done"
    with pytest.raises(DBAPIError):
        in_turn(engine, add)
    with read(engine) as session:
        assert session.scalar(sa.select(counts.c.value).where(counts.c.name == "errand")) == 1


def test_a_commit_that_fails_is_told_to_everybody_in_it(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row without its parent is found at the commit, which two turns share."""
    monkeypatch.setattr(batch, "LONGEST_BATCH_S", 60)  # the second turn comes late on purpose
    failed: list[Exception] = []
    first_inside, second_waits = threading.Event(), threading.Event()
    with writing_connection(sqlite_engine) as connection:
        connection.exec_driver_sql("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
        )

    def first() -> None:
        try:
            with write(sqlite_engine) as session:
                session.execute(sa.insert(counts).values(name="first", value=1))
                first_inside.set()
                second_waits.wait(10)
        except DBAPIError as error:
            failed.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    first_inside.wait(10)
    threading.Timer(0.2, second_waits.set).start()
    with pytest.raises(DBAPIError, match="FOREIGN KEY"), write(sqlite_engine) as session:
        session.execute(sa.text("INSERT INTO children (parent) VALUES (7)"))
    ended(thread)
    assert len(failed) == 1
    with write(sqlite_engine) as session:  # and the next one finds a working writer
        found = set(session.scalars(sa.select(counts.c.name)))
    assert found == {"numbers", "vouchers"}


def test_a_write_inside_a_write_is_refused_at_once(sqlite_engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="inside a write"), write(sqlite_engine), write(sqlite_engine):
        pass
    with write(sqlite_engine) as session:  # and the queue still works
        session.execute(sa.select(1))

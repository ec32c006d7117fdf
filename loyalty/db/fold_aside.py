"""SQLite's log folded into the file while others go on writing: for who writes so much that its pages take a while.

The writer folds 1,000 pages at a commit and waits until the disk has them. After the scattered pages of thousands of
members that is 50 to 500 ms, in which nobody sells. Here the pages are handed to the operating system while nobody
writes, and brought to the disk while everybody may. Until they are there, a reader that begins before the fold keeps
SQLite from writing over the part of the log in which they still stand: after a power cut it is read again.
https://sqlite.org/walformat.html (locks of the index), https://sqlite.org/wal.html (2.3)
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from loyalty.db.group_commit import GroupWriter

LONG_LOG = 8
"""Times of what the writer leaves in the log: from there on the rest is folded at once, so that it is used again."""

_PAGE = 4096
_sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)
_FOREVER: list[sqlite3.Connection] = []
"""Readers behind which the disk refused pages: the log they keep is the only good copy as long as we live."""


class FoldAside:
    """From begin to end of a long piece of work, whose thread calls it between its transactions.

    Meanwhile the commits of others fold nothing. Where the file's descriptor cannot be found (Windows), all stays with
    the writer as ever.
    """

    def __init__(
        self, writer: GroupWriter, file: str, every_pages: int, sync: Callable[[int], None] = _sync
    ) -> None:
        """`every_pages`: when the writer folds otherwise, a shorter log is left to it. `sync`: of an open file."""
        self._writer, self._file, self._every, self._sync = writer, file, every_pages, sync
        self._guard: sqlite3.Connection | None = None

    def __enter__(self) -> "FoldAside":
        guard = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        _look(guard)
        if _descriptor_of(self._file) is None:
            guard.close()
            return self
        self._guard = guard
        with self._writer.pause() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint = 0")
        return self

    def __call__(self) -> None:
        """Folds what stands in the log; back when the disk has it. Never inside a transaction of this thread."""
        guard = self._guard
        if guard is None or os.stat(f"{self._file}-wal").st_size < self._every * _PAGE:
            return
        with self._writer.pause() as cursor:
            guard.execute("BEGIN")
            _look(guard)
            with _unhurried(cursor):
                pages = _fold(cursor)
        self._reach_the_disk(guard)
        if pages > LONG_LOG * self._every:
            with self._writer.pause() as cursor:
                _fold(cursor)

    def _reach_the_disk(self, guard: sqlite3.Connection) -> None:
        try:
            found = _descriptor_of(self._file)
            if found is None:
                raise FileNotFoundError(f"the database {self._file} is not open any more")
            self._sync(found)
        except OSError:
            _FOREVER.append(guard)
            self._guard = None
            raise
        guard.execute("COMMIT")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._guard is not None and self._guard.in_transaction:  # interrupted before the disk had all
                self._reach_the_disk(self._guard)
            if error is None:
                self()
        finally:
            with self._writer.pause() as cursor:
                cursor.execute(f"PRAGMA wal_autocheckpoint = {self._every}")
            if self._guard is not None:
                self._guard.close()


def _look(guard: sqlite3.Connection) -> None:
    guard.execute("SELECT count(*) FROM sqlite_master").fetchone()


@contextmanager
def _unhurried(cursor: Any) -> Iterator[None]:
    """Meanwhile SQLite does not wait for the disk."""
    (careful,) = cursor.execute("PRAGMA synchronous").fetchone()
    cursor.execute("PRAGMA synchronous = OFF")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA synchronous = {careful}")


def _fold(cursor: Any) -> int:
    """As much as readers allow, waiting for nobody; how many pages the log holds."""
    _busy, pages, _folded = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)


def _descriptor_of(file: str) -> int | None:
    """One by which SQLite has the file open, None where there is no list of them.

    Not one of our own: closing it would drop SQLite's locks on the file. SQLite closes none as long as a connection of
    this process, such as the guard, has its lock on it. https://sqlite.org/howtocorrupt.html (2.2)
    """
    try:
        wanted = os.stat(file)
        names = os.listdir("/dev/fd")
    except OSError:
        return None
    for name in names:
        try:
            found = os.fstat(int(name))
        except (OSError, ValueError):  # the list's own, closed by now
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return int(name)
    return None

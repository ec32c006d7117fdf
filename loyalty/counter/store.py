"""The counter's own disk: one SQLite file. What stands here has been promised to a customer."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loyalty.errors import LoyaltyError

_TABLES = """
CREATE TABLE command (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, request TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL, made_at TEXT NOT NULL, answered_at TEXT, outcome TEXT
) STRICT;
CREATE INDEX command_open ON command (seq) WHERE state IN ('pending', 'sent');
CREATE TABLE member (id TEXT PRIMARY KEY, view TEXT NOT NULL, as_of TEXT NOT NULL) STRICT;
CREATE TABLE credential (
    kind TEXT NOT NULL, value TEXT NOT NULL, member TEXT, blocked TEXT, PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE print_job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, member TEXT, purchase TEXT, body TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, made_at TEXT NOT NULL, next_try_at TEXT, armed_at TEXT,
    trouble TEXT, detail TEXT
) STRICT;
CREATE INDEX print_job_open ON print_job (kind, state);
"""
_REDEMPTIONS = """
CREATE TABLE redemption (
    id TEXT PRIMARY KEY, member TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, sale TEXT, made_at TEXT NOT NULL
) STRICT;
CREATE INDEX redemption_open ON redemption (state) WHERE state IN ('asking', 'held', 'sold');
"""
_TILLS = """
CREATE TABLE till_receipt (
    id TEXT PRIMARY KEY, request TEXT NOT NULL, made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
_KNOWN = """
CREATE TABLE known (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
_STEPS = (_TABLES, _REDEMPTIONS, _TILLS, _KNOWN)
"""What each version of the file added; new ones are put at the end."""
VERSION = len(_STEPS)


class DiskTrouble(LoyaltyError):
    """The counter's own disk cannot be written: nothing may be promised."""

    code = "disk"


class Store:
    """One connection for the whole program, one user at a time; a commit reaches the disk before it returns.

    A second counter program on the same folder is refused (SQLite's exclusive locking mode).
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "counter.sqlite"
        self._lock = threading.RLock()
        self._waits_for_disk = True
        with _in_words(self.path):
            folder.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)  # members' names and sales: for the owner of the program only
            self._connection = sqlite3.connect(
                self.path, check_same_thread=False, isolation_level=None, timeout=2
            )
            self._connection.row_factory = sqlite3.Row
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._bring_up()

    def _bring_up(self) -> None:
        with self.writing() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > VERSION:
                raise DiskTrouble(f"{self.path} was written by a newer counter program; install that version again.")
            for step in _STEPS[found:]:
                for statement in step.split(";\n"):
                    connection.execute(statement)
            if found < VERSION:
                connection.execute(f"PRAGMA user_version={VERSION}")

    @contextmanager
    def writing(self, promised: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on the disk afterwards, or none. DiskTrouble in one sentence.

        Not `promised`: what the server tells again when it is asked again. A power cut may take the last of these
        with it, never one before a promise that stands: the log is written in order, and a promise waits for all of it.
        """
        with self._lock, _in_words(self.path):
            if promised != self._waits_for_disk:
                self._connection.execute(f"PRAGMA synchronous={'FULL' if promised else 'NORMAL'}")
                self._waits_for_disk = promised
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock, _in_words(self.path):
            return self._connection.execute(statement, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self._connection.close()


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise DiskTrouble(f"This user may not write in the folder {path.parent}; choose another data_dir.") from error
    except OSError as error:
        why = f"{error.strerror}; choose another data_dir"
        raise DiskTrouble(f"The folder {path.parent} cannot be used: {why}.") from error
    except sqlite3.IntegrityError:
        raise  # a rule of ours, not the disk's
    except sqlite3.Error as error:
        raise DiskTrouble(_sentence(path, str(error))) from error


def _sentence(path: Path, said: str) -> str:
    if "readonly" in said or "unable to open" in said:
        return f"{path} cannot be written; let this user write in {path.parent} or choose another data_dir."
    if "full" in said:
        return f"The disk that holds {path} is full; nothing was stored, make room and try again."
    if "locked" in said:
        return f"Another counter program is using {path.parent}; stop it or choose another data_dir."
    return f"{path} cannot be used ({said}); nothing was stored, check the disk."

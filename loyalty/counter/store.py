"""The counter's own disk: one SQLite file. What stands here has been promised to a customer."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loyalty.counter.sealing import Seal
from loyalty.counter.store_key import KEY_FILE, find, find_or_make, mark_of
from loyalty.counter.store_tables import SEALED_SINCE, STEPS, VERSION
from loyalty.counter.taking_over import seal_all, sweep
from loyalty.errors import LoyaltyError

_KEY_MARK, _TO_SWEEP = "store_key", "store_to_sweep"

class DiskTrouble(LoyaltyError):
    """The counter's own disk cannot be written: nothing may be promised."""

    code = "disk"


class Store:
    """One connection for the whole program, one user at a time; a commit reaches the disk before it returns.

    A second counter program on the same folder is refused (SQLite's exclusive locking mode). `seal` is for everything
    personal; its key is in one of `key_files`, in the folder itself when none are given.
    """

    def __init__(self, folder: Path, key_files: Sequence[Path] = ()) -> None:
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
        try:
            self.seal = self._bring_up(key_files or (folder / KEY_FILE,))
        except BaseException:
            self._connection.close()
            raise

    def _bring_up(self, key_files: Sequence[Path]) -> Seal:
        with self.writing() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > VERSION:
                raise DiskTrouble(f"{self.path} was written by a newer counter program; install that version again.")
            for step in STEPS[found:]:
                for statement in step.split(";\n"):
                    connection.execute(statement)
            seal = self._sealed(connection, found, key_files)
            if found < VERSION:
                connection.execute(f"PRAGMA user_version={VERSION}")
        if self.rows("SELECT 1 FROM known WHERE name = ?", _TO_SWEEP) and sweep(self._connection):
            with self.writing() as connection:
                connection.execute("DELETE FROM known WHERE name = ?", (_TO_SWEEP,))
        return seal

    def _sealed(self, connection: sqlite3.Connection, found: int, key_files: Sequence[Path]) -> Seal:
        """The seal of what stands here; a store from before is sealed now."""
        if found >= SEALED_SINCE:
            mark = connection.execute("SELECT value FROM known WHERE name = ?", (_KEY_MARK,)).fetchone()
            return find(key_files, str(mark["value"]))
        seal = find_or_make(key_files)
        seal_all(connection, seal)
        put = "INSERT INTO known (name, value) VALUES (?, ?)"
        connection.execute(put, (_KEY_MARK, mark_of(seal)))
        if found:
            connection.execute(put, (_TO_SWEEP, "1"))
        return seal

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

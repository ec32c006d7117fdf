"""One server at a time on a data directory with SQLite: a file held by an operating-system lock.

The lock dies with its process, so a file left behind by a crash stops nobody. The file names the holder.
"""

import json
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from loyalty.errors import ConfigError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class InstanceLock:
    """Held from `take()` to `release()`, or as a context. The file holds `{"pid": …}` and what `note()` adds."""

    def __init__(self, data_dir: Path, program: str = "loyalty serve") -> None:
        self.path = data_dir / "serve.lock"
        self.program = program
        self._file: IO[str] | None = None

    def take(self) -> "InstanceLock":
        """ConfigError with the holder's process id when somebody else has it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")  # noqa: SIM115
        except OSError as error:
            raise ConfigError(
                f"The data directory {self.path.parent} cannot be written ({error.strerror});"
                " give its user the right to write or choose another with --data-dir or LOYALTY_DATA_DIR."
            ) from error
        if not _lock(file):
            holder = holder_of(self.path.parent) or {}
            file.close()
            raise ConfigError(
                f"Another loyalty serve is running with the data directory {self.path.parent}"
                f" (pid {holder.get('pid', 'unknown')}); stop it first or choose another data directory."
            )
        self._file = file
        self.note()
        return self

    def note(self, **facts: Any) -> None:
        """Writes who holds the lock, for other commands: `pid`, `program` and the facts given."""
        assert self._file is not None, "take() comes first"
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), "program": self.program, **facts}))
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()  # the file stays: removing it would let two processes lock two files of one name
            self._file.close()
            self._file = None

    def __enter__(self) -> "InstanceLock":
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder_of(data_dir: Path) -> dict[str, Any] | None:
    """What the lock file says of its holder; None without a readable one. It may be stale."""
    try:
        facts = json.loads((data_dir / "serve.lock").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def _lock(file: IO[str]) -> bool:
    """Takes the lock without waiting; False when another process has it."""
    try:
        if sys.platform == "win32":
            file.seek(1 << 20)  # a byte far behind the text, so that others can still read who holds it
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

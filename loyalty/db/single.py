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
        while True:
            file = self._open()
            if not _lock(file):
                file.close()
                holder = holder_of(self.path.parent) or {}
                raise ConfigError(
                    f"Another {holder.get('program', 'loyalty serve')} is running with the data directory"
                    f" {self.path.parent} (pid {holder.get('pid', 'unknown')}); stop it first or choose another one."
                )
            if _is_at(file, self.path):
                break
            file.close()  # the former holder removed it between our opening and locking
        self._file = file
        self.note()
        return self

    def _open(self) -> IO[str]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                f"The data directory {self.path.parent} cannot be written ({error.strerror});"
                " give its user the right to write or choose another with --data-dir or LOYALTY_DATA_DIR."
            ) from error

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
            self._file.truncate()
            if sys.platform != "win32":
                self.path.unlink(missing_ok=True)  # while still locked, see take()
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


def _is_at(file: IO[str], path: Path) -> bool:
    """Whether the open file is still the one of that name."""
    if sys.platform == "win32":
        return True
    try:
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except OSError:
        return False

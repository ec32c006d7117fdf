"""Programs that die hundreds of times, also while they start."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.nursery import Forked
from tests.journeys.programs import call, until


class Mortal:
    """One program with its log. `ready` is a call that answers once it serves."""

    def __init__(self, name: str, work: Callable[..., None], arguments: tuple[Any, ...], log: Path, ready: str) -> None:
        self.name, self._work, self._arguments, self._log, self._ready = name, work, arguments, log, ready
        self._process: Forked | None = None

    def start(self) -> None:
        """Whoever is killed while it starts is started again."""
        self._begin()
        until(f"{self.name} is ready", 90, self._answers)

    def _begin(self) -> None:
        self._process = Forked(self.name, self._log, self._work, self._arguments)

    def _answers(self) -> bool:
        code = self._exit_code()
        if code == -signal.SIGKILL:
            self._begin()
        elif code is not None:
            raise AssertionError(f"{self.name} ended with {code}: {self.log()[-800:]}")
        try:
            return call("GET", self._ready)[0] == 200
        except OSError:
            return False

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def died(self) -> bool:
        return self._exit_code() is not None

    def _exit_code(self) -> int | None:
        return self._process.exit_code() if self._process else None

    def kill(self) -> bool:
        """As a power cut would; False when there was nothing to kill."""
        if self._process is None or self.died():
            return False
        self._process.send(signal.SIGKILL)
        return True

    def stop(self) -> int:
        """As Ctrl-C would; the exit code."""
        if self._process is None:
            return 0
        self._process.send(signal.SIGTERM)
        try:
            until(f"{self.name} has ended", 15, self.died)
        except AssertionError:
            self._process.send(signal.SIGKILL)
            raise
        code = self._exit_code()
        assert code is not None  # it has ended
        return code

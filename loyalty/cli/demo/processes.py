"""The demo's child processes: started together, watched, started again when they die, and all stopped at the end."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from loyalty.errors import ConfigError

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)


def _die_with_parent() -> None:
    """On Linux the kernel ends the child when the demo is killed outright; elsewhere only a clean stop reaches it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)


class Child:
    """One process with its log file. `restart` says whether it is started again when it dies by itself."""

    def __init__(self, name: str, command: list[str], log: Path, *, restart: bool = False,
                 environment: Mapping[str, str] | None = None, speaks: bool = False) -> None:  # fmt: skip
        self.name, self.command, self.log, self.restart, self.speaks = name, command, log, restart, speaks
        self._environment = {**os.environ, **(environment or {})}
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stderr=log, stdout=subprocess.PIPE if self.speaks else log,
                env=self._environment, preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which then stops its children in order
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self.process.pid

    def first_line(self) -> dict[str, Any]:
        """The JSON line that a simulator prints when it is ready; ConfigError with its log when it dies instead."""
        line = self.process.stdout.readline() if self.process.stdout else b""
        try:
            ready: dict[str, Any] = json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{self.name} did not start: {self.last_words()}") from error
        return ready

    def last_words(self) -> str:
        """The end of its log, for an error sentence."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else "it said nothing."

    def died(self) -> bool:
        return self.process.poll() is not None


class Family:
    """All children of the demo."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def add(self, child: Child) -> Child:
        self.children.append(child)
        return child

    def watch(self, changed: Callable[[], None]) -> None:
        """Once round: whoever died is started again, then `changed` is called; ConfigError when one may not."""
        for child in self.children:
            if child.died():
                if not child.restart:
                    raise ConfigError(f"{child.name} stopped by itself: {child.last_words()}")
                child.start()
                changed()

    def stop(self, patience_s: float = 6.0) -> None:
        """SIGTERM to all, latest first; SIGKILL to whoever is still there after patience_s."""
        for child in reversed(self.children):
            if not child.died():
                child.process.terminate()
        end = time.monotonic() + patience_s
        for child in reversed(self.children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, end - time.monotonic()))
        for child in self.children:
            if not child.died():
                child.process.kill()
                child.process.wait()

"""Programs that die hundreds of times: real processes, forked from one that has loaded everything already.

Loading the server takes three seconds of a processor, forking it a tenth of one.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.journeys.programs import call, until

NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(
    ["loyalty.cli.main", "loyalty.cli.serve", "loyalty.web.app", "loyalty.counter.program",
     "tests.journeys.torture.kill_points"]
)  # fmt: skip


class Mortal:
    """One program with its log. `ready` is a call that answers once it serves."""

    def __init__(self, name: str, work: Callable[..., None], arguments: tuple[Any, ...], log: Path, ready: str) -> None:
        self.name, self._work, self._arguments, self._log, self._ready = name, work, arguments, log, ready
        self._process: ForkServerProcess | None = None
        self._looking = threading.Lock()

    def start(self) -> None:
        """Whoever is killed while it starts is started again."""
        self._begin()
        until(f"{self.name} is ready", 90, self._answers)

    def _begin(self) -> None:
        process = NURSERY.Process(target=_run, args=(self._log, self._work, self._arguments), name=self.name)
        process.start()
        self._process = process

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
        with self._looking:  # two at once would take the news from each other
            return self._process.exitcode if self._process else None

    def kill(self) -> bool:
        """As a power cut would; False when there was nothing to kill."""
        if self._process is None or self.died():
            return False
        self._process.kill()
        return True

    def stop(self) -> int:
        """As Ctrl-C would; the exit code."""
        if self._process is None:
            return 0
        if not self.died():
            self._process.terminate()
        try:
            until(f"{self.name} has ended", 15, self.died)
        except AssertionError:
            self._process.kill()
            raise
        code = self._exit_code()
        assert code is not None  # it has ended
        return code


def _run(log: Path, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """In the new process, which starts as from a shell."""
    gc.freeze()  # what was loaded before stays shared: looking through it for garbage would copy it
    with log.open("ab") as out:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(out.fileno(), stream.fileno())
    for name in [name for name in os.environ if name.startswith("LOYALTY_")]:
        del os.environ[name]
    work(*arguments)

"""Real processes that cost little to start: forked from one that has loaded the programs already.

Loading the server or the counter takes seconds of a processor, forking a tenth of one. The command line in an
interpreter of its own is tried in tests/cli.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(
    ["tests.less_garbage", "loyalty.cli.main", "loyalty.cli.serve", "loyalty.web.app", "loyalty.counter.program",
     "tests.journeys.torture.kill_points"]
)  # fmt: skip


class Forked:
    """A process that does `work(*arguments)`, begun at once; what it prints goes into `log`."""

    def __init__(self, name: str, log: Path, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LOYALTY_")}
        self._process = NURSERY.Process(target=_run, args=(log, environment, work, arguments), name=name)
        self._process.start()
        self._looking = threading.Lock()

    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when one ended it."""
        with self._looking:  # two at once would take the news from each other
            return self._process.exitcode

    def send(self, what: signal.Signals) -> None:
        pid = self._process.pid
        if self.exit_code() is None and pid is not None:
            os.kill(pid, what)


def _run(log: Path, environment: dict[str, str], work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """In the new process, which starts as from a shell."""
    gc.freeze()  # what was loaded before stays shared: looking through it for garbage would copy it
    gc.enable()
    with log.open("ab") as out:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(out.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    work(*arguments)


def typed(words: list[str]) -> None:
    """`loyalty` with these words, as `work` of a process."""
    from loyalty.cli.main import main

    sys.argv = ["loyalty", *words]
    main()

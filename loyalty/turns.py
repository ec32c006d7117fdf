"""Work that comes round while a server is up, on a thread of its own, so that a slow line delays no sale."""

import logging
import threading
from collections.abc import Callable
from typing import Self

_log = logging.getLogger(__name__)


class Turns:
    """Calls `turn` every `every_s` seconds from start() to stop(). A failure is logged, and the next turn tries again.

    name: of the thread. failed: what is written to the log when a turn fails.
    """

    def __init__(self, name: str, every_s: float, turn: Callable[[], object], failed: str) -> None:
        self._every_s, self._turn, self._failed = every_s, turn, failed
        self.stopping = threading.Event()
        """Set by stop(); a long turn looks at it, or waits on it instead of sleeping."""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the turn in hand is done, at most after some seconds."""
        self.stopping.set()
        if self._thread.ident is not None:  # never started where there was nothing to do
            self._thread.join(10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self.stopping.wait(self._every_s):
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - the next turn may fare better; the server must go on selling
                _log.exception(self._failed)

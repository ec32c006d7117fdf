"""Is the server there? Every request that was answered or not says so here, whoever made it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from loyalty.counter.link import Unreachable

MISSES_TO_OFFLINE = 2


@dataclass(frozen=True)
class LinkState:
    """`code` says why the server is not reached: server_down, slow, busy, key_refused, disk; empty when it is."""

    online: bool = False
    code: str = "starting"
    pending: int = 0


class LinkWatch:
    """Thread-safe. `waiting` counts what is not yet answered; `changed` hears every new state."""

    def __init__(self, waiting: Callable[[], int], changed: Callable[[LinkState], None]) -> None:
        self._waiting, self._changed = waiting, changed
        self._lock = threading.Lock()
        self._misses = 0
        self.all_misses = 0
        """Since the start; grows with every request that went unanswered."""
        self.state = LinkState(pending=waiting())
        self.back: Callable[[], None] = lambda: None
        """Hears that the server is there again."""
        self.wake = threading.Event()
        """Set when whoever sends should try at once."""

    def heard(self) -> None:
        """The server answered: it is there again after a single answer."""
        back = not self.state.online
        self._misses = 0
        self._show(online=True, code="")
        if back:
            self.wake.set()
            self.back()

    def missed(self, error: Unreachable) -> None:
        """No answer. One miss is no outage, unless nobody listens at the other end or nobody lets us in."""
        self._misses += 1
        self.all_misses += 1
        if error.code in ("server_down", "key_refused") or self._misses >= MISSES_TO_OFFLINE:
            self._show(online=False, code=error.code)

    def disk_failed(self) -> None:
        self._show(online=self.state.online, code="disk")

    def recount(self) -> None:
        """A command was stored or answered."""
        self._show(self.state.online, self.state.code)

    def _show(self, online: bool, code: str) -> None:
        pending = self._waiting()
        with self._lock:
            before, self.state = self.state, LinkState(online, code, pending)
            now = self.state
        if now != before:
            self._changed(now)

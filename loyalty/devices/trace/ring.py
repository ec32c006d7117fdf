"""The last rows of a conversation. It hears every byte and must never hold up the driver that speaks."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC

from loyalty.clock import Clock, system_clock
from loyalty.devices.profiles import Profile
from loyalty.devices.trace.hiding import hidden
from loyalty.devices.trace.rows import Row, stamp
from loyalty.devices.trace.telling import Teller, teller_for

SIZE = 2000
Watcher = Callable[[Row], None]


class Trace:
    """`note` is a listener for transports; it and `after` may be called from any thread.

    Without a profile the rows have no meaning and count as private. `watcher` sees each row as it comes.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        size: int = SIZE,
        clock: Clock = system_clock,
        watcher: Watcher | None = None,
    ) -> None:
        self._rows: deque[Row] = deque(maxlen=size)
        self._count = 0
        self._lock = threading.Lock()
        self._clock, self._watcher = clock, watcher
        self._teller: Teller | None = teller_for(profile) if profile else None

    def note(self, speaker: str, data: bytes) -> None:
        """speaker: `host` or `device`."""
        with self._lock:
            meaning, private = self._teller.tell(speaker, data) if self._teller else ("", True)
            self._count += 1
            at = stamp(self._clock().astimezone(UTC))
            row = Row(self._count, at, ">" if speaker == "host" else "<", data.hex(), meaning, private)
            self._rows.append(row)
        if self._watcher:
            self._watcher(row)

    def after(self, number: int) -> list[Row]:
        with self._lock:
            return [row for row in self._rows if row.n > number]

    def shown(self, tokens: Iterable[str] = ()) -> list[Row]:
        """All rows with what concerns a person hidden. tokens: card numbers known to have passed."""
        return [hidden(row, tuple(tokens)) for row in self.after(0)]

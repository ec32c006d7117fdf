"""The last rows of a conversation. It hears every byte and must never hold up the driver that speaks."""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC

from loyalty.clock import Clock, system_clock
from loyalty.devices.profiles import Profile
from loyalty.devices.trace.hiding import hidden
from loyalty.devices.trace.rows import Row, stamp
from loyalty.devices.trace.telling import Teller, Told, teller_for

SIZE = 2000
OPENING = 200
"""Rows kept from the last opening on: without them nobody can be led through the trace again."""
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
        self._opening: dict[int, Row] = {}
        self._anew = True
        self._count = 0
        self._lock = threading.Lock()
        self._clock, self._watcher = clock, watcher
        self._teller: Teller | None = teller_for(profile) if profile else None
        self._begun: dict[str, dict[int, bool]] = {"host": {}, "device": {}}
        """By speaker: rows of a message that has not ended, and whether they are private whatever it becomes."""
        self._broken: set[str] = set()
        """Speakers of whom the last message was not understood."""

    def opened(self) -> None:
        """The port is opened (again): what is said next is how a conversation begins."""
        with self._lock:
            self._anew = True

    def note(self, speaker: str, data: bytes) -> None:
        """speaker: `host` or `device`."""
        with self._lock:
            told = self._teller.tell(speaker, data) if self._teller else Told("", True)
            self._count += 1
            at = stamp(self._clock().astimezone(UTC))
            inside = bool(self._begun[speaker])
            private = told.private or not told.ended
            direction = ">" if speaker == "host" else "<"
            row = Row(self._count, at, direction, data.hex(), told.meaning, private, inside, told.open and not private)
            self._rows.append(row)
            if self._anew:
                self._opening, self._anew = {}, False
            if len(self._opening) < OPENING:
                self._opening[row.n] = row
            self._settle(speaker, row, told)
        if self._watcher:
            self._watcher(row)

    def _settle(self, speaker: str, row: Row, told: Told) -> None:
        """Rows of a message in pieces are private until its end tells that it concerns nobody."""
        begun = self._begun[speaker]
        if told.meaning != "…":  # a message ended here: it decides about the rows before
            if begun and not told.private and speaker not in self._broken:
                self._open((n for n, private in begun.items() if not private), told.open)
            begun.clear()
            (self._broken.add if told.broken else self._broken.discard)(speaker)
        if not told.ended:
            begun[row.n] = told.private
            if len(begun) > SIZE:
                del begun[next(iter(begun))]

    def _open(self, numbers: Iterable[int], wholly: bool) -> None:
        wanted = set(numbers)
        for at, row in enumerate(self._rows):
            if row.n in wanted:
                self._rows[at] = replace(row, private=False, open=wholly)
        for number in wanted & self._opening.keys():
            self._opening[number] = replace(self._opening[number], private=False, open=wholly)

    def after(self, number: int) -> list[Row]:
        with self._lock:
            return [row for row in self._rows if row.n > number]

    def shown(self, tokens: Iterable[str] = ()) -> list[Row]:
        """How the conversation began and its last rows, with what concerns a person hidden.

        tokens: card numbers known to have passed.
        """
        with self._lock:
            rows = self._opening | {row.n: row for row in self._rows}
        return [hidden(rows[number], tuple(tokens)) for number in sorted(rows)]

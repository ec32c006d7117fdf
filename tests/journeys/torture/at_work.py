"""A counter that is killed in the middle of a card or a receipt: a thread looks at the simulated unit's works."""

import threading
from collections.abc import Callable
from typing import Any

CARD_STAGES = ("card moved", "card erased", "card printed")
PAPER_STAGES = ("half a receipt",)
WITHIN_S, SOME_BYTES = 30, 150
"""How long a thread waits for its moment."""


class AtWork:
    """One strike at a time. `kill` is called with the stage, while the unit stands still."""

    def __init__(self, unit: Any, kill: Callable[[str], None]) -> None:
        self._unit, self._kill = unit, kill
        self._armed = False
        self._called_off = False

    def strike(self, stage: str) -> None:
        with self._unit.changed:
            if not self._armed:
                self._armed, self._called_off = True, False
                threading.Thread(target=self._wait, args=(stage, self._moment(stage)), daemon=True).start()

    def call_off(self) -> None:
        with self._unit.changed:
            self._called_off = True
            self._unit.changed.notify_all()

    def _wait(self, stage: str, come: Callable[[], bool]) -> None:
        with self._unit.changed:
            self._unit.changed.wait_for(lambda: self._called_off or come(), WITHIN_S)
            if not self._called_off and come():
                self._kill(stage)
            self._armed = False

    def _moment(self, stage: str) -> Callable[[], bool]:
        if stage == "card erased":
            return self._erased()
        name, more = {
            "card moved": ("transports", 1), "card printed": ("prints", 1), "half a receipt": ("bytes", SOME_BYTES),
        }[stage]  # fmt: skip
        least = self._unit.counters[name] + more
        return lambda: bool(self._unit.counters[name] >= least)

    def _erased(self) -> Callable[[], bool]:
        """One cycle more on the card that is in the unit."""
        face, cycles = self._unit.shown, self._unit.shown.cycles

        def come() -> bool:
            nonlocal face, cycles
            if self._unit.shown is not face:
                face, cycles = self._unit.shown, self._unit.shown.cycles
            return bool(face.cycles > cycles)

        return come

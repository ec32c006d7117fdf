"""The works of an EasyPrinter: where the card is, what moves, what is heated, and what the state says of it.

State bits: Programmer's Manual 1.3 page 6. Times are the profile's `works_s`, and nobody's measurement. Not public, and
therefore ours: a card that was pushed out and not taken is pulled in again by the next feed; the error bit stands as
long as its cause does; a card stays inside when the power goes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from loyalty.devices.wire.easyprinter.replies import State
from simulators.card import SimCard
from simulators.easyprinter.memory import Memory
from simulators.evolis.heat import Heat

STAGES = ("moved", "erased", "printed")
"""Moments at which a jam, a hand or a power cut can strike."""
STANDING = ("cover_open", "head_temperature")
"""Faults that are an error as long as they last."""


class Place(Enum):
    """Where the card is."""

    NONE = "none"
    INLET = "inlet"
    INSIDE = "inside"
    OUT = "removal_wait"


class Stopped(Exception):
    """The work ended early: another order, a power cut, a jam."""


class Job:
    """One movement. `kind` is feed_front, feed_hopper, eject or print."""

    def __init__(self, kind: str) -> None:
        self.kind, self.stopped = kind, False


class Works:
    """`wait(job, seconds)` lets time pass and raises Stopped; `fault(name)` gives a fault's settings or None."""

    def __init__(
        self, changed: threading.Condition, heat: Heat, times: dict[str, float], counters: dict[str, int],
        wait: Callable[[Job, float], None], fault: Callable[[str], dict[str, Any] | None],
        from_hopper: Callable[[], SimCard | None], power_off: Callable[[], None],
    ) -> None:  # fmt: skip
        self._changed, self._heat, self._times, self._counters = changed, heat, times, counters
        self._wait, self._fault, self._from_hopper, self._power_off = wait, fault, from_hopper, power_off
        self.card: SimCard | None = None
        self.place = Place.NONE
        self.waiting = self.printing = self.printed = self.jammed = False

    def state(self) -> State:
        blind = self._fault("no_card") is not None
        inside = self.place is Place.INSIDE and not blind
        return State(
            print_sensor=inside,
            front_sensor=self._at_front(inside) and not blind,
            card_inside=inside,
            printing=self.printing,
            printed=inside and self.printed,
            error=self.jammed or any(self._fault(name) is not None for name in STANDING),
        )

    def _at_front(self, inside: bool) -> bool:
        """A card in the print position reaches to the front until the head has moved it."""
        return self.place in (Place.INLET, Place.OUT) or (inside and not self.printing and not self.printed)

    def put(self, card: SimCard) -> None:
        self.card, self.place, self.printed = card, Place.INLET, False
        self._changed.notify_all()

    def take(self) -> SimCard | None:
        card, self.card, self.place = self.card, None, Place.NONE
        self.printed = self.jammed = False
        self._changed.notify_all()
        return card

    def feed(self, job: Job) -> None:
        """From the front: wait for a card there. From the hopper: the next one, or nothing happens."""
        with self._changed:
            if self.place is Place.INSIDE:
                return
            if job.kind == "feed_hopper":
                card = self._from_hopper()
                if card is None:
                    return
                self.card, self.place, self.printed = card, Place.NONE, False
            self.waiting = job.kind == "feed_front"
            while self.waiting and self.place not in (Place.INLET, Place.OUT):
                self._changed.wait(0.5)
                if job.stopped:
                    raise Stopped
            self.waiting = False
        self._move(job, self._times["intake"], Place.INSIDE)

    def eject(self, job: Job) -> None:
        if self.place is Place.INSIDE:
            self._move(job, self._times["eject"], Place.OUT)

    def print(self, job: Job, memory: Memory) -> None:
        """Erase the area, print the dots. The memory is a copy of its own."""
        card = self.card
        try:
            if card is None or self._stands_still():
                return
            mask, dots = memory.mask(), memory.picture()
            share = (memory.erased().right - memory.erased().left) / mask.width
            self._wait(job, self._times["erase"] * share)
            with self._running(job):
                self._heat.erase(card, mask)
            self._break_down(job, "erased")
            self._wait(job, self._times["print"] * share)
            with self._running(job):
                self._heat.write(card, dots, ribbon=False)
                self._counters["prints"] += 1
            self._break_down(job, "printed")
            with self._running(job):
                self.printed = True
        finally:
            with self._changed:
                self.printing, job.stopped = False, True  # at once: the host may order the next movement right away
                self._changed.notify_all()

    def _move(self, job: Job, seconds: float, to: Place) -> None:
        if self._stands_still():
            return
        self._wait(job, seconds)
        self._break_down(job, "moved")
        with self._running(job):
            self._counters["moves"] += 1
            self.place = to
            self.printed = self.printed and to is Place.INSIDE
            job.stopped = True

    def _stands_still(self) -> bool:
        return self.jammed or any(self._fault(name) is not None for name in STANDING)

    @contextmanager
    def _running(self, job: Job) -> Iterator[None]:
        """Within, the job changes what others see; a job that was stopped changes nothing any more."""
        with self._changed:
            if job.stopped:
                raise Stopped
            yield
            self._changed.notify_all()

    def _break_down(self, job: Job, stage: str) -> None:
        """What strikes at this stage. With nothing said: after erasing, or at any other movement."""
        usual = "erased" if job.kind == "print" else "moved"
        for name in ("card_jam", "card_pulled", "power_cut"):
            fault = self._fault(name)
            if fault is None or (name == "power_cut" and "when" not in fault) or fault.get("when", usual) != stage:
                continue
            with self._changed:
                if name == "card_jam":
                    self.jammed, self.place = True, Place.INSIDE
                elif name == "card_pulled":
                    self.take()
                else:
                    self._power_off()
                self._changed.notify_all()
            raise Stopped

"""The works of a Star TCP300: where the card is, what moves, and what becomes of stripe and face.

Star TCP300II command specification 2005, sections 3-6 and 4-1 to 4-5. Times are ours, within the 7 s that integrators
name for the longest command.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from loyalty.devices.wire.star_tcp.block import OK
from loyalty.devices.wire.star_tcp.control import Clean, EjectCard, HoldAtFront, HoldAtRear, Sensors
from loyalty.devices.wire.star_tcp.face import Discharge, EraseAndPrint, EraseOnly, PrintOnly
from loyalty.devices.wire.star_tcp.stripe import (
    ReadTrack,
    ReadTrackBuffer,
    ReadTrackIfCard,
    WriteStripe,
    WriteStripeIfCard,
)
from simulators.card import SimCard
from simulators.star_tcp.buffers import Buffers
from simulators.star_tcp.job import Job, Place, Stopped, Trouble

INTAKE_S, DISCHARGE_S, READ_S, WRITE_S, ERASE_S, PRINT_S, CLEAN_S = 1.2, 0.9, 1.0, 2.2, 2.4, 3.0, 6.0
NO_STRIPE, NO_CARD, BAD_CHARACTER = 0x23, 0x22, 0x34
WITHOUT_STRIPE = ("plain", "classic1k", "classic4k", "ultralight", "ntag213", "ntag215", "ntag216", "ntag424")
WITHOUT_THERMAL_LAYER = ("plain", "magnetic")
"""Kinds whose face stays as it is, whatever is printed."""
READ_FAULTS = {"stripe_parity": 0x31, "stripe_start": 0x32, "stripe_lrc": 0x33}
Result = tuple[int, bytes]


class Works:
    """`wait(job, seconds)` lets time pass and raises Stopped; `fault(name)` gives a fault's settings or None."""

    def __init__(
        self, changed: threading.Condition, buffers: Buffers, counters: dict[str, int],
        wait: Callable[[Job, float], None], fault: Callable[[str], dict[str, Any] | None],
        power_off: Callable[[], None],
    ) -> None:  # fmt: skip
        self._changed, self._buffers, self._counters = changed, buffers, counters
        self._wait, self._fault, self._power_off = wait, fault, power_off
        self.card: SimCard | None = None
        self.place = Place.NONE
        self.waiting = False
        """A command is waiting for a card to be put in."""
        self._read: dict[int, str] = {}

    def sensors(self) -> Sensors:
        seen = Place.NONE if self._fault("no_card") is not None else self.place
        inlet = {Place.INLET: 1, Place.OUT: 2}.get(seen, 0)
        inside = (seen is Place.FRONT, seen is Place.FRONT, seen is Place.REAR)
        return Sensors(inlet, inside, self._fault("cover_open") is not None)

    def discharge(self) -> None:
        """What a reset does to a card inside."""
        self.waiting = False
        if self.card and self.place is not Place.NONE:
            self.place = Place.OUT

    def put(self, card: SimCard) -> None:
        self.card, self.place = card, Place.INLET
        self._read.clear()
        self._changed.notify_all()

    def take(self) -> SimCard | None:
        card, self.card, self.place = self.card, None, Place.NONE
        self._changed.notify_all()
        return card

    def carry_out(self, job: Job) -> Result:
        """Status and data of a command that works on a card; called on a thread of its own, without the lock."""
        command = job.command
        try:
            if isinstance(command, ReadTrack | ReadTrackIfCard | ReadTrackBuffer):
                return OK, self._read_track(job, command)
            if isinstance(command, WriteStripe | WriteStripeIfCard):
                self._write_stripe(job, command)
            elif isinstance(command, EraseAndPrint | PrintOnly | EraseOnly):
                self._rewrite(job, command)
            elif isinstance(command, HoldAtFront | HoldAtRear):
                self._hold(job, Place.FRONT if isinstance(command, HoldAtFront) else Place.REAR)
            elif isinstance(command, EjectCard):
                self._eject(job, command.discharge)
            elif isinstance(command, Clean):
                self._need(job, waits=True)
                self._move(job, CLEAN_S, Place.OUT)
        except Trouble as trouble:
            return trouble.status, b""
        return OK, b""

    def _read_track(self, job: Job, command: ReadTrack | ReadTrackIfCard | ReadTrackBuffer) -> bytes:
        if isinstance(command, ReadTrackBuffer) and command.track in self._read:
            return self._read[command.track].encode("ascii")
        card = self._need(job, waits=not isinstance(command, ReadTrackIfCard))
        self._move(job, READ_S, passes=2)
        for name, status in READ_FAULTS.items():
            if self._fault(name) is not None:
                raise Trouble(status)
        text = card.tracks.get(str(command.track))
        if not text:
            raise Trouble(NO_STRIPE)
        if any(not "\x00" <= sign <= "\x7e" or sign in "\x02\x03" for sign in text):
            raise Trouble(BAD_CHARACTER)
        self._read[command.track] = text
        return text.encode("ascii")

    def _write_stripe(self, job: Job, command: WriteStripe | WriteStripeIfCard) -> None:
        card = self._need(job, waits=isinstance(command, WriteStripe))
        self._move(job, WRITE_S, passes=4)
        if card.kind in WITHOUT_STRIPE:
            raise Trouble(NO_STRIPE)
        failed = self._fault("write_verify") is not None
        with self._running(job):
            for track in command.tracks:
                text = self._buffers.stripe[track].decode("ascii")
                card.tracks[str(track)] = text[: len(text) // 2] if failed else text
            self._read.clear()
        if failed:
            raise Trouble(0x37)

    def _rewrite(self, job: Job, command: EraseAndPrint | PrintOnly | EraseOnly) -> None:
        erases = isinstance(command, EraseOnly) or (isinstance(command, EraseAndPrint) and command.erase is not False)
        prints = isinstance(command, PrintOnly) or (isinstance(command, EraseAndPrint) and command.print is not False)
        card = self._need(job, waits=True)
        takes_heat = card.kind not in WITHOUT_THERMAL_LAYER
        self._check()
        if erases:
            if self._fault("erase_head_temperature") is not None:
                raise Trouble(0x43)
            self._wait(job, ERASE_S)
            with self._running(job):
                if takes_heat:
                    card.face.erase()
            self._break_down(job, "erased")
        if prints:
            self._wait(job, PRINT_S)
            with self._running(job):
                if takes_heat:
                    card.face.print(self._buffers.picture())
                self._counters["prints"] += 1
            self._break_down(job, "printed")
        if command.discharge is not Discharge.HOLD:
            self._eject(job, Discharge.FRONT)

    def _hold(self, job: Job, place: Place) -> None:
        if self.place is Place.OUT and self._fault("no_card") is None:
            self.place = Place.INLET  # 51h and 53h pull a discharged card back
        self._need(job, waits=True)
        if self.place is not place:
            self._move(job, INTAKE_S / 2, place)

    def _eject(self, job: Job, discharge: Discharge) -> None:
        if self.place not in (Place.FRONT, Place.REAR, Place.INLET):
            raise Trouble(NO_CARD)
        self._move(job, DISCHARGE_S, Place.INLET if discharge is Discharge.HOLD else Place.OUT)

    def _need(self, job: Job, *, waits: bool) -> SimCard:
        """The card to work on, taken in; waits for one, or fails with 22h."""
        with self._changed:
            while not self._target():
                if not waits:
                    raise Trouble(NO_CARD)
                self.waiting = True
                self._changed.notify_all()
                self._changed.wait(0.5)
                if job.stopped:
                    self.waiting = False
                    raise Stopped
            self.waiting = False
            card = self.card
            if card is None:
                raise Trouble(NO_CARD)
        if self.place is Place.INLET:
            self._move(job, INTAKE_S, Place.FRONT)
        return card

    def _target(self) -> bool:
        there = self.place in (Place.INLET, Place.FRONT, Place.REAR)
        return there and self._fault("no_card") is None

    def _move(self, job: Job, seconds: float, to: Place | None = None, passes: int = 1) -> None:
        self._check()
        self._wait(job, seconds)
        with self._running(job):
            self._counters["transports"] += passes
            self.place = to or self.place
        self._break_down(job, "moved")

    @contextmanager
    def _running(self, job: Job) -> Iterator[None]:
        """Within, the job changes what others see; a job that was stopped changes nothing any more."""
        with self._changed:
            if job.stopped:
                raise Stopped
            yield
            self._changed.notify_all()

    def _check(self) -> None:
        cover = self._fault("cover_open")
        if cover is not None and cover.get("blocks", True):
            raise Trouble(0x40)
        for name, status in (("cam_motor", 0x42), ("eeprom", 0x45)):
            if self._fault(name) is not None:
                raise Trouble(status)

    def _break_down(self, job: Job, stage: str) -> None:
        """A jam or a power cut at this stage. A jam with nothing said strikes after erasing, or at any other move."""
        rewriting = isinstance(job.command, EraseAndPrint | EraseOnly)
        for name in ("card_jam", "power_cut"):
            fault = self._fault(name)
            if fault is None or (name == "power_cut" and "when" not in fault):
                continue
            if fault.get("when", "erased" if rewriting else "moved") == stage:
                if name == "power_cut":
                    self._power_off()
                    raise Stopped
                self.place = Place.FRONT
                raise Trouble(0x38)

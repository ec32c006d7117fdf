"""The works of a CRP-1231: where the card is, what moves, and what becomes of stripe and face.

Behaviour as far as YACardEmu has it. Times are ours: none is known.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa import control, face, stripe
from loyalty.devices.wire.sanwa.place import Place
from simulators.card import SimCard
from simulators.sanwa.ink import Ink
from simulators.sanwa.job import Illegal, Job, Stopped, Trouble

INTAKE_S, EJECT_S, READ_S, WRITE_S, ERASE_S, PRINT_S, CLEAN_S = 1.2, 1.0, 0.9, 1.6, 3.0, 2.2, 6.0
READ_ERROR, WRITE_ERROR, JAM, MOTOR, PRINT_ERROR, NOT_NOW, SHUTTER = 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x60
ALL_BLANK = 0x56
"""How an empty track is told when all three are read."""
WITHOUT_STRIPE = ("plain", "classic1k", "classic4k", "ultralight", "ntag213", "ntag215", "ntag216", "ntag424")
WITHOUT_THERMAL_LAYER = ("plain", "magnetic")
INSIDE = (Place.HEAD, Place.THERMAL, Place.DISPENSER)
FACE_COMMANDS = (face.PrintText, face.PrintImage, face.PrintBarcode, face.EraseFace)


class Works:
    """`wait(job, seconds)` lets time pass and raises Stopped; `fault(name)` gives a fault's settings or None."""

    def __init__(
        self, profile: Profile, changed: threading.Condition, ink: Ink, counters: dict[str, int],
        wait: Callable[[Job, float], None], fault: Callable[[str], dict[str, Any] | None],
        power_off: Callable[[], None],
    ) -> None:  # fmt: skip
        self._profile, self._changed, self._ink, self._counters = profile, changed, ink, counters
        self._wait, self._fault, self._power_off = wait, fault, power_off
        self.card: SimCard | None = None
        self.place = Place.NONE
        self.shutter_open = False

    def seen(self) -> Place:
        """Where the sensors see the card."""
        return Place.NONE if self._fault("no_card") is not None else self.place

    def put(self, card: SimCard) -> None:
        """A unit without shutter pulls the card in by itself; the other one leaves it in the slot."""
        self.card = card
        self.place = Place.FRONT if self._profile["shutter"] else Place.HEAD
        self._changed.notify_all()

    def take(self) -> SimCard | None:
        card, self.card, self.place = self.card, None, Place.NONE
        self._changed.notify_all()
        return card

    def carry_out(self, job: Job) -> bytes:
        """The data of a command that works on a card; called on a thread of its own, without the lock."""
        command = job.command
        if isinstance(command, stripe.ReadTracks):
            return self._read(job, command)
        if isinstance(command, stripe.WriteTracks):
            self._write(job, command)
        elif isinstance(command, FACE_COMMANDS):
            self._work_face(job)
        elif isinstance(command, control.Eject):
            self._eject(job)
        elif isinstance(command, control.Initialize):
            if self.seen() in INSIDE:
                self._eject(job)
        elif isinstance(command, control.Shutter):
            self._move_shutter(job, command)
        elif isinstance(command, control.Clean):
            self._await_card(job)
            self._move(job, CLEAN_S, Place.THERMAL)
            self._eject(job)
        return b""

    def memory(self) -> bytes:
        """All tracks of the card inside, for 35h; P 38h without one."""
        card = self._need()
        return b"".join(self._track(card, track) or bytes(stripe.TRACK_BYTES) for track in (1, 2, 3))

    def _read(self, job: Job, command: stripe.ReadTracks) -> bytes:
        card = self._await_card(job)
        if command.length is stripe.Length.CARD_ONLY:
            return b""
        self._move(job, READ_S, Place.HEAD)
        if command.length is stripe.Length.VARIABLE:
            raise Trouble(NOT_NOW)
        found = [self._track(card, track) for track in command.tracks]
        if self._fault("read_error") is not None or None in found:
            raise Trouble(ALL_BLANK if len(found) == 3 else READ_ERROR)
        return b"".join(track or b"" for track in found)

    def _write(self, job: Job, command: stripe.WriteTracks) -> None:
        card = self._need()
        if command.length is not stripe.Length.FULL:
            raise Trouble(NOT_NOW)
        self._move(job, WRITE_S, Place.HEAD)
        if card.kind in WITHOUT_STRIPE or self._fault("write_error") is not None:
            raise Trouble(WRITE_ERROR)
        lost = self._fault("write_lost") is not None
        with self._running(job):
            for at, track in enumerate(command.tracks):
                data = command.content[at * stripe.TRACK_BYTES : (at + 1) * stripe.TRACK_BYTES]
                text = data.decode("latin-1").rstrip("\x00 ")
                card.tracks[str(track)] = text[: len(text) // 2] if lost else text
        self._break_down(job, "encoded")

    def _work_face(self, job: Job) -> None:
        command = job.command
        if self.seen() not in INSIDE:
            raise Trouble(PRINT_ERROR)
        card = self._need()
        if isinstance(command, face.PrintText):
            with self._running(job):
                self._ink.keep(command)
            if command.mode != self._profile["print_mode"]:
                return
        self._move(job, 0.2, Place.THERMAL)
        if self._fault("head_hot") is not None:
            raise Trouble(int(self._profile["hot_trouble"]))
        erases = isinstance(command, face.EraseFace)
        self._wait(job, ERASE_S if erases else PRINT_S)
        with self._running(job):
            self._burn(card, erases=erases)
        self._break_down(job, "erased" if erases else "printed")
        self._move(job, 0.2, Place.HEAD)

    def _burn(self, card: SimCard, *, erases: bool) -> None:
        self._counters["erasures" if erases else "prints"] += 1
        if card.kind in WITHOUT_THERMAL_LAYER:
            return
        if erases:
            card.face.erase()
        else:
            card.face.print(self._ink.picture())

    def _eject(self, job: Job) -> None:
        if self.seen() not in INSIDE:
            raise Illegal
        if self._profile["shutter"] and not self.shutter_open:
            raise Trouble(SHUTTER)
        self._move(job, EJECT_S, Place.OUT)

    def _move_shutter(self, job: Job, command: control.Shutter) -> None:
        if not self._profile["shutter"]:
            raise Illegal
        if self._fault("shutter_stuck") is not None:
            raise Trouble(SHUTTER)
        self._wait(job, 0.3)
        with self._running(job):
            self.shutter_open = command.open

    def _need(self) -> SimCard:
        if self.card is None or self.seen() not in INSIDE:
            raise Trouble(NOT_NOW)
        return self.card

    def _await_card(self, job: Job) -> SimCard:
        """The card inside, pulled in from the slot; waits for one without end."""
        with self._changed:
            while not self._within_reach():
                job.waiting = True
                self._changed.notify_all()
                self._changed.wait(0.5)
                if job.stopped:
                    raise Stopped
            job.waiting = False
        if self.place is Place.FRONT:
            self._move(job, INTAKE_S, Place.HEAD)
        return self._need()

    def _within_reach(self) -> bool:
        return self.seen() in INSIDE or (self.seen() is Place.FRONT and self.shutter_open)

    def _track(self, card: SimCard, track: int) -> bytes | None:
        text = card.tracks.get(str(track))
        if not text or card.kind in WITHOUT_STRIPE:
            return None
        pad = bytes([self._profile["stripe_pad"]])
        return text.encode("latin-1", "replace")[: stripe.TRACK_BYTES].ljust(stripe.TRACK_BYTES, pad)

    def _move(self, job: Job, seconds: float, to: Place) -> None:
        if self._fault("motor") is not None:
            raise Trouble(MOTOR)
        if self._fault("cover_open") is not None:
            raise Trouble(int(self._profile["cover_trouble"]))
        self._wait(job, seconds)
        with self._running(job):
            self.place = to
            self._counters["moves"] += 1
        self._break_down(job, "moved")

    @contextmanager
    def _running(self, job: Job) -> Iterator[None]:
        """Within, the job changes what others see; a job that was stopped changes nothing any more."""
        with self._changed:
            if job.stopped:
                raise Stopped
            yield
            self._changed.notify_all()

    def _break_down(self, job: Job, stage: str) -> None:
        """A jam, a pulled card or a power cut at this stage; with nothing said, at the first move."""
        for name in ("card_jam", "card_pulled_out", "power_cut"):
            fault = self._fault(name)
            if fault is None or (name == "power_cut" and "when" not in fault) or fault.get("when", "moved") != stage:
                continue
            if name == "power_cut":
                self._power_off()
                raise Stopped
            if name == "card_jam":
                self.place = Place.THERMAL
                raise Trouble(JAM)
            with self._changed:
                self.take()
            raise Trouble(PRINT_ERROR if isinstance(job.command, FACE_COMMANDS) else NOT_NOW)

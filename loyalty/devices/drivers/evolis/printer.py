"""Verbs of the rewritable printers."""

import contextlib
import math
import threading

from loyalty.clock import Clock, system_clock
from loyalty.contract.raster import Raster
from loyalty.devices.card_order import TwoHalves
from loyalty.devices.drivers.evolis import intake, tracks
from loyalty.devices.drivers.evolis.link import SLICE_S, split_before_first_plane_ends
from loyalty.devices.drivers.evolis.planes import Planes, planes_for
from loyalty.devices.drivers.evolis.troubles import UNKNOWN, UNTOUCHED, stage
from loyalty.devices.drivers.evolis.unit import HOST_HANDLES_ERRORS, PRINTER_HANDLES_ERRORS, Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.job import Heat, RewriteJob, rewrite_stream
from loyalty.devices.wire.evolis.messages import Command
from loyalty.devices.wire.evolis.replies import Reply
from loyalty.devices.wire.magstripe.swipe import no_bank_card
from loyalty.errors import DeviceError, FeederEmpty, Garbled, NoAnswer, NoCard, Rejected, StripeWriteFailed

NEVER_BEGUN = (FeederEmpty, NoCard, Rejected)
"""Failures that keep a job from beginning; the others may come when the head is already on the card."""


class EvolisRewritePrinter(TwoHalves):
    """Primacy class in rewritable mode.  erase: mask or whole face | print: 1 bit, 1016x648 | magnetic: ISO 1 to 3.

    Every verb may be called from any thread; one runs at a time, and status() says BUSY meanwhile.
    """

    def __init__(
        self, transport: Transport, profile: Profile, clock: Clock = system_clock, session: int | None = None
    ) -> None:
        self._transport, self._profile, self._clock = transport, profile, clock
        self._unit = Unit(transport, profile, session)
        self._lock = threading.RLock()
        width, height = profile["face_dots"]
        self.face_dots: tuple[int, int] = (width, height)
        self.tracks: tuple[int, ...] = tuple(profile["tracks"])
        self.firmware = ""
        """What the printer said of itself."""
        self._end_text = ""

    def start(self) -> None:
        """Free the printer from what an earlier program left, check that it is what the profile says, set its trays."""
        with self._lock:
            model, self._end_text = self._unit.greet()
            self.firmware = f"{model} {self._end_text}"
            self._unit.do(HOST_HANDLES_ERRORS)
            self._unit.do(Command("Scs"))
            for name, tray in (("Pcim", self._profile["input_tray"]), ("Pcem", self._profile["output_tray"])):
                self._unit.do(Command(name, (tray,)))

    def status(self) -> UnitStatus:
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY, detail=self.firmware)
        try:
            return self._unit.troubles.unit_status(self._unit.link.status(), self.firmware)
        finally:
            self._lock.release()

    def position(self) -> CardPosition:
        with self._lock:
            return self._unit.position()

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """A card that comes while the wait is called off is kept after a time-out and given back when cancelled."""
        with self._lock:
            intake.take_in(self._unit, timeout_s, cancelled)

    def read_stripe(self, track: int) -> str | None:
        """None also for a track that this unit has no head for."""
        if track not in self.tracks:
            return None
        with self._lock:
            self._unit.need_card()
            text = tracks.read(self._unit, self._profile, track)
        return no_bank_card(track, text, self._profile["own_numbers"])

    def write_stripe(self, tracks_to_write: dict[int, str]) -> None:
        """The printer reads back what it wrote. `half` of an error: untouched or unknown."""
        with stage(UNTOUCHED):
            tracks.check(self._profile, tracks_to_write)
        if not tracks_to_write:
            return
        with self._lock:
            with stage(UNTOUCHED):
                self._unit.need_card()
                self._prepare(tracks_to_write)
            with stage(UNKNOWN):
                self._write_prepared(tracks_to_write)

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Erase, print, push the card out.

        `present` is what the card shows now, for a caller who knows: then only what changes is erased, and an
        unchanged card is pushed out as it is. Errors say in `half` how the face is: untouched, unknown, or printed.
        """
        with stage(UNTOUCHED):
            self._check_size(face, present)
        with self._lock:
            self._rewrite(face, present, keep=False)

    def erase(self) -> None:
        """Erase the whole face and push the card out."""
        self.rewrite(Raster.blank(*self.face_dots))

    def eject(self) -> None:
        """Push the card out; nothing when there is none inside."""
        with self._lock:
            self._unit.ready()
            self._unit.give_back()

    def reset(self) -> None:
        """Start the printer afresh and push out a card that is inside."""
        with self._lock:
            self._unit.link.restart(float(self._profile["move_s"]))
            self.start()
            self.eject()

    def counters(self) -> dict[str, int]:
        """`prints`: cards printed since the printer was made; empty where it does not tell."""
        with self._lock:
            reply = self._unit.link.ask(Command("Rco", (self._profile["card_counter"],)))
        told = reply.text.strip() if isinstance(reply, Reply) and not reply.refused else ""
        return {"prints": int(told)} if told.isascii() and told.isdecimal() else {}

    def close(self) -> None:
        if self._lock.acquire(timeout=SLICE_S):
            with contextlib.suppress(DeviceError):
                self._unit.do(PRINTER_HANDLES_ERRORS, SLICE_S)
            self._lock.release()
        self._transport.close()

    def _refuse(self, face: Raster, tracks_to_write: dict[int, str], present: Raster | None) -> None:
        self._check_size(face, present)
        tracks.check(self._profile, tracks_to_write)
        self._unit.need_card()

    def _check_size(self, *pictures: Raster | None) -> None:
        for picture in pictures:
            if picture and (picture.width, picture.height) != self.face_dots:
                raise Rejected(f"A face of {picture.width}x{picture.height} dots; this unit has {self.face_dots}.")

    def _rewrite(self, face: Raster, present: Raster | None, *, keep: bool) -> None:
        planes = planes_for(face, present, self._profile)
        if not planes.nothing:
            self._print(planes, keep)
        else:
            with stage(UNTOUCHED):
                self._unit.need_card()
                if not keep:
                    self._unit.give_back()

    def _print(self, planes: Planes, keep: bool) -> None:
        job_s = float(self._profile["job_s"])
        head, rest = split_before_first_plane_ends(list(rewrite_stream(self._job(planes, keep))))
        with contextlib.ExitStack() as stack:
            with stage(UNTOUCHED):
                self._unit.need_card()
                stack.enter_context(self._unit.reserved(math.ceil(job_s)))
                self._unit.link.begin_job(head)
            with stage(UNKNOWN):
                self._unit.link.end_job(rest)
                self._await_end(job_s)

    def _await_end(self, job_s: float) -> None:
        """The answer behind a job says only that it is over; how it went is in the state."""
        try:
            reply = self._unit.link.answer(job_s, "the end of a print job")
            if not isinstance(reply, Reply) or reply.text != self._end_text:
                raise Garbled(f"The printer ends a job with {reply!r} instead of its firmware.")
        except NoAnswer:
            self._unit.settle(SLICE_S)  # perhaps the state tells why
            raise
        try:
            self._unit.settle(float(self._profile["move_s"]))
        except NEVER_BEGUN as error:
            error.half = UNTOUCHED
            raise

    def _job(self, planes: Planes, keep: bool) -> RewriteJob:
        return RewriteJob(
            write=planes.write,
            erase=planes.erase,
            printed_at=int(self._clock().timestamp()),
            card=self._profile["rewrite_card"],
            settings=tuple(self._profile["job_settings"]),
            heat=Heat(**self._profile["heat"]),
            eject=not keep,
        )

    def _prepare(self, tracks_to_write: dict[int, str]) -> None:
        for command in tracks.writing(self._profile, tracks_to_write):
            self._unit.move(command)

    def _write_prepared(self, tracks_to_write: dict[int, str]) -> None:
        tries = 1 + int(self._profile["stripe_write_retries"])
        for left in range(tries - 1, -1, -1):
            try:
                self._unit.move(Command("Smw"))
                return
            except StripeWriteFailed:
                self._unit.do(Command("Scs"))
                if not left:
                    raise
                self._prepare(tracks_to_write)  # whether the printer still has them after a failure is not known

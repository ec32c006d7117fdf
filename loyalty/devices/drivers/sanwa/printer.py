"""Verbs of the CRP-1231 family."""

import threading

from loyalty.contract.raster import Raster
from loyalty.devices.card_order import TwoHalves
from loyalty.devices.drivers.sanwa import tracks
from loyalty.devices.drivers.sanwa.intake import take_in
from loyalty.devices.drivers.sanwa.link import SLICE_S
from loyalty.devices.drivers.sanwa.tiles import Band, Plan, plan_for
from loyalty.devices.drivers.sanwa.troubles import PRINTED, UNKNOWN, UNTOUCHED, stage
from loyalty.devices.drivers.sanwa.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.magstripe.swipe import no_bank_card
from loyalty.devices.wire.sanwa.control import Initialize
from loyalty.devices.wire.sanwa.face import EraseFace
from loyalty.errors import CardJam, DeviceError, LinkLost, NeedsRepair, NoAnswer, Rejected

ROUNDS = 3
"""How often a face is begun afresh when the unit may have been off in the middle."""


class SanwaCardPrinter(TwoHalves):
    """CRP-1231 family.  erase: whole face | print: 1 bit, 504x336 | magnetic: 3 tracks of 69 | waits until cancelled.

    Every verb may be called from any thread; one runs at a time, and status() says BUSY meanwhile.
    """

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._unit = Unit(transport, profile)
        self._lock = threading.RLock()
        width, height = profile["face_dots"]
        self.face_dots: tuple[int, int] = (width, height)
        self.tracks: tuple[int, ...] = tuple(profile["tracks"])
        self.firmware = ""
        """What the unit said of itself."""

    def start(self) -> None:
        """Free the unit from whatever an earlier program left, and check that it is what the profile says."""
        with self._lock:
            self._unit.link.flush()
            self._unit.link.call_off()
            self.firmware = self._unit.greet()

    def status(self) -> UnitStatus:
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY, detail=self.firmware)
        try:
            inside = self._unit.position() is CardPosition.INSIDE
            if isinstance(self._unit.fault, CardJam) and not inside:
                self._unit.fault = None  # somebody has pulled the card out
            fault = self._unit.fault
        except (LinkLost, NoAnswer):
            raise
        except DeviceError as error:
            fault = error
        finally:
            self._lock.release()
        if fault is None:
            return UnitStatus(Health.READY, detail="; ".join(filter(None, [self.firmware, self._unit.notice])))
        health = Health.FAULT if isinstance(fault, NeedsRepair) else Health.NEEDS_PERSON
        return UnitStatus(health, fault.code, fault.advice, str(fault))

    def position(self) -> CardPosition:
        with self._lock:
            return self._unit.position()

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """A card that was pushed out has to be taken first. One that comes while the wait is called off is kept after
        a time-out and given back when cancelled."""
        with self._lock:
            take_in(self._unit, timeout_s, cancelled)

    def read_stripe(self, track: int) -> str | None:
        """None also for a track that this unit has no head for.

        A track that cannot be read and an empty one look alike; `stripe_blank` of the profile says what we make of it.
        """
        if track not in self.tracks:
            return None
        with self._lock:
            self._unit.need_card()
            text = tracks.read(self._unit, self._profile, track)
        return no_bank_card(track, text, self._profile["own_numbers"])

    def write_stripe(self, contents: dict[int, str]) -> None:
        """Written, read back and compared. `half` of an error: untouched or unknown."""
        if not contents:
            return
        with stage(UNTOUCHED):
            command = tracks.writing(self._profile, contents)
        with self._lock:
            with stage(UNTOUCHED):
                self._unit.need_card()
            with stage(UNKNOWN):
                self._unit.work(command)
                tracks.compare(self._unit, self._profile, contents)

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Erase, print, push the card out.

        `present` is what the card shows now, for a caller who knows: then an unchanged card is pushed out as it is, and
        one that only gets new dots is not erased. Errors say in `half`: untouched, unknown, or printed.
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
            if self._unit.position() is CardPosition.INSIDE:
                self._unit.give_back()

    def reset(self) -> None:
        """Start the unit afresh; a card inside is pushed out."""
        with self._lock:
            self.eject()
            self._unit.do(Initialize())
            self._unit.fault = None

    def close(self) -> None:
        self._transport.close()

    def _refuse(self, face: Raster, tracks_to_write: dict[int, str], present: Raster | None) -> None:
        self._check_size(face, present)
        if tracks_to_write:
            tracks.writing(self._profile, tracks_to_write)
        self._unit.need_card()

    def _check_size(self, *pictures: Raster | None) -> None:
        for picture in pictures:
            if picture and (picture.width, picture.height) != self.face_dots:
                raise Rejected(f"A face of {picture.width}x{picture.height} dots; this unit has {self.face_dots}.")

    def _rewrite(self, face: Raster, present: Raster | None, *, keep: bool) -> None:
        plan = plan_for(face, present, self._profile)
        with stage(UNTOUCHED):
            self._unit.need_card()
        if not plan.nothing:
            self._print(plan, face)
        if not keep:
            with stage(UNTOUCHED if plan.nothing else PRINTED):
                self._unit.give_back()
                self._unit.fault = None

    def _print(self, plan: Plan, face: Raster) -> None:
        """All of the plan. When a command got lost on the way, the unit may have been off and have forgotten its
        characters: what it then printed nobody knows, so the face is erased and begun again."""
        half = UNTOUCHED
        for _ in range(ROUNDS):
            resends = self._unit.link.resends
            with stage(half):
                self._register(plan.bands[:1])
            half = UNKNOWN
            with stage(half):
                if plan.erase:
                    self._unit.work(EraseFace())
                for at, band in enumerate(plan.bands):
                    self._register((band,) if at else ())
                    self._unit.work(band.text)
                if self._unit.link.resends == resends:
                    return
                plan = plan_for(face, None, self._profile)
        raise self._lost()

    def _lost(self) -> NoAnswer:
        error = NoAnswer("The unit fell silent again and again while the face was printed.")
        error.half = UNKNOWN
        return error

    def _register(self, bands: tuple[Band, ...]) -> None:
        for band in bands:
            for glyph in band.glyphs:
                self._unit.do(glyph)

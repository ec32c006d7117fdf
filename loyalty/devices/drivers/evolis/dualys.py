"""Verbs of the Dualys of 2003: black on a blank card, once and for all.

The printer says ACK or NACK with one letter (Pem;4) and not where a card is; position() is what this driver did.
"""

import contextlib
import re
import threading
import time

from loyalty.contract.raster import Raster
from loyalty.devices.card_order import TwoHalves
from loyalty.devices.drivers.evolis import tracks
from loyalty.devices.drivers.evolis.link import SLICE_S, Link
from loyalty.devices.drivers.evolis.troubles import UNKNOWN, UNTOUCHED, Troubles, stage
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.job import PADDING, ribbon_stream
from loyalty.devices.wire.evolis.messages import Command, CompressedPlane, Geometry, Message, Nul
from loyalty.devices.wire.evolis.raster import compressed, plane_of
from loyalty.devices.wire.evolis.replies import Ack, Nack, Reply
from loyalty.devices.wire.magstripe.swipe import no_bank_card
from loyalty.errors import Cancelled, CardJam, DeviceError, NoCard, Rejected, StripeUnreadable

CLEAR, ACKNOWLEDGE, PRINTER_HANDLES_ERRORS = Command("Scs"), Command("Pem", ("4",)), Command("Pem", ("0",))


class EvolisRibbonPrinter(TwoHalves):
    """Dualys class.  erase: none | print: 1 bit, 1016x648, black ribbon | magnetic: ISO 1 to 3."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._link = Link(transport, profile)
        self._troubles = Troubles(profile)
        self._lock = threading.RLock()
        self._inside = False
        width, height = profile["face_dots"]
        self.face_dots: tuple[int, int] = (width, height)
        self.tracks: tuple[int, ...] = tuple(profile["tracks"])
        self.firmware = ""
        """What the printer said of itself."""

    def start(self) -> None:
        with self._lock:
            self._link.call_off(ACKNOWLEDGE)
            self._do(CLEAR)
            model = self._link.value(Command("Rtp"))
            if not re.search(self._profile["model_reply"], model):
                raise Rejected(
                    f"The printer calls itself {model.strip()!r}, which is no {self._profile.model}.",
                    advice="Choose the profile of this printer; `loyalty devices profiles` lists them.",
                )
            self.firmware = f"{model} {self._link.value(Command('Rfv'))}"
            self._do(Command("Pmi", (self._profile["input_tray"],)))

    def status(self) -> UnitStatus:
        """READY when it answers; more it does not say before it is to work."""
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY, detail=self.firmware)
        try:
            self._link.value(Command("Rfv"))
        finally:
            self._lock.release()
        return UnitStatus(Health.READY, detail=f"{self.firmware}; says what is wrong only when it is to work")

    def position(self) -> CardPosition:
        return CardPosition.INSIDE if self._inside else CardPosition.NONE

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """From the feeder, or by hand when the profile's tray says so."""
        with self._lock:
            if self._inside:
                return
            deadline = time.monotonic() + timeout_s
            self._link.begin(Command("Si"))
            reply, stop = None, False
            while reply is None and not stop and time.monotonic() < deadline:
                reply = self._link.poll(SLICE_S)
                stop = cancelled()
            if reply is None:
                self._link.call_off(CLEAR)
                if stop:
                    raise Cancelled()
                raise NoCard("Nobody put a card in.")
            self._judge_intake(reply)
            self._inside = True

    def read_stripe(self, track: int) -> str | None:
        """None also for a track that this unit has no head for."""
        if track not in self.tracks:
            return None
        with self._lock:
            self._need_card()
            for command in (Command("Ss"), *tracks.formats(self._profile), Command("Smr", (str(track),))):
                self._do(command, moves=True)
            reply = self._link.ask(Command("Rmb", (str(track),)))
        if isinstance(reply, Reply) and not reply.refused:
            return no_bank_card(track, reply.text or None, self._profile["own_numbers"])
        if isinstance(reply, Reply) and reply.text == tracks.BLANK:
            return None
        raise StripeUnreadable(f"The printer answers the reading of track {track} with {reply!r}.")

    def write_stripe(self, tracks_to_write: dict[int, str]) -> None:
        with stage(UNTOUCHED):
            tracks.check(self._profile, tracks_to_write)
        if not tracks_to_write:
            return
        with self._lock:
            with stage(UNTOUCHED):
                self._need_card()
                for command in tracks.writing(self._profile, tracks_to_write):
                    self._do(command, moves=True)
            with stage(UNKNOWN):
                self._do(Command("Smw"), moves=True)

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Print on the card inside, or on a blank one from the feeder, and push it out. Nothing is erased.

        `present` is not looked at: with a ribbon a card is printed once.
        """
        with self._lock:
            self._rewrite(face, present, keep=False)

    def erase(self) -> None:
        error = Rejected("This printer prints with a ribbon and cannot erase.", advice="Put in a new card.")
        error.half = UNTOUCHED
        raise error

    def eject(self) -> None:
        """Push the card out; nothing when none was taken in."""
        with self._lock:
            if self._inside:
                self._do(Command("Se"), moves=True)
                self._inside = False

    def reset(self) -> None:
        """Start the printer afresh and push out a card that was taken in."""
        with self._lock:
            self._link.restart(float(self._profile["move_s"]))
            self.start()
            self.eject()

    def close(self) -> None:
        if self._lock.acquire(timeout=SLICE_S):
            with contextlib.suppress(DeviceError):
                self._link.ask(PRINTER_HANDLES_ERRORS, SLICE_S)
            self._lock.release()
        self._transport.close()

    def _refuse(self, face: Raster, tracks_to_write: dict[int, str], present: Raster | None) -> None:
        self._plane(face)
        tracks.check(self._profile, tracks_to_write)
        self._need_card()

    def _rewrite(self, face: Raster, present: Raster | None, *, keep: bool) -> None:
        if keep:
            with stage(UNTOUCHED):
                advice = "Choose `order` stripe: the stripe is written first, then the card is printed."
                raise Rejected("This printer pushes a card out with its print.", advice=advice)
        messages = list(ribbon_stream(self._plane(face)))
        for number, message in enumerate(messages):
            # the last two are the picture and the order to print it
            with stage(UNKNOWN if number >= len(messages) - 2 else UNTOUCHED):
                self._do(message, moves=True)
        self._inside = False
        self._link.send([Nul()] * PADDING)

    def _plane(self, face: Raster) -> CompressedPlane:
        if (face.width, face.height) != self.face_dots:
            error = Rejected(f"A face of {face.width}x{face.height} dots; this unit has {self.face_dots}.")
            error.half = UNTOUCHED
            raise error
        return compressed(plane_of(face), "k", Geometry(face.width, face.height))

    def _do(self, message: Message, *, moves: bool = False) -> None:
        self._link.send([message])
        reply = self._link.answer(float(self._profile["job_s" if moves else "reply_s"]), str(message))
        if isinstance(reply, Nack):
            self._link.ask(CLEAR)
            raise self._troubles.of_nack(reply)
        if isinstance(reply, Reply) and reply.refused:
            raise Rejected(f"The printer answers {message} with {reply.text!r}.")

    def _judge_intake(self, reply: Reply | Ack | Nack) -> None:
        if isinstance(reply, Nack):
            error = self._troubles.of_nack(reply)
            by_hand = self._profile["input_tray"] not in "FB"
            raise NoCard("Nobody put a card in.") if by_hand and isinstance(error, CardJam) else error

    def _need_card(self) -> None:
        if not self._inside:
            raise NoCard()

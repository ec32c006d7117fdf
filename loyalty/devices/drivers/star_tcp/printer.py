"""Verbs of the Star TCP300 family."""

import contextlib
import re
import threading
from collections.abc import Iterator

from loyalty.contract.raster import Raster
from loyalty.devices.card_order import TwoHalves
from loyalty.devices.drivers.star_tcp import intake
from loyalty.devices.drivers.star_tcp.dots import messages_for
from loyalty.devices.drivers.star_tcp.forms import data_for, erase_command, print_command, stripe_text
from loyalty.devices.drivers.star_tcp.link import SLICE_S
from loyalty.devices.drivers.star_tcp.troubles import PRINTED, UNKNOWN, UNTOUCHED, stage, working
from loyalty.devices.drivers.star_tcp.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.magstripe.swipe import no_bank_card
from loyalty.devices.wire.star_tcp import control, stripe
from loyalty.devices.wire.star_tcp.face import EraseAndPrint
from loyalty.errors import (
    CardJam,
    CoverOpen,
    DeviceError,
    Garbled,
    LinkLost,
    NeedsRepair,
    NoAnswer,
    Rejected,
)

LOADS = 3
"""How often a picture is sent afresh when the unit may have lost it on the way."""


class StarVisualCardPrinter(TwoHalves):
    """Star TCP300 family.  erase: whole face | print: 1 bit, 480x320 | magnetic: 1 or 3 tracks | waits until cancelled.

    Every verb may be called from any thread; one runs at a time, and status() says BUSY meanwhile.
    """

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._unit = Unit(transport, profile)
        self._lock = threading.RLock()
        width, height = profile["face_dots"]
        self.face_dots: tuple[int, int] = (width, height)
        self.tracks: tuple[int, ...] = tuple(profile["tracks"])
        """Tracks that the unit has heads for."""
        self.firmware = ""
        """What the unit said of itself."""

    def start(self) -> None:
        """Free the unit from whatever an earlier program left, check that it is what the profile says, empty it."""
        with self._lock:
            self._unit.link.release()
            with contextlib.suppress(Rejected, Garbled):
                self._unit.link.cancel_wait(control.HoldAtFront.codes[0])
            self.firmware = self._unit.do(control.RomVersion()).data.decode("ascii", "replace")
            if not re.match(self._profile["firmware_reply"], self.firmware):
                raise Rejected(
                    f"The unit calls itself {self.firmware.strip()!r}, which is no {self._profile.model}.",
                    advice="Choose the profile of this unit's firmware; `loyalty devices profiles` lists them.",
                )
            self._unit.sensors()
            self._unit.clear()

    def status(self) -> UnitStatus:
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY, detail=self.firmware)
        try:
            sensors = self._unit.sensors()
            if isinstance(self._unit.fault, CardJam) and not any(sensors.inside):
                self._unit.fault = None  # somebody has pulled the card out
            fault = CoverOpen() if sensors.cover_open else self._unit.fault
        except (LinkLost, NoAnswer):
            raise
        except DeviceError as error:
            fault = error
        finally:
            self._lock.release()
        if fault is None:
            return UnitStatus(Health.READY, detail=self.firmware)
        health = Health.FAULT if isinstance(fault, NeedsRepair) else Health.NEEDS_PERSON
        return UnitStatus(health, fault.code, fault.advice, str(fault))

    def position(self) -> CardPosition:
        with self._lock:
            return self._unit.position()

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """A discharged card has to be taken out first: 53h would pull the last customer's card back in."""
        with self._lock:
            intake.take_in(self._unit, timeout_s, cancelled)

    def read_stripe(self, track: int) -> str | None:
        """None also for a track that this unit has no head for.

        Status 23h says no stripe, a card turned round, or other; `stripe_23h` of the profile says what we make of it.
        """
        if track not in self.tracks:
            return None
        with self._lock:
            response = self._unit.link.ask(stripe.ReadTrackIfCard(track))
            if response.status == 0x23 and self._profile["stripe_23h"] == "none":
                return None
            self._unit.judge(response)
        return no_bank_card(track, stripe_text(response.data, track), self._profile["own_numbers"])

    def write_stripe(self, tracks: dict[int, str]) -> None:
        """The unit reads back what it wrote. `half` of an error: untouched or unknown."""
        contents = [data_for(self._profile, track, text) for track, text in sorted(tracks.items())]
        if not contents:
            return
        with self._lock:
            with stage(UNTOUCHED):
                for content in contents:
                    self._unit.do(content)
            with working():
                self._unit.do(stripe.WriteStripeIfCard(tuple(sorted(tracks))), once=True)

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Errors say in `half` how the face is: untouched, unknown (erased or half printed), or printed.

        `present` is what the card shows now, for a caller who knows: an unchanged card is pushed out as it is.
        """
        self._check_size(face)
        with self._lock:
            self._rewrite(face, present, keep=False)

    def erase(self) -> None:
        """Erase the whole face and push the card out."""
        with self._lock, self._emptied():
            with stage(UNTOUCHED):
                self._unit.need_card()
            with working():
                self._unit.work(erase_command(self._profile))

    def eject(self) -> None:
        """Push the card out; nothing when there is none inside."""
        with self._lock:
            self._unit.push_out()

    def reset(self) -> None:
        """Start the unit afresh: buffers are emptied, a card inside is pushed out."""
        with self._lock:
            self._unit.do(control.Reset())
            self._unit.fault = None

    def clean(self) -> None:
        """Run the cleaning card, which must be in the inlet."""
        with self._lock:
            self._unit.need_card()
            self._unit.work(control.Clean())

    def counters(self) -> dict[str, int]:
        """`transports` past the magnetic head (a round trip counts two) and `prints`, since the unit was made."""
        with self._lock:
            asked = {"transports": control.TransportCount(), "prints": control.PrintCount()}
            return {name: int(self._unit.do(command).data or b"0") for name, command in asked.items()}

    def close(self) -> None:
        self._transport.close()

    def _refuse(self, face: Raster, tracks: dict[int, str], present: Raster | None) -> None:
        self._check_size(face)
        for track, text in tracks.items():
            data_for(self._profile, track, text)
        self._unit.need_card()

    def _check_size(self, face: Raster) -> None:
        if (face.width, face.height) != self.face_dots:
            raise Rejected(f"The face has {face.width}x{face.height} dots, this unit prints {self.face_dots}.")

    def _rewrite(self, face: Raster, present: Raster | None, *, keep: bool) -> None:
        if present == face:
            with stage(UNTOUCHED):
                self._unit.need_card()
                if not keep:
                    self.eject()
            return
        with self._emptied():
            with stage(UNTOUCHED):
                self._load(face)
            with working():
                self._print(face, print_command(self._profile, keep=keep))

    def _print(self, face: Raster, order: EraseAndPrint) -> None:
        """Erase and print what was loaded. If the order got lost and the card is still inside, all of it once more."""
        try:
            self._unit.work(order)
        except NoAnswer:
            with stage(UNKNOWN):
                if self._unit.position() is not CardPosition.INSIDE:
                    raise
                self._load(face)
                self._unit.work(order)

    def _load(self, face: Raster) -> None:
        """The picture into emptied buffers; anew when the unit may have been opened or off and lost a part of it."""
        for _ in range(LOADS):
            silences = self._unit.link.silences
            self._unit.need_card()
            self._unit.clear()
            for message in messages_for(face, self._profile):
                self._unit.do(message)
            self._unit.need_card()
            if self._unit.link.silences == silences:
                return
        raise NoAnswer("The unit fell silent again and again while the picture was sent; nothing was printed.")

    @contextlib.contextmanager
    def _emptied(self) -> Iterator[None]:
        """On leaving, the unit holds no picture, whether the work within succeeded or not."""
        try:
            yield
        except (LinkLost, NoAnswer):
            raise  # nobody is there to be told; start() and the next job empty it first
        except DeviceError:
            with contextlib.suppress(DeviceError):
                self._unit.clear()
            raise
        with stage(PRINTED):
            self._unit.clear()

"""Verbs of the EasyPrinter S3."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator, Sequence

from loyalty.contract.raster import Raster
from loyalty.devices.card_order import VERIFIED, in_order
from loyalty.devices.drivers.easyprinter import intake, job
from loyalty.devices.drivers.easyprinter.areas import area_to_change
from loyalty.devices.drivers.easyprinter.chip import Chip
from loyalty.devices.drivers.easyprinter.link import SLICE_S
from loyalty.devices.drivers.easyprinter.troubles import PRINTED, UNTOUCHED, stage
from loyalty.devices.drivers.easyprinter.unit import Unit
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Health, Reading, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter.document import Element, document, encoded
from loyalty.devices.wire.easyprinter.geometry import WHOLE_ALONE
from loyalty.devices.wire.easyprinter.messages import DisplayText, Message, Plain
from loyalty.errors import DeviceError, Garbled, LinkLost, NoAnswer, Rejected, WrongCard


class EasyPrinter:
    """ANA-U EasyPrinter S3.  erase: one rectangle | print: 1 bit, 960x560 | chip number | waits until cancelled.

    Every verb may be called from any thread; one runs at a time, and status() says BUSY meanwhile.
    """

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._unit = Unit(transport, profile)
        self._lock = threading.RLock()
        width, height = profile["face_dots"]
        self.face_dots: tuple[int, int] = (width, height)
        self.tracks: tuple[int, ...] = ()
        self.firmware = ""
        """What the unit said of itself."""
        self._chip = Chip()

    def start(self) -> None:
        """Free the unit from what an earlier program left, check that it is what the profile says, empty it."""
        with self._lock:
            self._unit.link.wake()
            intake.call_off(self._unit)
            self.firmware = self._unit.link.text(Plain.FIRMWARE)
            if not re.match(self._profile["firmware_reply"], self.firmware):
                raise Rejected(
                    f"The unit calls itself {self.firmware!r}, which is no {self._profile.model}.",
                    advice="Choose the profile of this unit; `loyalty devices profiles` lists them.",
                )
            with _unless_silent():
                self._unit.forget_picture()

    def status(self) -> UnitStatus:
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY, detail=self.firmware)
        try:
            state = self._unit.link.sure_state()
        finally:
            self._lock.release()
        if error := self._unit.troubles.of(state):
            return UnitStatus(Health.NEEDS_PERSON, error.code, error.advice, str(error))
        return UnitStatus(Health.BUSY if state.printing else Health.READY, detail=self.firmware)

    def position(self) -> CardPosition:
        with self._lock:
            return self._unit.position()

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """A card that was pushed out has to be taken first. From the hopper where the profile says so."""
        with self._lock:
            intake.take_in(self._unit, self._profile, timeout_s, cancelled)

    def read_stripe(self, track: int) -> str | None:
        """None: this unit has no magnetic head."""
        return None

    def write_stripe(self, tracks: dict[int, str]) -> None:
        if tracks:
            error = Rejected("This unit has no magnetic head.", advice="Write the stripe with another device.")
            error.half = UNTOUCHED
            raise error

    def read_uid(self) -> str | None:
        """The chip's number in upper-case hex; None when the card inside has no chip that the unit can read."""
        with self._lock:
            self._unit.need_card()
            return self._unit.link.uid() or None

    def poll(self, timeout_s: float) -> Reading | None:
        """As a card reader: a chip seen in a card that was taken in, or gone."""
        deadline = time.monotonic() + timeout_s
        while True:
            reading = None
            if self._lock.acquire(timeout=SLICE_S):
                try:
                    reading = self._chip.look(self._unit.link)
                finally:
                    self._lock.release()
            if reading or time.monotonic() >= deadline:
                return reading
            time.sleep(float(self._profile["poll_s"]))

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Erase, print, push the card out.

        `present` is what the card shows now, for a caller who knows: then only the rectangle that changes is erased,
        and an unchanged card is pushed out as it is. Errors say in `half` how the face is: untouched, unknown, printed.
        """
        with stage(UNTOUCHED):
            self._check_size(face, present)
        with self._lock:
            self._rewrite(face, present, keep=False)

    def make(
        self, face: Raster, tracks: dict[int, str], present: Raster | None = None, order: str = "", uid: str = ""
    ) -> None:
        """As TwoHalves.make(): verify that the chip inside is `uid`, and rewrite the face; `order` says which first.

        With the face first the card is kept inside until its chip has been read again. Tracks are refused: no head.
        """
        with self._lock:
            in_order(
                order or self._profile["order"],
                refuse=lambda: self._refuse(face, tracks, present),
                data=lambda: self._verify(uid),
                face=lambda keep: self._rewrite(face, present, keep=keep),
                out=self.eject,
                done=VERIFIED,
            )

    def print_elements(self, elements: Sequence[Element]) -> None:
        """Texts and boxes in the unit's own drawing on an erased face, and push the card out."""
        try:
            messages = list(document(elements, turn=self._profile["turn_face"]))
            encoded(messages)
        except ValueError as problem:
            error = Rejected(str(problem))
            error.half = UNTOUCHED
            raise error from problem
        self._run(messages)

    def erase(self) -> None:
        """Erase the whole face and push the card out."""
        self._run([WHOLE_ALONE, Plain.START])

    def eject(self) -> None:
        """Push the card out, and forget the picture of a job that was interrupted; nothing when there is none."""
        with self._lock:
            self._unit.push_out()
            if self._unit.holds_picture:
                with _unless_silent():
                    self._unit.forget_picture()

    def reset(self) -> None:
        """End a wait, push a card out, empty the memory; start the unit afresh when it reports an error.

        On the network that ends the connection: LinkLost, and the unit can be reached again after `boot_s`.
        """
        with self._lock:
            intake.call_off(self._unit)
            with _unless_silent():
                self._unit.forget_picture()
            if self._unit.troubles.of(self._unit.link.sure_state()):
                self._restart()

    def display(self, *lines: str) -> None:
        """Up to four lines of 20 characters (ASCII); none: what the unit shows by itself."""
        try:
            message: Message = DisplayText(tuple(lines)) if lines else Plain.DISPLAY_DEFAULT
            with self._lock:
                self._unit.link.send(message)
        except ValueError as problem:
            raise Rejected(str(problem), advice="Use up to four lines of 20 plain letters.") from problem

    def serial_number(self) -> str:
        with self._lock:
            return self._unit.link.text(Plain.SERIAL_NUMBER)

    def close(self) -> None:
        self._transport.close()

    def _run(self, messages: list[Message]) -> None:
        with self._lock:
            job.run(self._unit, self._profile, messages)
            with stage(PRINTED):
                self._unit.forget_picture()

    def _check_size(self, *pictures: Raster | None) -> None:
        for given in pictures:
            if given and (given.width, given.height) != self.face_dots:
                raise Rejected(f"A face of {given.width}x{given.height} dots; this unit has {self.face_dots}.")

    def _rewrite(self, face: Raster, present: Raster | None, *, keep: bool) -> None:
        area = area_to_change(face, present)
        if area is None:
            with stage(UNTOUCHED):
                self._unit.need_card()
                if not keep:
                    self._unit.push_out()
            return
        job.run(self._unit, self._profile, job.face_in(face, area, self._profile))
        if not keep:
            with stage(PRINTED):
                self._unit.forget_picture()

    def _refuse(self, face: Raster, tracks: dict[int, str], present: Raster | None) -> None:
        self._check_size(face, present)
        self.write_stripe(tracks)  # which it cannot
        self._unit.need_card()

    def _verify(self, uid: str) -> None:
        with stage(UNTOUCHED):
            found = self._unit.link.uid() if uid else ""
            if found.upper() != uid.upper():
                raise WrongCard(f"The chip inside is {found or 'none that can be read'}, not {uid}.")

    def _restart(self) -> None:
        self._unit.link.send(Plain.REBOOT)
        self._unit.holds_picture = True
        time.sleep(float(self._profile["poll_s"]))
        deadline = time.monotonic() + float(self._profile["boot_s"]) + float(self._profile["move_s"])
        while True:
            with contextlib.suppress(NoAnswer, Garbled):
                self._unit.link.wake()
                break
            if time.monotonic() >= deadline:
                raise NoAnswer("The unit has not come back from its restart.")
        self.start()


@contextlib.contextmanager
def _unless_silent() -> Iterator[None]:
    """What the unit reports is left to status() and the next job; that it says nothing is not."""
    try:
        yield
    except (LinkLost, NoAnswer):
        raise
    except DeviceError:
        return

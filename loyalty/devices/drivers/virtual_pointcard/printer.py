"""The role of a card printer, made of the verbs of a PointCardRW."""

import contextlib
import time

from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.devices.card_order import PRINTED, UNKNOWN, UNTOUCHED, WRITTEN, told
from loyalty.devices.drivers.virtual_pointcard.areas import Box, areas_to_change
from loyalty.devices.drivers.virtual_pointcard.pointcard import PointCard
from loyalty.devices.drivers.virtual_pointcard.report import WorkReport
from loyalty.devices.interfaces import Cancelled as AskCancelled
from loyalty.devices.interfaces import CardPosition, Gone, Health, Reading, Seen, UnitStatus
from loyalty.devices.wire.magstripe.swipe import no_bank_card
from loyalty.devices.wire.virtual_pointcard import ANSWER, Line
from loyalty.errors import Cancelled, CoverOpen, DeviceError, NoCard, Rejected

SLICE_S = 0.05
ROWS_BYTES = 2400
"""Bytes of dots in one RASTER line; hex doubles them."""
_PLACES = {
    "NOCARD": CardPosition.NONE, "REMAINING": CardPosition.INLET, "INRW": CardPosition.INSIDE,
    "REMOVAL": CardPosition.REMOVAL_WAIT,
}  # fmt: skip


class VirtualPointCardRW(PointCard):
    """erase: rectangles | print: 1 bit, 640x400, texts | magnetic: 1 to 6 | chip number | waits until cancelled.

    Every verb may be called from any thread; one runs at a time, and status() says BUSY meanwhile.
    """

    _token: Token | None = None
    """The chip that was seen last and is not gone."""

    def status(self) -> UnitStatus:
        if not self._lock.acquire(timeout=SLICE_S):
            return UnitStatus(Health.BUSY, detail=self.firmware)
        try:
            state = self._link.ask("STATE")
        finally:
            self._lock.release()
        if state["trouble"]:
            error = self._link.error_of(state)
            needs = Health.FAULT if error.code == "needs_repair" else Health.NEEDS_PERSON
            return UnitStatus(needs, error.code, error.advice, str(error))
        if state["cover"] == "open":
            return UnitStatus(Health.NEEDS_PERSON, CoverOpen.code, CoverOpen.advice, self.firmware)
        return UnitStatus(Health.BUSY if state["running"] else Health.READY, detail=self.firmware)

    def position(self) -> CardPosition:
        return _PLACES[self._do("STATE")["card"]]

    def take_in(self, timeout_s: float, cancelled: AskCancelled) -> None:
        """A card that comes while the wait is called off is kept after a time-out and given back when cancelled."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            while self.position() is CardPosition.REMOVAL_WAIT:
                _wait_on(deadline, cancelled, "The last card is still in the slot.")
            self._link.ask("BEGIN-INSERTION")
            try:
                while self.position() is not CardPosition.INSIDE:
                    _wait_on(deadline, cancelled, "Nobody put a card in.")
            except NoCard:
                self._link.ask("END-INSERTION")  # a card that came just now is kept
                return
            except Cancelled:
                with contextlib.suppress(NoCard):
                    self._link.ask("END-INSERTION")
                    self._link.ask("BEGIN-REMOVAL", wait_s=self._job_s)
                raise
            self._link.ask("END-INSERTION")

    def read_stripe(self, track: int) -> str | None:
        """None also for a track that this unit has no head for."""
        if track not in self.tracks:
            return None
        state, data = self.read_tracks(track)[track]
        if state in ("OK", "NODATA"):
            return no_bank_card(track, data or None, self._profile["own_numbers"])
        raise self._link.error_of(Line.of(ANSWER, 0, "ERROR", code=state))

    def write_stripe(self, tracks: dict[int, str]) -> None:
        """The unit reads back what it wrote. `half` of an error: untouched or unknown."""
        if tracks:
            self.work(tracks=tracks)

    def rewrite(self, face: Raster, present: Raster | None = None) -> None:
        """Erase, print, push the card out.

        `present` is what the card shows now, for a caller who knows: then only the rectangles that change are erased,
        and an unchanged card is pushed out as it is. Errors say in `half` how the face is: untouched, unknown, printed.
        """
        with self._lock:
            with self._stage("untouched"):
                self._check_size(face, present)
                boxes = [(0, 0, *self.face_dots)] if present is None else areas_to_change(face, present)
                self._need_card()
                if boxes:
                    self._load(face, boxes)
            if boxes:
                self.work(erase=boxes, print_buffer=True)
            with self._stage("printed" if boxes else "untouched"):
                self._link.ask("CLEAR-OUTPUT")
                self._link.ask("BEGIN-REMOVAL", wait_s=self._job_s)

    def make(self, face: Raster, tracks: dict[int, str], present: Raster | None = None, order: str = "") -> None:
        """As loyalty.devices.card_order has it. The unit does both halves itself, and itself says how far each got."""
        with self._lock:
            with told(stripe=UNTOUCHED, half=UNTOUCHED):
                self._check_size(face, present)
                boxes = [(0, 0, *self.face_dots)] if present is None else areas_to_change(face, present)
                self._need_card()
                if boxes:
                    self._load(face, boxes)
            try:
                self.work(erase=boxes, print_buffer=bool(boxes), tracks=tracks, order=order)
            except DeviceError as error:
                known = error.half != UNKNOWN or self.report != WorkReport()
                error.half, error.stripe = (self.report.face, self.report.stripe) if known else (UNKNOWN, UNKNOWN)
                raise
            with told(stripe=WRITTEN, half=PRINTED):
                self._link.ask("CLEAR-OUTPUT")
                self._link.ask("BEGIN-REMOVAL", wait_s=self._job_s)

    def erase(self) -> None:
        """Erase the whole face and push the card out."""
        with self._lock:
            self.work(erase=[(0, 0, *self.face_dots)])
            with self._stage("printed"):
                self._link.ask("BEGIN-REMOVAL", wait_s=self._job_s)

    def eject(self) -> None:
        """Push the card out; nothing when there is none inside."""
        with self._lock:
            if self.position() is CardPosition.INSIDE:
                self._link.ask("BEGIN-REMOVAL", wait_s=self._job_s)

    def reset(self) -> None:
        self._do("RESET", long=True)

    def poll(self, timeout_s: float) -> Reading | None:
        """As a card reader: the chip's number of the card inside."""
        deadline = time.monotonic() + timeout_s
        while True:
            uid = self._do("STATE")["uid"]
            if self._token and self._token.value != uid:
                token, self._token = self._token, None
                return Gone(token)
            if uid and not self._token:
                self._token = Token("card_uid", uid)
                return Seen(self._token)
            if time.monotonic() >= deadline:
                return None
            time.sleep(SLICE_S)

    def close(self) -> None:
        self._transport.close()

    def _load(self, face: Raster, boxes: list[Box]) -> None:
        """The dots of the boxes into an emptied buffer, in whole bytes of rows; the unit heats only what it erased."""
        self._link.ask("CLEAR-OUTPUT")
        for _, top, _, height in boxes:
            each = max(1, ROWS_BYTES // face.stride)
            for y in range(top, top + height, each):
                rows = face.rows[y * face.stride : min(y + each, top + height) * face.stride]
                self._link.ask("RASTER", x=0, y=y, width=face.width, rows=rows.hex())

    def _need_card(self) -> None:
        if self.position() is not CardPosition.INSIDE:
            raise NoCard()

    def _check_size(self, *faces: Raster | None) -> None:
        for face in faces:
            if face and (face.width, face.height) != self.face_dots:
                raise Rejected(f"A face of {face.width}x{face.height} dots; this unit has {self.face_dots}.")


def _wait_on(deadline: float, cancelled: AskCancelled, why: str) -> None:
    if cancelled():
        raise Cancelled()
    if time.monotonic() >= deadline:
        raise NoCard(why)
    time.sleep(SLICE_S)

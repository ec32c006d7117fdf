"""Service of the card printer: waits for the right card, checks whose it is, erases and prints, hands it out."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

from loyalty.clock import Clock
from loyalty.contract.outcomes import FaceData, MemberView
from loyalty.contract.raster import Raster
from loyalty.counter.card_making import CardMaking
from loyalty.counter.device_thread import DeviceThread, status_of
from loyalty.counter.least_wear import MARK, CardInside, LeastWear
from loyalty.counter.print_job import PrintJob
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.wear import Wear
from loyalty.devices.interfaces import CardPosition, CardPrinter, Health, UnitStatus
from loyalty.errors import DeviceError, LinkLost, LoyaltyError, NoAnswer, NoCard, WrongCard

Render = Callable[[FaceData, tuple[int, int]], Raster]
Printed = Callable[[str, CardInside, FaceData, Raster], Callable[[sqlite3.Connection], object]]
"""Hears of each face that is on a card: the printer's profile, the card, what was drawn and its dots. Gives what is
written together with the end of the job."""
TAKE_IN_S = 4.0
IDLE_S = 1.0
CARD_AWAITED = timedelta(minutes=5)
"""How long the printer asks for a card before the face is left for the next visit."""
NUMBER_TRACKS = (2, 1, 3)
_PUT_IN = UnitStatus(Health.NEEDS_PERSON, "no_card", NoCard.advice)
_TAKE_OUT = UnitStatus(Health.NEEDS_PERSON, "take_card", "Take the card out.")


class CardPrinting:
    def __init__(
        self, jobs: PrintJobs, snapshots: Snapshots, render: Render, clock: Clock, printed: Printed | None = None,
        making: CardMaking | None = None, wear: Wear | None = None,
    ) -> None:  # fmt: skip
        self._jobs, self._snapshots, self._render, self._clock = jobs, snapshots, render, clock
        self._printed, self._making, self._wear = printed, making, wear or Wear(jobs.counts)

    def serve(self, unit: DeviceThread, driver: CardPrinter) -> None:
        while not unit.stopping.is_set():
            seen, now = self._jobs.version, self._clock()
            job = self._jobs.armed_face(now)
            if job is None and self._making and self._making.round(unit, driver, _number_tracks(unit)):
                continue
            if job is None:
                status = driver.status()
                unit.show(_TAKE_OUT if status.health is Health.READY and _lies_outside(driver) else status)
                if status.health is Health.READY:
                    self._wear.look(unit, driver)
                self._jobs.wait(seen, IDLE_S)
            elif job.armed_at and now - job.armed_at > CARD_AWAITED:
                self._jobs.disarm(job.id)
            elif self._drawn(job, driver):
                self._one_round(unit, driver, job, seen)

    def _drawn(self, job: PrintJob, driver: CardPrinter) -> Raster | None:
        """The face as dots; when it cannot be drawn the job waits for a person, and nobody is asked for a card."""
        assert job.face is not None  # only faces come here
        try:
            return self._render(job.face, driver.face_dots)
        except LoyaltyError as error:
            self._jobs.failed(job.id, error.code, str(error), self._clock(), final=True)
            return None

    def _one_round(self, unit: DeviceThread, driver: CardPrinter, job: PrintJob, seen: int) -> None:
        """Wait a while for a card; a trouble that a person can mend is shown and waited out here."""
        status = driver.status()
        if status.health in (Health.NEEDS_PERSON, Health.FAULT):  # an open cover, a stuck card: no use asking for one
            unit.show(status)
            unit.stopping.wait(IDLE_S)
            return
        try:
            unit.show(_TAKE_OUT if _lies_outside(driver) else _PUT_IN)
            driver.take_in(TAKE_IN_S, lambda: unit.stopping.is_set() or not self._still_wanted(job, seen))
            self._serve_card(unit, driver, job)
        except (LinkLost, NoAnswer):
            raise
        except NoCard:
            return  # the next round asks again
        except DeviceError as error:
            if error.code != "cancelled":
                unit.show(status_of(error))
                unit.stopping.wait(IDLE_S)

    def _still_wanted(self, job: PrintJob, seen: int) -> bool:
        """Is this member's card still asked for? A newer face of the same member needs the same card."""
        if self._jobs.version == seen:
            return True
        armed = self._jobs.armed_face(self._clock())
        return armed is not None and armed.member == job.member

    def _serve_card(self, unit: DeviceThread, driver: CardPrinter, job: PrintJob) -> None:
        try:
            stripe = _stripe(driver, _number_tracks(unit))
            chosen = self._whose(stripe, self._jobs.armed_face(self._clock()) or job)
        except DeviceError as error:
            unit.show(status_of(error))
            driver.eject()
            unit.stopping.wait(IDLE_S)
            return
        if face := self._drawn(chosen, driver):
            self._print(unit, driver, chosen, face, stripe)
        else:
            driver.eject()

    def _whose(self, text: str | None, job: PrintJob) -> PrintJob:
        """The job for the card inside. What is on its stripe decides; a card without one is taken for the card of the
        member who is here, of whom there is only one at a time."""
        if text is None:
            return job
        owner = self._snapshots.owner_of_stripe(text)
        member = self._snapshots.member(job.member or "")
        if owner == job.member or (member and _carries(member, text)):
            return job
        other = self._jobs.face_of(owner, self._clock()) if owner else None
        if other is None:
            raise WrongCard("The card's stripe is not that of the member whose face is to be printed.")
        return other

    def _print(
        self, unit: DeviceThread, driver: CardPrinter, job: PrintJob, face: Raster, stripe: str | None
    ) -> None:  # fmt: skip
        self._jobs.begin(job.id)
        unit.show(UnitStatus(Health.BUSY, "printing_card"))
        member = self._snapshots.member(job.member or "")
        card = CardInside(job.member, stripe, member.cards if member else ())
        try:
            anew = LeastWear(self._jobs.shown, unit.settings, self._clock).rewrite(driver, card, face)
        except DeviceError as error:
            if error.half != "printed":  # the face may be half erased; whatever is on it, it is printed anew
                self._jobs.failed(job.id, error.code, str(error), self._clock())
                raise
            anew = True
        if anew:
            self._wear.printed(unit)
        if self._printed is None or job.face is None:
            self._jobs.done(job.id)
        else:  # told and done in one step: a face that the server never heard of would not be called old
            self._jobs.done(job.id, self._printed(unit.settings.profile, card, job.face, face))
        unit.show(_TAKE_OUT)


def _lies_outside(driver: CardPrinter) -> bool:
    """A card that was handed out is still in the slot."""
    return driver.position() is CardPosition.REMOVAL_WAIT


def _number_tracks(unit: DeviceThread) -> tuple[int, ...]:
    """Tracks that may carry what names the card; one carries the number of the face where the shop wants that."""
    marked = unit.settings.mark_track if unit.settings.least_wear == MARK else None
    return tuple(track for track in NUMBER_TRACKS if track != marked)


def _stripe(driver: CardPrinter, tracks: tuple[int, ...]) -> str | None:
    """What the card's stripe says, or None when it carries nothing; StripeUnreadable when it cannot be told."""
    for track in tracks:
        text = driver.read_stripe(track)
        if text:
            return text
    return None


def _carries(member: MemberView, text: str) -> bool:
    return text == member.number or any(card.partition(":")[2] == text for card in member.cards)

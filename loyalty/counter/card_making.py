"""A card of a job in the printer: its stripe is written and read back, its face printed, in the order that survives.

The stripe comes first, each half a step of its own on the disk; or, where the printer's setting `order` is `face`, both
are one job of the driver, and the card stays inside until both are right.

Only a card that carries nothing, or the number that this job wrote on it, is taken: nobody's card is written over.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeGuard

from loyalty.clock import Clock, rfc3339
from loyalty.contract.outcomes import FaceData, MemberView
from loyalty.contract.raster import Raster
from loyalty.counter.card_in_hand import Hand
from loyalty.counter.device_thread import DeviceThread, status_of
from loyalty.counter.issuing import Issuing, Trouble
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.wear import Wear
from loyalty.devices.card_order import FACE, STRIPE, WRITTEN
from loyalty.devices.interfaces import CardMaker, CardPrinter, Health, UnitStatus
from loyalty.errors import (
    DeviceError,
    LinkLost,
    LoyaltyError,
    NoAnswer,
    NoCard,
    StripeUnreadable,
    StripeWriteFailed,
    WrongCard,
)

TAKE_IN_S, REST_S = 4.0, 1.0
PUT_IN = UnitStatus(Health.NEEDS_PERSON, "no_new_card", "Put a blank card in.")
TAKE_OUT = UnitStatus(Health.NEEDS_PERSON, "take_card", "Take the card out.")
Render = Callable[[FaceData, tuple[int, int]], Raster]


@dataclass(frozen=True)
class CardMaking:
    """`face_of` gives what a member's card shows; `busy` is true when somebody at the counter waits for their face."""

    issuing: Issuing
    snapshots: Snapshots
    render: Render
    face_of: Callable[[MemberView], FaceData]
    clock: Clock
    busy: Callable[[], bool]
    wear: Wear | None = None

    def round(self, unit: DeviceThread, driver: CardPrinter, tracks: tuple[int, ...]) -> bool:
        """Serves the printer for a while; False when there is no card to make. `tracks`: where a number may stand."""
        hand = self.issuing.at_printer()
        if hand is None:
            return False
        status = driver.status()
        if status.health in (Health.NEEDS_PERSON, Health.FAULT):
            unit.show(status)
            unit.stopping.wait(REST_S)
            return True
        try:
            unit.show(PUT_IN)
            driver.take_in(TAKE_IN_S, lambda: unit.stopping.is_set() or self.busy() or self._changed(hand))
            self._make(unit, driver, hand, tracks)
        except (LinkLost, NoAnswer) as error:
            if error.half or error.stripe:
                self._say(error)
            raise
        except NoCard:
            pass  # the next round asks again
        except DeviceError as error:
            if error.code != "cancelled":
                unit.show(status_of(error))
                self._say(error)
                unit.stopping.wait(REST_S)
        return True

    def _say(self, error: DeviceError) -> None:
        """What happened, and of a job on both halves how far each got."""
        halves = (error.half, error.stripe) if error.half and error.stripe else None
        self.issuing.say(Trouble(str(error), error.code, error.advice), halves)

    def _changed(self, hand: Hand) -> bool:
        now = self.issuing.at_printer()
        return now is None or (now.job, now.place) != (hand.job, hand.place)

    def _make(self, unit: DeviceThread, driver: CardPrinter, hand: Hand, tracks: tuple[int, ...]) -> None:
        try:
            face, data = self._drawn(driver, hand) if "face" in hand.steps else (None, None)
            self._must_be_ours(_stripe(driver, tracks), hand)
            unit.show(UnitStatus(Health.BUSY, "printing_card"))
            if face is not None and data is not None and hand.step == "stripe" and _face_first(driver, unit):
                _both(driver, face, {tracks[0]: hand.number})
                self.issuing.did(hand, "stripe", hand.number if hand.kind == "magstripe" else None)
                self._told_printed(unit, hand.after("stripe"), face, data)
                unit.show(TAKE_OUT)
                return
            if hand.step == "stripe":
                _write(driver, tracks[0], hand.number)
                self.issuing.did(hand, "stripe", hand.number if hand.kind == "magstripe" else None)
                hand = hand.after("stripe")
            if face is None or data is None or hand.step != "face":
                driver.eject()
        except DeviceError:
            with suppress(DeviceError):  # a line that is cut takes no card out either; what happened before it counts
                driver.eject()
            raise
        if face is not None and data is not None and hand.step == "face":
            self._print(unit, driver, hand, face, data)
        unit.show(TAKE_OUT)

    def _print(self, unit: DeviceThread, driver: CardPrinter, hand: Hand, face: Raster, data: FaceData) -> None:
        try:
            driver.rewrite(face)
        except DeviceError as error:
            if error.half != "printed":
                raise
        self._told_printed(unit, hand, face, data)

    def _told_printed(self, unit: DeviceThread, hand: Hand, face: Raster, data: FaceData) -> None:
        if self.wear:
            self.wear.printed(unit)
        digest = sha256(face.rows).hexdigest()
        self.issuing.did(hand, "face", face_as_of=rfc3339(data.as_of), face_digest=digest)

    def _drawn(self, driver: CardPrinter, hand: Hand) -> tuple[Raster, FaceData]:
        data = self.face_of(hand.member)  # as old as what the job told of the member: a sale since then makes it stale
        try:
            return self.render(data, driver.face_dots), data
        except LoyaltyError as error:
            raise WrongCard(f"The face cannot be drawn: {error}") from error

    def _must_be_ours(self, text: str | None, hand: Hand) -> None:
        if text == hand.number:
            return
        if "stripe" in hand.done:
            raise WrongCard("This is not the card that was begun; put that one in, or say that it is spoilt.")
        if text is not None and ("stripe" in hand.steps or self.snapshots.owner_of_stripe(text)):
            raise WrongCard("Something stands on this card's stripe already; take a blank one.")


def _stripe(driver: CardPrinter, tracks: tuple[int, ...]) -> str | None:
    """What a blank card says is nothing; one that cannot be read is no card to write on either."""
    for track in tracks:
        text = driver.read_stripe(track)
        if text:
            return text
    return None


def _face_first(driver: CardPrinter, unit: DeviceThread) -> TypeGuard[CardMaker]:
    """Has the shop chosen that no card leaves the printer before both halves are right, and can this printer do so?"""
    chosen = unit.profile["order"] if "order" in unit.profile.facts else STRIPE
    return chosen == FACE and isinstance(driver, CardMaker)


def _both(driver: CardMaker, face: Raster, tracks: dict[int, str]) -> None:
    """Face and stripe as one job. Where only the stripe failed, it is tried once more; no face is printed twice."""
    try:
        driver.make(face, tracks)
    except DeviceError as error:
        if error.half != "printed" or isinstance(error, LinkLost | NoAnswer):
            raise
        if error.stripe != WRITTEN:
            driver.make(face, tracks, face)
        else:
            driver.eject()


def _write(driver: CardPrinter, track: int, number: str) -> None:
    driver.write_stripe({track: number})
    try:
        found = driver.read_stripe(track)
    except StripeUnreadable as error:
        raise StripeWriteFailed("The stripe cannot be read after it was written.") from error
    if found != number:
        raise StripeWriteFailed("The stripe carries something else than was written.")

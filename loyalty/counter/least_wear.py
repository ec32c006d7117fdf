"""How much of a card's face has to be rewritten, by the shop's choice (`least_wear` of the card printer).

    off     nothing is taken for granted: every face is erased and printed as a whole
    alone   this is the shop's only card printer: what it printed on a card is still there. A card is known by its
            stripe and by the member's cards: when those change, one was replaced, and nothing is taken for granted
    mark    several printers share the cards: with every face a number of its own is written to `mark_track`, so that
            the card itself says which face it carries. Another counter's number, or none, is a face that nobody knows

The stripe comes before the face, written and verified: what fails there has worn nothing, and a card whose job was
interrupted carries a number that no face belongs to. No other order is offered here: a face with the number of another
would be believed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbelow

from loyalty.clock import Clock
from loyalty.contract.raster import Raster
from loyalty.counter.settings import DeviceSettings
from loyalty.counter.shown_faces import ShownFaces
from loyalty.devices.interfaces import CardPrinter
from loyalty.errors import DeviceError, StripeUnreadable

OFF, ALONE, MARK = "off", "alone", "mark"
MARK_DIGITS = 14
"""Digits only, which every track takes; too few for a bank card's number."""


@dataclass(frozen=True)
class CardInside:
    """The card in the printer. stripe: what names it, None when nothing does; cards: the member's, as now known."""

    member: str | None
    stripe: str | None
    cards: tuple[str, ...] = ()


def random_mark() -> str:
    return str(10 ** (MARK_DIGITS - 1) + randbelow(9 * 10 ** (MARK_DIGITS - 1)))


@dataclass(frozen=True)
class LeastWear:
    """Rewrites cards of one printer."""

    shown: ShownFaces
    settings: DeviceSettings
    clock: Clock
    new_mark: Callable[[], str] = random_mark

    def rewrite(self, driver: CardPrinter, card: CardInside, face: Raster) -> bool:
        """`face` is on the card on return, and the card is out; True when it was printed; DeviceError with its half.

        An error with the half `printed` leaves the face on the card as well, and it is remembered.
        """
        name = self._name(driver, card)
        present = self.shown.of(name) if name else None
        if present is not None and (present.width, present.height) != driver.face_dots:
            present = None  # the printer was replaced by one of another size
        if name:
            self.shown.forget(name)
        if self.settings.least_wear == MARK and present != face:
            name = self._mark(driver)
        try:
            driver.rewrite(face, present)
        except DeviceError as error:
            if error.half == "printed" and name:
                self.shown.confirmed(name, card.member, face, self.clock())
            raise
        if name:
            self.shown.confirmed(name, card.member, face, self.clock())
        return present != face

    def _name(self, driver: CardPrinter, card: CardInside) -> str | None:
        """What the card inside is called among the remembered faces; None when it cannot be told."""
        if self.settings.least_wear == ALONE and card.stripe:
            return "\n".join([card.stripe, *sorted(card.cards)])
        if self.settings.least_wear == MARK:
            try:
                mark = driver.read_stripe(self.settings.mark_track)
            except StripeUnreadable:
                return None
            return f"mark:{mark}" if mark else None
        return None

    def _mark(self, driver: CardPrinter) -> str:
        """A new number on the card. When that fails no face may be printed: the old number would vouch for it."""
        mark = self.new_mark()
        try:
            driver.write_stripe({self.settings.mark_track: mark})
        except DeviceError as error:
            error.half = "untouched"  # the face is, whatever the stripe is
            raise
        return f"mark:{mark}"

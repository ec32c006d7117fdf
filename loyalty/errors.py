"""Every error that a person or a program outside may meet, with its code and its sentence.

A sentence says what is wrong, why, and how to mend it. Codes never change; sentences are translated at the edge.
"""


class LoyaltyError(Exception):
    """Something was refused. Nothing was changed. `code` is stable, `str()` is one sentence for a person."""

    code = "invalid"

    def __init__(self, sentence: str, *, code: str | None = None, pointer: str | None = None) -> None:
        super().__init__(sentence)
        self.code = code or self.code
        self.pointer = pointer
        """JSON pointer or dotted path of the offending field, where there is one."""


class Invalid(LoyaltyError):
    code = "invalid"


class Conflict(LoyaltyError):
    """The id was used before with another body."""

    code = "conflict"


class UnknownMember(LoyaltyError):
    code = "unknown_member"


class NotFound(LoyaltyError):
    code = "not_found"


class InsufficientPoints(LoyaltyError):
    code = "insufficient_points"


class NotEligible(LoyaltyError):
    code = "not_eligible"


class OutOfStock(LoyaltyError):
    code = "out_of_stock"


class LimitExceeded(LoyaltyError):
    code = "limit_exceeded"


class Expired(LoyaltyError):
    code = "expired"


class NotTransferable(LoyaltyError):
    code = "not_transferable"


class CardBlocked(LoyaltyError):
    """The credential is known but may not be used: blocked, lost, replaced or retired."""

    code = "card_blocked"


class ConfigError(LoyaltyError):
    """A setting is missing, unknown or contradicts another."""

    code = "config"


class DeviceError(Exception):
    """Root of all device failures. `advice` tells the person at the counter what to do."""

    code = "device"
    advice = "Switch the device off and on; if it happens again, call a technician."
    half = ""
    """How far a job on a card got: `untouched`, `printed`, `unknown` (look at it), or empty when it touches no card."""
    stripe = ""
    """In a job on face and stripe `half` tells of the face, and this of the stripe: `written` when it is right."""

    def __init__(self, detail: str = "", *, advice: str | None = None) -> None:
        super().__init__(detail or self.__doc__ or self.code)
        if advice is not None:
            self.advice = advice


class LinkLost(DeviceError):
    """The line to the device is broken or closed."""

    code = "link_lost"
    advice = "Check the cable and the power of the device."


class NoAnswer(DeviceError):
    """The device did not answer in time."""

    code = "no_answer"
    advice = "Check that the device is switched on and its cable is plugged in."


class Garbled(DeviceError):
    """Bytes arrived that are no message of this device."""

    code = "garbled"
    advice = "Check the cable and the line settings (speed, parity)."


class Rejected(DeviceError):
    """The device refused a command."""

    code = "rejected"
    advice = "The profile may not fit this unit's firmware; run the device check."


class Cancelled(DeviceError):
    """Waiting was cancelled by us."""

    code = "cancelled"
    advice = "Start again when ready."


class NoCard(DeviceError):
    """No card is in the device."""

    code = "no_card"
    advice = "Put the card in."


class CardJam(DeviceError):
    """A card is stuck."""

    code = "card_jam"
    advice = "Open the cover, pull the card out gently, close the cover."


class CoverOpen(DeviceError):
    """The cover is open."""

    code = "cover_open"
    advice = "Close the cover."


class WrongCard(DeviceError):
    """The card in the device is not the one expected."""

    code = "wrong_card"
    advice = "Take this card out and put in the member's own card."


class StripeUnreadable(DeviceError):
    """The stripe could not be read: no stripe, card turned round, or dirt."""

    code = "stripe_unreadable"
    advice = "Turn the card and try again; clean the stripe with a soft cloth."


class BankCardRefused(DeviceError):
    """This is a bank card; it was not read any further, and nothing of it is kept."""

    code = "bank_card"
    advice = "Ask for the member's card; bank cards belong into the payment terminal."


class StripeWriteFailed(DeviceError):
    """The stripe could not be written or does not read back."""

    code = "stripe_write_failed"
    advice = "Clean the stripe and try again; if it fails twice, replace the card."


class NeedsRepair(DeviceError):
    """The device reports a fault that only a technician can mend."""

    code = "needs_repair"
    advice = "Take the device out of service and call a technician."


class OutOfPaper(DeviceError):
    """The paper has run out."""

    code = "out_of_paper"
    advice = "Put in a new roll and close the cover."


class DeviceOffline(DeviceError):
    """The device answers, but says that it is offline."""

    code = "offline"
    advice = "Press the device's feed or online button; if it stays offline, switch it off and on."


class FeederEmpty(DeviceError):
    """The printer has no more blank cards."""

    code = "feeder_empty"
    advice = "Put cards into the feeder."


class RibbonInTheWay(DeviceError):
    """A ribbon is in a printer that is to heat the card itself."""

    code = "ribbon_present"
    advice = "Open the cover, take the ribbon out, close the cover."


class HeadTooHot(DeviceError):
    """The print head is too hot or too cold to work."""

    code = "head_temperature"
    advice = "Wait some minutes; if it happens again, call a technician."


class InUse(DeviceError):
    """Another program holds the device."""

    code = "in_use"
    advice = "Close the other program that uses this device."


class CodeRefused(DeviceError):
    """The card does not take this key or code."""

    code = "code_refused"
    advice = "Do not try other codes: a few wrong ones lock a card for good. Ask where the card was issued."

"""Bodies of all other bookings: the names of the scenario steps. Days and moments as the engine reads them.

Where null says something else than leaving a key out (`expires_on`, `expires_at`, `tier`, `until`), it is kept.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from loyalty.web.api.schemas import Amount, CardBody, Day, Id, Name, Strict, Texts
from loyalty.web.api.schemas_sales import RedeemBody

Reason = Annotated[str, Field(min_length=1, max_length=500)]
_WHEN = "A day or an ISO moment; without offset in the programme's zone."
When = Annotated[str, Field(max_length=40, description=_WHEN)]


class BookingBody(Strict):
    id: Id | None = None
    """Of the booking; an Idempotency-Key does as well."""


class OriginalBody(Strict):
    points: Amount | None = None
    cost: Amount | None = None


class CreditBody(BookingBody):
    """POST /credits."""

    member: Id
    wallet: Name | None = None
    points: Amount | None = None
    cost: Amount | None = None
    reason: Reason
    earned: bool | None = None
    active_at: When | None = None
    expires_on: When | None = None
    expires_at: When | None = None
    original: OriginalBody | None = None


class DebitBody(BookingBody):
    """POST /debits: points, or what carries a cost."""

    member: Id
    wallet: Name | None = None
    points: Amount | None = None
    cost: Amount | None = None
    reason: Reason


class RedemptionBody(RedeemBody):
    """POST /redemptions."""

    id: Id | None = None
    member: Id
    store: Name | None = None
    channel: Name | None = None


class HoldBody(BookingBody):
    """POST /holds: points, or what carries a cost, or the price of a reward."""

    member: Id
    wallet: Name | None = None
    points: Amount | None = None
    cost: Amount | None = None
    reward: Name | None = None
    quantity: Amount | None = None
    until: When | None = None
    store: Name | None = None
    channel: Name | None = None


class CaptureBody(BookingBody):
    """POST /holds/{id}:capture: everything held, or so many points."""

    points: Amount | None = None
    release_rest: bool | None = None


class ReleaseBody(BookingBody):
    """POST /holds/{id}:release: everything held, or so many points."""

    points: Amount | None = None


class ReleaseWalletBody(BookingBody):
    """POST /holds:release: points over all holds of the member, the oldest first."""

    member: Id
    wallet: Name | None = None
    points: Amount


class TransferBody(BookingBody):
    """POST /transfers: from one member to another."""

    model_config = ConfigDict(validate_by_name=False, validate_by_alias=True)

    sender: Annotated[Id, Field(alias="from")]
    to: Id
    wallet: Name | None = None
    points: Amount


class TopUpBody(BookingBody):
    """POST /topups: a top-up of the programme by its name, or one worded here."""

    member: Id
    topup: Name | None = None
    wallet: Name | None = None
    pay: Amount | None = None
    bonus: Amount | dict[str, Any] | None = None


class RefundTopUpBody(BookingBody):
    """POST /topups:refund: all unused principal, so much money, or one unused top-up with all that came with it."""

    member: Id
    of: Id | None = None
    wallet: Name | None = None
    amount: Amount | None = None


class EventBody(BookingBody):
    """POST /events. `signup` enrols a member who is not there yet."""

    type: Name
    member: Id
    other: Id | None = None
    store: Name | None = None
    channel: Name | None = None
    codes: Texts = ()
    birthday: When | None = None
    name: Name | None = None
    """With `signup` of somebody new."""


class TierBody(BookingBody):
    """PUT /members/{id}/tier: a floor under the member's level; null takes it away."""

    tier: Name | None
    until: When | None = None
    reason: Reason


class ReverseBody(BookingBody):
    """POST /bookings/{id}:reverse: the whole booking, or so many points of it."""

    points: Amount | None = None


class OpeningVoucherBody(Strict):
    id: Id
    amount: Amount | None = None
    percent: Amount | None = None
    product: Name | None = None
    quantity: Annotated[int, Field(ge=1, le=10_000)] | None = None
    active_on: When | None = None
    expires_on: When | None = None


class ImportBody(BookingBody):
    """POST /members:import: a member with everything that was had elsewhere. Nothing is earned by it."""

    member: Id | None = None
    """The id that the member had elsewhere; made when left out."""
    name: Annotated[str, Field(max_length=200)]
    number: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: Day | None = None
    language: Literal["en", "zh-Hant", "zh-Hans"] = "en"
    joined: Day | None = None
    notes: str = ""
    cards: tuple[CardBody, ...] = ()
    wallets: dict[Name, Amount] = {}
    tier: Name | None = None
    vouchers: tuple[OpeningVoucherBody, ...] = ()
    segments: Texts = ()

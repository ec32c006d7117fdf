"""Bodies of sales and what undoes them: the names of the scenario steps `purchase`, `return` and `cancel`."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from loyalty.web.api.schemas import Amount, CredentialKind, Id, Moment, Name, Strict, Texts, TokenText

MOST_LINES = 10_000
"""More lines than any till's receipt; a body that has more is refused before anything is worked out."""


class LineBody(Strict):
    sku: Name | None = None
    category: Name | None = None
    labels: Texts = ()
    quantity: Amount = Decimal(1)
    price: Amount | None = None
    amount: Amount | None = None


class RedeemBody(Strict):
    reward: Name
    quantity: Amount | None = None
    points: Amount | Literal["max"] | None = None
    units: Amount | None = None


class PayBody(Strict):
    wallet: Name
    amount: Amount | Literal["max"]


class SaleBody(Strict):
    """What a sale says, booked or only quoted: exactly one of member and token, of lines and amount."""

    member: Id | None = None
    token: TokenText | None = None
    kind: CredentialKind | None = None
    store: Name | None = None
    counter: Name | None = None
    staff: Name | None = None
    channel: Name | None = None
    tender: Name | None = None
    codes: Texts = ()
    occurred_at: Moment | None = None
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MOST_LINES)] | None = None
    amount: Amount | None = None
    discount: Amount | None = None
    redeem: tuple[RedeemBody, ...] = ()
    vouchers: Texts = ()
    pay: tuple[PayBody, ...] = ()


class QuoteBody(SaleBody):
    """POST /purchases:quote; an id is allowed and without effect. Points under `holds` count as there."""

    id: Id | None = None
    holds: Texts = ()


class PurchaseBody(SaleBody):
    """POST /purchases."""

    id: Id | None = None


class ReturnLineBody(Strict):
    sku: Name
    quantity: Amount = Decimal(1)


class ReturnBody(Strict):
    """POST /purchases/{id}/returns: exactly one of lines, amount, all."""

    id: Id | None = None
    lines: tuple[ReturnLineBody, ...] | None = None
    amount: Amount | None = None
    all: bool = False
    occurred_at: Moment | None = None


class CancelBody(Strict):
    id: Id | None = None
    occurred_at: Moment | None = None


class LastQuery(Strict):
    limit: Annotated[int, Field(ge=1, le=50)] = 10

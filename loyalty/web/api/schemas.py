"""Bodies of the calls: names as in scenario files, unknown keys refused. Amounts are text or JSON numbers, never NaN.

Whole documents and steps (programme, rewards asked for) are checked by the engine itself.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from loyalty.errors import Invalid
from loyalty.money import parse_amount

_TOO_LONG = re.compile(r"-?[0-9]*(?:[0-9]{13}|\.[0-9]{7})[0-9.]*\Z")


def _amount(value: Any) -> Any:
    """Text and JSON numbers as Decimal, digit by digit; true, floats and absurd sizes are refused."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("write an amount as text, such as 12.50")
    text = f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 100 else str(value)
    if _TOO_LONG.match(text):
        raise ValueError(f"the amount {text[:20]}… is too large or too fine; at most 12 digits and 6 decimals")
    try:
        return parse_amount(text)
    except Invalid as error:
        raise ValueError(str(error)) from None


Amount = Annotated[Decimal, BeforeValidator(_amount, json_schema_input_type=str | int)]
Id = Annotated[str, Field(min_length=1, max_length=255)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
TokenText = Annotated[str, Field(min_length=1, max_length=256)]
CardKind = Literal["card_uid", "barcode", "magstripe", "sun"]
CredentialKind = Literal["card_uid", "barcode", "magstripe", "sun", "phone", "number"]


def _text_only(value: Any) -> Any:
    """Without this a bare number would pass as seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError('write it as text, such as "2026-12-31" or "2026-12-31T18:00:00+08:00"')
    return value


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Moment = Annotated[AwareDatetime, BeforeValidator(_text_only, json_schema_input_type=str)]
Day = Annotated[date, BeforeValidator(_text_only, json_schema_input_type=str)]
Texts = Annotated[tuple[Name, ...], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class CardBody(Strict):
    kind: CardKind
    token: TokenText


class MemberBody(Strict):
    """POST /members. The number is made when left out; `joined_at` may lie in the past.

    referred_by: number, id or link code of the member who brought them.
    """

    name: Annotated[str, Field(max_length=200)]
    number: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: Day | None = None
    language: Literal["en", "zh-Hant", "zh-Hans"] = "en"
    joined_at: Moment | None = None
    notes: str = ""
    cards: tuple[CardBody, ...] = ()
    referred_by: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class MemberChange(Strict):
    """PATCH /members/{id}: only what is written changes; null takes a detail away."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: Day | None = None
    language: Literal["en", "zh-Hant", "zh-Hans"] | None = None
    notes: str | None = None


class LookupBody(Strict):
    """POST /members:lookup: exactly one of token, phone, email, number."""

    token: TokenText | None = None
    kind: CredentialKind | None = None
    """How the token was read; left out, every kind is tried."""
    phone: str | None = None
    email: str | None = None
    number: str | None = None


class SearchQuery(Strict):
    search: Annotated[str, Field(max_length=120)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=400)] | None = None


class PageQuery(Strict):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class BalanceQuery(Strict):
    at: Moment | None = None


class NewCardBody(Strict):
    """POST /cards."""

    member: Id
    kind: CardKind
    token: TokenText


class CardStepBody(Strict):
    reason: Annotated[str, Field(max_length=500)] | None = None
    lost: bool = False
    """With :block: the card was reported lost."""


class ReplaceCardBody(Strict):
    kind: CardKind
    token: TokenText
    reason: Annotated[str, Field(max_length=500)] | None = None


class CommandsBody(Strict):
    """POST /counters/{id}/commands: the counter's outbox, in order of `seq`; each command is checked by itself."""

    commands: Annotated[tuple[dict[str, Any], ...], Field(max_length=500)]
    held: Annotated[tuple[int, ...], Field(max_length=2000)] = ()
    """Numbers before the last one that the counter keeps back, because of a command on which the server failed."""
    tried: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """How often the server has failed on this command before."""


class SnapshotQuery(Strict):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, Field(max_length=400)] | None = None


class MemberQuery(Strict):
    member: Id | None = None

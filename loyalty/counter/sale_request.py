"""What a till or the cashier's screen asks to book, read with care: one sentence for whatever is wrong."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from loyalty.contract.bank_card import holds_bank_stripe
from loyalty.contract.commands import Line, Pay, Redeem, ReturnLine
from loyalty.contract.gift_cards import GiftPay
from loyalty.contract.token import Token
from loyalty.contract.wire import from_json
from loyalty.errors import Invalid
from loyalty.money import LARGEST, digits_of, parse_amount

_KEYS = {
    "id", "amount", "lines", "member", "token", "tender", "codes", "staff", "channel", "redeem", "vouchers", "pay",
    "discount", "claim",
}  # fmt: skip
_TILL_REDEEMS = ("reward", "quantity", "points")
Part = TypeVar("Part", Redeem, Pay, ReturnLine)
_UID = re.compile(r"(?=04|.*[A-F])(?:[0-9A-F]{14}|[0-9A-F]{20})\Z", re.IGNORECASE)
"""7 or 10 bytes in hexadecimal (ISO/IEC 14443-3); with a letter, or of NXP (04), or else it may be a printed code."""
_ID = re.compile(r"[\x21-\x39\x3b-\x7e]{1,200}\Z")  # visible ASCII without the colon that begins `:undo`


@dataclass(frozen=True)
class SaleRequest:
    """`id` is None when the till gave none. `print` tells two requests under one id apart."""

    id: str | None
    amount: Decimal | None
    lines: tuple[Line, ...]
    member: str | None
    token: Token | None
    tender: str | None
    codes: tuple[str, ...]
    staff: str | None
    channel: str | None
    print: str
    redeem: tuple[Redeem, ...] = ()
    vouchers: tuple[str, ...] = ()
    pay: tuple[Pay, ...] = ()
    discount: Decimal | None = None
    gifts: tuple[GiftPay, ...] = ()
    """Gift cards that pay, set aside already; no word of a till."""
    claim: bool = False
    """The customer has no card: the receipt is to carry a code that brings the points later."""
    at: datetime | None = None
    """When it was sold, where a till hands it over later; None is now."""

    @property
    def asks_server(self) -> bool:
        """Only the server knows whether the member has what this takes."""
        return bool(self.redeem or self.vouchers or self.pay)


def read_sale(body: Any, currency: str) -> SaleRequest:
    """Invalid naming the field, or the sale as values."""
    if not isinstance(body, dict):
        raise Invalid('A sale is an object such as {"amount": "128.50"}.')
    for key in body:
        if key not in _KEYS:
            raise Invalid(f"A sale has no field {key!r}; known are {', '.join(sorted(_KEYS))}.", pointer=f"/{key}")
    if (body.get("amount") is None) == (not body.get("lines")):
        raise Invalid("A sale needs either an amount or its lines.", pointer="/amount")
    if body.get("member") is not None and body.get("token") is not None:
        raise Invalid("A sale names either a member or a token, not both.", pointer="/token")
    if body.get("claim") not in (None, True, False):
        raise Invalid("claim is true or false.", pointer="/claim")
    if body.get("claim") and (body.get("member") or body.get("token")):
        raise Invalid("A sale with a code on its receipt has no member and no token.", pointer="/claim")
    return SaleRequest(
        id=read_id(body.get("id")),
        amount=None if body.get("amount") is None else read_amount(body["amount"], currency),
        lines=tuple(_line(line, n, currency) for n, line in enumerate(body.get("lines") or ())),
        member=read_text(body, "member"), token=None if body.get("token") is None else read_token(body["token"]),
        tender=read_text(body, "tender"), codes=read_texts(body, "codes"), staff=read_text(body, "staff"),
        channel=read_text(body, "channel"), print=_print(body),
        redeem=parts_of(body, "redeem", Redeem, _TILL_REDEEMS), vouchers=read_texts(body, "vouchers"),
        pay=parts_of(body, "pay", Pay, ("wallet", "amount")),
        discount=None if body.get("discount") is None else read_amount(body["discount"], currency, "/discount"),
        claim=body.get("claim") is True,
    )  # fmt: skip


def read_amount(given: Any, currency: str, pointer: str = "/amount") -> Decimal:
    """A positive amount with at most the currency's decimals. Numbers are taken by their text."""
    text = str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given
    try:
        amount = parse_amount(text)
    except Invalid as error:
        raise Invalid(str(error), pointer=pointer) from error
    digits = digits_of(currency)
    if amount <= 0:
        raise Invalid(f"The amount {text} is not above zero; a return is booked with Undo.", pointer=pointer)
    if amount >= LARGEST:
        raise Invalid(f"The amount {text} is larger than any sale; check the digits.", pointer=pointer)
    if amount != round(amount, digits):
        raise Invalid(f"The amount {text} has more than {digits} decimals, which {currency} does not have.",
                      pointer=pointer)  # fmt: skip
    return round(amount, digits)


def read_token(given: Any) -> Token:
    """`{"kind", "value"}`, or text: a chip's serial number where it cannot be much else, else what a scanner reads."""
    if isinstance(given, str):
        text = given.strip()
        given = {"kind": "card_uid", "value": text.upper()} if _UID.match(text) else {"kind": "barcode", "value": text}
    if not isinstance(given, dict):
        raise Invalid('A token is text or {"kind", "value"}.', pointer="/token")
    token = from_json(Token, {"source": "api", **given})
    if holds_bank_stripe(token.kind, token.value):
        raise Invalid("This is a bank card and was not kept; ask for the member's card.", code="bank_card",
                      pointer="/token")  # fmt: skip
    return token


def read_id(given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not _ID.match(given):
        raise Invalid("The id of a sale is text of 1 to 200 visible ASCII characters without a colon.", pointer="/id")
    return given


def read_text(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is not None and (not isinstance(value, str) or not 0 < len(value) <= 200):
        raise Invalid(f"{key} is text of 1 to 200 characters.", pointer=f"/{key}")
    return value


def read_texts(body: dict[str, Any], key: str) -> tuple[str, ...]:
    given = body.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(text, str) and 0 < len(text) <= 200 for text in given):
        raise Invalid(f"{key} is a list of texts.", pointer=f"/{key}")
    return tuple(given)


def parts_of(body: dict[str, Any], key: str, kind: type[Part], known: tuple[str, ...]) -> tuple[Part, ...]:
    """A list of objects; what only a counter may say (holds, promises) is no word of a till."""
    given = body.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Invalid(f"{key} is a list of objects with {', '.join(known)}.", pointer=f"/{key}")
    found = []
    for place, each in enumerate(given):
        if strange := set(each) - set(known):
            raise Invalid(f"{key} has no field {strange.pop()!r}; known are {', '.join(known)}.", pointer=f"/{key}")
        try:
            found.append(from_json(kind, each))
        except Invalid as error:
            raise Invalid(f"{key} {place + 1}: {error}", pointer=f"/{key}/{place}") from error
    return tuple(found)


def _line(given: Any, number: int, currency: str) -> Line:
    pointer = f"/lines/{number}"
    if not isinstance(given, dict) or "amount" not in given:
        raise Invalid(f"Line {number + 1} has no amount.", pointer=pointer)
    amount = read_amount(given["amount"], currency, pointer + "/amount")
    quantity = given.get("quantity", 1)
    fields = {**given, "amount": str(amount), "quantity": str(quantity)}
    try:
        line = from_json(Line, fields)
    except Invalid as error:
        raise Invalid(f"Line {number + 1}: {error}", pointer=pointer + (error.pointer or "")) from error
    if line.quantity <= 0:
        raise Invalid(f"Line {number + 1} has the quantity {quantity}; it must be above zero.", pointer=pointer)
    return line


def _print(body: dict[str, Any]) -> str:
    rest = {key: value for key, value in body.items() if key != "id"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()

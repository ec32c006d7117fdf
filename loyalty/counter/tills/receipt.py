"""A till's receipt, whatever way it came: a sale, or goods that come back. Read with care, one sentence if wrong."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from loyalty.counter.return_request import ReturnRequest, read_return
from loyalty.counter.sale_request import SaleRequest, read_sale, read_token
from loyalty.errors import Invalid

_OF_THE_TILL = ("receipt", "returns", "at")
_NOT_OF_A_TILL = ("id", "token", "member")
LONGEST_NUMBER = 100
OLDEST = timedelta(days=400)
"""An older date is a till without a clock, not a sale."""


@dataclass(frozen=True)
class Receipt:
    """`number` is the till's own and never comes twice. `returns` is the receipt whose goods come back."""

    number: str
    print: str
    """Tells two receipts under one number apart."""
    sale: SaleRequest | None = None
    back: ReturnRequest | None = None
    returns: str | None = None


def read_receipt(body: Any, currency: str, zone: tzinfo | None, now: datetime) -> Receipt:
    """The JSON form, to which all others are brought:

    `{receipt, amount | lines, card?, at?, tender?, staff?, codes?, …}` or `{receipt, returns, amount | lines | all}`.
    Invalid naming the field that is wrong.
    """
    if not isinstance(body, dict):
        raise Invalid('A receipt is an object such as {"receipt": "000123", "amount": "128.50"}.')
    number = _number(body, "receipt")
    for key in _NOT_OF_A_TILL:
        if key in body:
            raise Invalid(f"A receipt has no field {key!r}; the member is named by card.", pointer=f"/{key}")
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    rest = {key: value for key, value in body.items() if key not in _OF_THE_TILL and key != "card"}
    if "returns" in body:
        back = replace(read_return(rest, currency), print=digest)
        return Receipt(number, digest, back=back, returns=_number(body, "returns"))
    sale = read_sale(rest, currency)
    card = body.get("card")
    token = None if card in (None, "") else read_token(card)
    at = None if body.get("at") in (None, "") else read_moment(str(body["at"]), zone, now)
    return Receipt(number, digest, sale=replace(sale, token=token, at=at, print=digest))


def read_moment(text: str, zone: tzinfo | None, now: datetime, form: str | None = None) -> datetime:
    """When it was sold; in the shop's zone where the text has no offset. Never later than now: a till's clock may be
    ahead, a sale is not. `form` as for strptime; None is ISO 8601."""
    try:
        moment = datetime.strptime(text.strip(), form) if form else datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        if moment < now - OLDEST:
            raise Invalid(f"The time {text[:40]!r} is more than {OLDEST.days} days ago; set the till's clock.",
                          pointer="/at")  # fmt: skip
    except (ValueError, OverflowError) as error:
        wanted = form or "2026-11-21T19:20:22+08:00"
        raise Invalid(f"The time {text[:40]!r} cannot be read; it should look like {wanted}.", pointer="/at") from error
    return min(moment, now).astimezone(now.tzinfo)


def _number(body: dict[str, Any], key: str) -> str:
    number = body.get(key)
    number = str(number) if isinstance(number, int) and not isinstance(number, bool) else number
    if not isinstance(number, str) or not 0 < len(number.strip()) <= LONGEST_NUMBER or not number.isprintable():
        raise Invalid(
            f"{key} is the till's own number of a receipt, 1 to {LONGEST_NUMBER} characters that never come again.",
            pointer=f"/{key}",
        )
    return number.strip()

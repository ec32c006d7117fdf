"""What a till or the cashier's screen asks to take back, read with care."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.contract.commands import ReturnLine
from loyalty.counter.sale_request import parts_of, read_amount, read_id, read_text
from loyalty.errors import Invalid

_KEYS = ("id", "amount", "lines", "all", "staff")


@dataclass(frozen=True)
class ReturnRequest:
    """Exactly one of amount, lines, all. `print` tells two requests under one id apart."""

    id: str | None
    amount: Decimal | None
    lines: tuple[ReturnLine, ...]
    all: bool
    staff: str | None
    print: str


def read_return(body: Any, currency: str) -> ReturnRequest:
    """Invalid naming the field, or the return as values."""
    if not isinstance(body, dict):
        raise Invalid('A return is an object such as {"amount": "12.50"}.')
    for key in body:
        if key not in _KEYS:
            raise Invalid(f"A return has no field {key!r}; known are {', '.join(_KEYS)}.", pointer=f"/{key}")
    if body.get("all") not in (None, True, False):
        raise Invalid("all is true or false.", pointer="/all")
    amount = None if body.get("amount") is None else read_amount(body["amount"], currency)
    lines = parts_of(body, "lines", ReturnLine, ("sku", "quantity"))
    if (amount is not None) + bool(lines) + (body.get("all") is True) != 1:
        raise Invalid("Say what comes back: an amount, lines, or all: true.", pointer="/amount")
    if any(line.quantity <= 0 for line in lines):
        raise Invalid("A quantity is above zero.", pointer="/lines")
    rest = {key: value for key, value in body.items() if key != "id"}
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return ReturnRequest(
        read_id(body.get("id")), amount, lines, body.get("all") is True, read_text(body, "staff"), digest
    )

"""From what a till wrote, field by field, to the JSON form of a receipt that `receipt.read_receipt` reads."""

import re
from collections.abc import Mapping as Fields
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from loyalty.counter.tills.mapping import Mapping
from loyalty.errors import Invalid

Found = dict[str, str]
_THEIRS = re.compile(r"\{([^{}]+)\}")


def pick(names: Fields[str, str], theirs: Fields[str, str]) -> Found:
    """Our fields from theirs; what is empty or missing is left out."""
    found = {}
    for ours, name in names.items():
        text = _THEIRS.sub(lambda one: theirs.get(one[1], ""), name) if "{" in name else theirs.get(name, "")
        if text.strip():
            found[ours] = text.strip()
    return found


def compose(found: Found, lines: Sequence[Found], mapping: Mapping, zone: tzinfo | None) -> dict[str, Any] | None:
    """The JSON form; None for a receipt that came to nothing. Invalid for a number or a time that cannot be read."""
    body: dict[str, Any] = {key: found[key] for key in ("receipt", "tender", "staff") if key in found}
    amount = decimal_of(found["amount"], mapping) if "amount" in found else None
    if "returns" in found:
        return {**body, "returns": found["returns"], **_back(amount, lines, mapping)}
    if "card" in found:
        body["card"] = {"kind": mapping.card_kind, "value": found["card"]}
    if "at" in found:
        body["at"] = _moment(found["at"], mapping, zone)
    discount = abs(decimal_of(found["discount"], mapping)) if "discount" in found else Decimal(0)
    money = _money(amount, lines, mapping, discount)
    return {**body, **money} if money else None


def decimal_of(text: str, mapping: Mapping) -> Decimal:
    """`HK$1,234.50`, `1.234,50 €`, `12.50-`: the number in it, exactly."""
    digits = re.sub(r"[^\d.,-]", "", text)
    thousands = "," if mapping.decimal == "." else "."
    plain = digits.replace(thousands, "").replace(mapping.decimal, ".")
    if plain.endswith("-"):
        plain = "-" + plain[:-1]
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise Invalid(f"{text[:40]!r} is no amount; see decimal in the mapping.", pointer="/amount") from error


def _money(
    amount: Decimal | None, lines: Sequence[Found], mapping: Mapping, discount: Decimal
) -> dict[str, Any] | None:
    """Lines where they add up to the total, with what is taken off as the discount; else the total alone."""
    kept = []
    for line in lines:
        value = decimal_of(line.get("line_amount", "0"), mapping)
        if value < 0:
            discount -= value
        elif value > 0:
            kept.append(_line(line, value, mapping))
    gross = sum((Decimal(line["amount"]) for line in kept), Decimal(0))
    if amount is not None and kept:
        discount = gross - amount
    if kept and discount >= 0:
        if gross - discount <= 0:
            return None
        return {"lines": kept, **({"discount": str(discount)} if discount else {})}
    if amount is not None and amount < 0:
        raise Invalid(f"The total {amount} is below zero; say in returns which receipt comes back.", pointer="/amount")
    return {"amount": str(amount), **({"discount": str(discount)} if discount > 0 else {})} if amount else None


def _line(line: Found, value: Decimal, mapping: Mapping) -> dict[str, str]:
    kept: dict[str, str] = {key: line[key] for key in ("sku", "category") if key in line}
    quantity = decimal_of(line["quantity"], mapping) if "quantity" in line else Decimal(1)
    return {**kept, "amount": str(value), "quantity": str(quantity if quantity > 0 else 1)}


def _back(amount: Decimal | None, lines: Sequence[Found], mapping: Mapping) -> dict[str, Any]:
    pieces = [
        {"sku": line["sku"], "quantity": str(abs(decimal_of(line.get("quantity", "1"), mapping)))}
        for line in lines
        if "sku" in line
    ]
    if pieces:
        return {"lines": pieces}
    return {"amount": str(abs(amount))} if amount else {"all": True}


def _moment(text: str, mapping: Mapping, zone: tzinfo | None) -> str:
    """ISO 8601 with an offset."""
    try:
        moment = datetime.strptime(text, mapping.time) if mapping.time else datetime.fromisoformat(text)
    except ValueError as error:
        wanted = mapping.time or "ISO 8601"
        raise Invalid(f"The time {text[:40]!r} does not look like {wanted}.", pointer="/at") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()

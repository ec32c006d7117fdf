"""Amounts of money: Decimal with the currency's digits, rounded half up, never a float."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from loyalty.errors import Invalid

_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?\Z")
LARGEST = Decimal(10) ** 12


def digits_of(currency: str) -> int:
    """How many decimals the ISO 4217 currency has (spec: programme, section 1)."""
    return _DIGITS.get(currency, 2)


def round_half_up(value: Fraction | Decimal | int, digits: int) -> Decimal:
    """`value` with `digits` decimals; halves go away from zero."""
    if isinstance(value, Fraction):
        scaled = abs(value) * 10**digits
        whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
        return (Decimal(whole) if value >= 0 else -Decimal(whole)).scaleb(-digits)
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def parse_amount(text: str, what: str = "amount") -> Decimal:
    """A person's or program's text as an exact amount; Invalid with one sentence otherwise."""
    if not isinstance(text, str) or not _PLAIN.match(text.strip()):
        raise Invalid(
            f"The {what} {str(text)[:40]!r} is not a number; write digits with a point, such as 12.50.", pointer=what
        )
    return Decimal(text.strip())

"""Exact numbers: whole ones stay int, others are Fraction; never a float. Rounding and writing them as text."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import TypeGuard

from loyalty.errors import Invalid
from loyalty.points.facts import Exact

LARGEST = 10**12
"""No amount or count that comes from outside may be larger (10^12 in a wallet of 4 decimals still fits 64 bits)."""

_MOST_PLACES = 12
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Whether `value` is a number as documents write them; booleans, floats and text are none."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def exact(value: object, what: str = "number") -> Exact:
    """An int, Decimal or decimal text as int or Fraction. Invalid for anything else, or when absurdly large."""
    if isinstance(value, str) and len(value) <= 40 and _NUMBER.match(value):
        whole, _, decimals = value.partition(".")
        places = len(decimals)
        number: Exact = ratio(int(whole + decimals), 10**places)
    elif is_number(value):
        number, places = (value, 0) if isinstance(value, int) else _of_decimal(value)
    else:
        raise Invalid(f"The {what} {str(value)[:40]!r} is not a number; write digits such as 12.50.", pointer=what)
    if not -LARGEST <= number <= LARGEST:
        raise Invalid(f"The {what} {str(value)[:40]} is too large; the most is {LARGEST}.", pointer=what)
    if places > _MOST_PLACES:
        raise Invalid(f"The {what} {str(value)[:40]} has too many decimals; the most is {_MOST_PLACES}.", pointer=what)
    return number


def _of_decimal(number: Decimal) -> tuple[Exact, int]:
    """As a fraction, and its places. What is refused anyway is not written out: 10^30000 takes long."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # it is finite
    if not -LARGEST <= number <= LARGEST:
        return LARGEST + 1, 0
    return (0 if exponent < -_MOST_PLACES else tidy(Fraction(number))), -exponent


def tidy(value: Exact) -> Exact:
    """The same value, as int when it is whole: ints are several times faster than Fractions."""
    if type(value) is Fraction and value.denominator == 1:  # isinstance asks its abstract bases for every int
        return value.numerator
    return value


def added_up(values: Collection[Exact]) -> Exact:
    """Their sum, with one fraction made instead of one for each of them."""
    for value in values:
        if type(value) is Fraction:
            below = lcm(*(value.denominator for value in values))
            return ratio(sum(value.numerator * (below // value.denominator) for value in values), below)
    return sum(values)


def ratio(value: Exact, divisor: Exact) -> Exact:
    """value / divisor, exactly."""
    if type(value) is int and type(divisor) is int:
        whole, rest = divmod(value, divisor)
        return Fraction(value, divisor) if rest else whole
    return tidy(Fraction(value) / divisor)


def floor(value: Exact) -> int:
    return value if isinstance(value, int) else value.numerator // value.denominator


def ceil(value: Exact) -> int:
    return value if isinstance(value, int) else -(-value.numerator // value.denominator)


def half_up(value: Exact) -> int:
    """Halves go away from zero."""
    if isinstance(value, int):
        return value
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def half_even(value: Exact) -> int:
    return value if isinstance(value, int) else round(value)


ROUNDINGS = {"floor": floor, "half_up": half_up, "half_even": half_even, "ceil": ceil}


def to_units(value: Exact, decimals: int, what: str) -> int:
    """An amount as whole smallest units. Invalid when it has more decimals than there are."""
    units = tidy(value * 10**decimals)
    if not isinstance(units, int):
        places = f"at most {decimals} decimals" if decimals else "whole numbers only"
        raise Invalid(f"The {what} {as_text(value)} does not fit: {places}.", pointer=what)
    return units


def as_text(value: Exact, places: int = 6) -> str:
    """Decimal text without needless zeros; what does not end is rounded half up to `places` decimals."""
    if type(value) is int:
        return str(value)
    sign = "-" if value < 0 else ""
    units = half_up(abs(value) * 10**places)
    whole, rest = divmod(units, 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0") if places else ""
    return f"{sign if units else ''}{whole}{'.' + decimals if decimals else ''}"


def money_text(units: int, digits: int) -> str:
    """Smallest units of money as text with all its digits: 1250 -> "12.50"."""
    if not digits:
        return str(units)
    whole, rest = divmod(abs(units), 10**digits)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{digits}d}"


def points_json(units: Exact, decimals: int) -> int | str:
    """Points for JSON: an int in a wallet without decimals, else decimal text."""
    if not decimals and isinstance(units, int):
        return units
    value = tidy(Fraction(units) / 10**decimals)
    return value if isinstance(value, int) and not decimals else as_text(value)


def plain(mapping: Mapping[str, object]) -> dict[str, object]:
    """A copy without the entries that are None."""
    return {key: value for key, value in mapping.items() if value is not None}

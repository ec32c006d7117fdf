"""Member numbers: random, so that nobody can count or guess them, with a check digit against slips of the hand."""

import secrets

from stdnum import luhn
from stdnum.iso7064 import mod_11_10, mod_97_10

from loyalty.errors import Invalid

BODY_DIGITS = 9
_ALLOWED = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CHECK = {
    "luhn": luhn.calc_check_digit,
    "mod_11_10": mod_11_10.calc_check_digit,
    "mod_97_10": mod_97_10.calc_check_digits,
    "none": lambda body: "",
}


def new_number(scheme: str) -> str:
    """Nine random digits, the first not 0, and the check digits of `scheme` (a setting, `number_check`)."""
    body = str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(BODY_DIGITS - 1))
    return body + _CHECK[scheme](body)


def given_number(text: str) -> str:
    """A number that a shop brings along: letters A to Z and digits, at most 32; its check digit is the shop's own."""
    number = text.replace(" ", "").replace("-", "").upper()
    if not 1 <= len(number) <= 32 or not set(number) <= _ALLOWED:
        raise Invalid(
            f"The member number {text[:40]!r} is not 1 to 32 letters and digits; mend it or leave it out.",
            pointer="/number",
        )
    return number


def is_slip(number: str, scheme: str) -> bool:
    """Whether a number of our own shape has a wrong check digit: a slip of the hand, not an unknown member."""
    checks = _CHECK[scheme]
    if not number.isdigit() or len(number) != BODY_DIGITS + len(checks("1" * BODY_DIGITS)):
        return False
    return number[BODY_DIGITS:] != checks(number[:BODY_DIGITS])

"""What a scanned code is: a member's number, a coupon, or a code as any other.

GS1 General Specifications: application identifier 8018 (GSRN of the recipient, 18 digits, the last a check digit) names
a member, 255 (GCN: 13 digits of which the last is a check digit, then up to 12 of a serial number) a coupon. Only codes
whose symbology says GS1 are read so: the same digits in a plain Code 128 mean something else. GS1 Digital Link says the
same in an address, `https://any.shop/8018/123456789012345675`, in a plain QR code or Data Matrix: there the path tells.
"""

import re
from dataclasses import dataclass

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from stdnum import ean

MEMBER_AI, COUPON_AI = "8018", "255"
GS1_SYMBOLOGIES = ("GS1128", "GS1DATAMATRIX", "GS1QR", "GS1DOTCODE", "DATABAR")
_FNC1 = "\x1d"
_ADDRESS = re.compile(r"https?://\S+/\S+", re.IGNORECASE)
_COUPON_DIGITS = 13


class WrongDigit(ValueError):
    """A check digit says that the number was misread or misprinted."""


@dataclass(frozen=True)
class Meaning:
    """kind and value of a Token."""

    kind: str
    value: str


def meaning_of(data: str, symbology: str) -> Meaning:
    """What the code stands for. WrongDigit for a member's number or a coupon that cannot be right."""
    address = _ADDRESS.fullmatch(data)
    if symbology not in GS1_SYMBOLOGIES and not address:
        return Meaning("barcode", data)
    try:
        read = GS1DigitalLinkURI.parse(data) if address else GS1Message.parse(data.strip(_FNC1))
        found = read.element_strings
    except (ParseError, ValueError):
        return Meaning("barcode", data)  # no message of GS1 after all; somebody may know it by its characters
    by_ai = {element.ai.ai: element.value for element in found}
    if number := by_ai.get(MEMBER_AI):
        return Meaning("number", _checked(number, number, "member number"))
    if coupon := by_ai.get(COUPON_AI):
        return Meaning("coupon", _checked(coupon[:_COUPON_DIGITS], coupon, "coupon"))
    return Meaning("barcode", data)


def _checked(digits: str, whole: str, what: str) -> str:
    if ean.calc_check_digit(digits[:-1]) != digits[-1]:
        raise WrongDigit(f"The check digit of the {what} is wrong.")
    return whole

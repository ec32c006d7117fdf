"""One spelling for each credential, however a reader, a scanner or a person wrote it."""

import re
import unicodedata

import phonenumbers

from loyalty.contract.bank_card import holds_bank_stripe
from loyalty.errors import Invalid

_UID = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})\Z")
CARD_KINDS = ("card_uid", "barcode", "magstripe", "sun")
"""Kinds that are cards of their own; `phone` and `number` belong to the member."""


def normalised(kind: str, value: str, region: str) -> str:
    """The token as it is stored and compared. Invalid in one sentence when it cannot be one of its kind."""
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > 256:
        raise Invalid("A card's token has 1 to 256 characters; read the card again.", pointer="/token")
    if holds_bank_stripe(kind, text):
        sentence = "This is a bank card and was not kept; give the member a card of the shop."
        raise Invalid(sentence, code="bank_card", pointer="/token")
    if kind == "card_uid":
        uid = re.sub(r"[\s:.-]", "", text).upper()
        if not _UID.match(uid):
            raise Invalid(
                f"The chip number {text[:40]!r} is not 4, 7 or 10 bytes in hexadecimal; read the card again.",
                pointer="/token",
            )
        return uid
    if kind == "phone":
        return phone_number(text, region)
    if kind == "number":
        return text.replace(" ", "").replace("-", "").upper()
    return text


def phone_number(text: str, region: str) -> str:
    """E.164. A number without country code is one of `region` (ISO 3166, such as HK)."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise Invalid(f"{text[:40]!r} is no telephone number; write it as +852 6123 4567.", pointer="/phone") from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid(f"The telephone number {text[:40]!r} has the wrong length; write it as +852 6123 4567.",
                      pointer="/phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national_number(e164: str) -> str:
    """The digits that people of the same country dial."""
    return str(phonenumbers.parse(e164).national_number)


def stripe_numbers(data: str) -> list[str]:
    """What in a stripe's data may be a member's number: the leading field of each track."""
    tracks = re.split(r"[%;?+\r\n]", data)
    fields = [re.split(r"[=^]", track)[0].strip() for track in tracks]
    return [field for field in dict.fromkeys([data, *fields]) if field]


def phone_in_groups(number: str) -> str:
    """An E.164 number as people write it, `+852 6123 4567`; anything else as it is."""
    try:
        known = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

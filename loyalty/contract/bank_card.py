"""What looks like a bank card, so that nothing here keeps one: numbers by ISO/IEC 7812, track layouts by 7813 and 4909.

Who is handed such a number has to guard it for ever; whoever refuses it at the edge need not. Hence two tests. A number
of the payment schemes' ranges with a right check digit is a bank card, whatever the rest says. A track laid out as a
payment card's is taken for one as well, unless its number begins as the shop's own do.
"""

import re
from collections.abc import Mapping, Sequence

SHORTEST, LONGEST = 12, 19
_RANGES = (
    # first number, last number, shortest, longest: as the schemes publish them, rather too wide than too narrow
    ("1", "1", 15, 15),  # UATP
    ("2014", "2014", 15, 15), ("2149", "2149", 15, 15),  # enRoute
    ("2200", "2205", 16, 19),  # Mir, Borica
    ("2221", "2720", 16, 16),  # Mastercard
    ("30", "30", 14, 19), ("36", "36", 14, 19), ("38", "39", 14, 19),  # Diners
    ("34", "34", 15, 15), ("37", "37", 15, 15),  # American Express
    ("3528", "3589", 16, 19),  # JCB
    ("4", "4", 13, 19),  # Visa
    ("51", "55", 16, 16),  # Mastercard
    ("50", "50", 16, 19), ("56", "59", 16, 19),  # Maestro, national debit
    ("60", "69", 16, 19),  # Discover, Maestro, UnionPay, RuPay
    ("6304", "6304", 12, 19), ("6759", "6763", 12, 19),  # Maestro
    ("81", "82", 16, 19),  # UnionPay, RuPay
    ("8600", "8600", 16, 16), ("9860", "9860", 16, 16),  # Uzcard, Humo
    ("9792", "9792", 16, 16),  # Troy
)  # fmt: skip
_SENTINELS = ("%", ";", "+")
_RUN = re.compile(r"\d(?: ?\d)*")  # older American Express cards write track 1 with spaces
_TRACK1 = re.compile(r"[A-Z](\d(?: ?\d)*)\^[^^]*\^")
_TRACK2 = re.compile(r"(\d+)=\d\d(?:0[1-9]|1[0-2])\d{3}")  # expiry YYMM, then the service code
_TRACK3 = re.compile(r"\d\d(\d+)=\d{3}")  # format code, number, country or currency


def luhn(digits: str) -> bool:
    """Is the last digit the check digit of ISO/IEC 7812-1, annex B?"""
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_bank_number(digits: str) -> bool:
    """A payment scheme's range, its length, and a right check digit."""
    return digits.isascii() and digits.isdigit() and luhn(digits) and _in_a_range(digits)


def is_bank_card(tracks: Mapping[int, str], own_numbers: Sequence[str] = ()) -> bool:
    """Does what these tracks hold look like a bank card? tracks: number -> data, with or without its sentinels.

    own_numbers: how the shop's own numbers begin. They let in a payment card's layout, never a bank's number.
    """
    own = tuple(own_numbers)
    for track, text in tracks.items():
        if any(is_bank_number(number) for number in _numbers(track, text)):
            return True
        number = _laid_out_as_bank(track, text.strip("%;?+"))
        if SHORTEST <= len(number) <= LONGEST and not (own and number.startswith(own)):
            return True
    return False


def holds_bank_number(text: str) -> bool:
    """Is one in text of any origin, what a keyboard or a scanner brought? 13 digits are a product's EAN there."""
    return any(len(number) > 13 and is_bank_number(number) for track in (1, 3) for number in _numbers(track, text))


def holds_bank_stripe(kind: str | None, text: str) -> bool:
    """Is this credential of any reader a bank card's stripe? kind: a Token's, None where nobody said."""
    return (kind == "magstripe" or text[:1] in _SENTINELS) and holds_bank_number(text)


def masked(text: str) -> str:
    """`text` with at most six digits in a row, for logs and screens; spaces do not end a row."""
    return DigitMask().feed(text.encode("latin-1", "replace")).decode("latin-1")


class DigitMask:
    """Hides all but the first six digits of a row in bytes that come in any pieces; `*` stands for each hidden."""

    def __init__(self, shown: int = 6) -> None:
        self._shown, self._run = shown, 0

    def feed(self, data: bytes) -> bytes:
        return bytes(self._one(byte) for byte in data)

    def _one(self, byte: int) -> int:
        if 0x30 <= byte <= 0x39:
            self._run += 1
            return byte if self._run <= self._shown else 0x2A
        if byte != 0x20:
            self._run = 0
        return byte


def _in_a_range(digits: str) -> bool:
    return any(
        low <= digits[: len(low)] <= high and shortest <= len(digits) <= longest
        for low, high, shortest, longest in _RANGES
    )


def _numbers(track: int, text: str) -> list[str]:
    """Everything in a track that may be a card's number; on track 3 two digits of format code stand before it."""
    runs = [found.group().replace(" ", "") for found in _RUN.finditer(text)]
    return runs + ([run[2:] for run in runs] if track == 3 else [])


def _laid_out_as_bank(track: int, text: str) -> str:
    """The number of a track laid out as a payment card's; empty for any other layout."""
    layout = {1: _TRACK1, 2: _TRACK2, 3: _TRACK3}.get(track)
    found = layout.match(text) if layout else None
    return found[1].replace(" ", "") if found else ""

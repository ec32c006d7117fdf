"""What a scan comes to, for every scanner alike: unreadable, a repetition, or a credential."""

import re
from dataclasses import dataclass

from loyalty.contract.token import Token
from loyalty.devices.wire.gs1 import WrongDigit, meaning_of
from loyalty.errors import Garbled

MAX_CHARACTERS = 256
"""Of one code; as long as a Token may be."""
NOISE = re.compile(rb"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1b\x7f\xff]")
# Kept: EOT, TAB, LF, CR, FS, GS, RS, US, which codes hold; FF occurs in no UTF-8 and is what a hanging line gives.
_AGAIN = "Scan again; if it happens often, check the cable and the scanner's settings against its profile."


@dataclass(frozen=True)
class Scan:
    """One code. symbology: its name, such as QR, where the scanner tells; never part of data."""

    data: str
    symbology: str = ""


def scan_of(data: bytes, symbology: str, who: str) -> Scan:
    """Characters travel as latin-1. Garbled, naming `who`, for what no code holds."""
    data = data.rstrip(b"\r\n")
    if not data or len(data) > MAX_CHARACTERS:
        raise Garbled(f"{who}: a code has 1 to {MAX_CHARACTERS} characters, {len(data)} came.", advice=_AGAIN)
    if NOISE.search(data):
        raise Garbled(f"{who}: characters arrived that no code holds.", advice=_AGAIN)
    return Scan(data.decode("latin-1"), symbology)


def token_of(scan: Scan, reads_gs1: bool, source: str) -> Token:
    """GS1's member numbers and coupons by what they are, anything else as `barcode`. Garbled for a wrong digit."""
    if not reads_gs1:
        return Token("barcode", scan.data, source)
    try:
        meaning = meaning_of(scan.data, scan.symbology)
    except WrongDigit as error:
        raise Garbled(f"The scanner on {source}: {error}", advice=_AGAIN) from None
    return Token(meaning.kind, meaning.value, source)


class Repeats:
    """A scanner left on its stand reads the same code again and again: that is one scan."""

    def __init__(self, ignore_s: float) -> None:
        self._ignore_s = ignore_s
        self.last: Scan | None = None
        self._at = 0.0

    def again(self, scan: Scan, at: float) -> bool:
        """Is it the last one once more? at: seconds on a clock that only goes forward."""
        repeated = scan == self.last and at - self._at < self._ignore_s
        self.last, self._at = scan, at
        return repeated

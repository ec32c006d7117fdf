"""Symbology identifiers (ISO/IEC 15424, "AIM"): `]`, a letter for the symbology, a modifier.

Makers deviate (Datalogic sends ]X0 for UPC); a profile's table `symbologies` puts that right.
Sources: ISO/IEC 15424 by way of Zebra's guide 50-12500-066, table B-3, and barcode-software.eu.
"""

import re
from collections.abc import Mapping

IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
LENGTH = 3
_WHOLE = {
    "]C1": "GS1128", "]E0": "EAN13", "]E3": "EAN13", "]E4": "EAN8", "]d2": "GS1DATAMATRIX", "]Q3": "GS1QR",
    "]J1": "GS1DOTCODE",
}  # fmt: skip
_LETTERS = {
    "A": "CODE39", "C": "CODE128", "E": "EAN", "F": "CODABAR", "G": "CODE93", "H": "CODE11", "I": "ITF", "L": "PDF417",
    "M": "MSI", "Q": "QR", "d": "DATAMATRIX", "e": "DATABAR", "z": "AZTEC",
}  # fmt: skip


def symbology(identifier: str, deviations: Mapping[str, str] | None = None) -> str:
    """The symbology's name, such as QR; empty for an identifier that stands for none of ours, or for no identifier."""
    if deviations and identifier in deviations:
        return deviations[identifier]
    return _WHOLE.get(identifier) or _LETTERS.get(identifier[1:2], "")


def split(text: str) -> tuple[str, str]:
    """Identifier and data; an empty identifier where none stands before the data."""
    found = IDENTIFIER.match(text)
    return (text[:LENGTH], text[LENGTH:]) if found else ("", text)

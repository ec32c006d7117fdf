"""What concerns a person is not in a trace that leaves the shop: names, numbers of cards, pictures of faces.

A row that may carry such things keeps its beginning, so that a technician sees which command it was, and its length;
a row in the middle of a message keeps its length only.
Card numbers that are known are hidden wherever they stand, as text and as bytes.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from loyalty.devices.trace.rows import HIDDEN, Row

KEPT_BYTES = 3
SHORTEST_NUMBER = 6
"""So many digits in a row are taken for a number of a card or a person."""
_LEADS = b"\x02\x10\x1b\x1c\x1d"
_DIGITS = re.compile(rb"\d{%d,}" % SHORTEST_NUMBER)


def hidden(row: Row, tokens: Iterable[str] = ()) -> Row:
    """The row as it may leave the shop."""
    if HIDDEN in row.hex:
        return row
    data = bytes.fromhex(row.hex)
    if row.private:
        kept = b"" if row.inside else _beginning(data)
        meaning = row.meaning.split(" ")[0]
        return replace(row, hex=kept.hex() + HIDDEN * (len(data) - len(kept)), meaning=meaning)
    spans = [] if row.open else [found.span() for found in _DIGITS.finditer(data)]
    for token in tokens:
        spans += [found.span() for form in _forms(token) for found in re.finditer(re.escape(form), data, re.IGNORECASE)]
    pairs = [row.hex[at : at + 2] for at in range(0, len(row.hex), 2)]
    for start, end in spans:
        pairs[start:end] = [HIDDEN] * (end - start)
    return replace(row, hex="".join(pairs), meaning=row.meaning.split(" ")[0]) if spans else row


def _beginning(data: bytes) -> bytes:
    """Control bytes, and the one letter that makes a command of ESC, GS, STX and the like; never two letters."""
    at = 0
    while at < min(KEPT_BYTES, len(data)):
        letter = 0x20 <= data[at] < 0x7F
        if letter and (at == 0 or data[at - 1] not in _LEADS):
            break
        at += 1
    return data[:at]


def _forms(token: str) -> list[bytes]:
    """The text itself and, where it is hex, the bytes it stands for."""
    forms = [token.encode("utf-8", "replace")] if len(token) > 3 else []
    if len(token) >= 8 and len(token) % 2 == 0 and re.fullmatch(r"[0-9A-Fa-f]+", token):
        forms.append(bytes.fromhex(token))
    return forms

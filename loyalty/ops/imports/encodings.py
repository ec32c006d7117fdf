"""Which encoding a text file has: what a byte order mark says, else UTF-8 if it is, else Big5 or GB18030 by its bytes.

Big5 keeps its 5,401 frequent characters at leading bytes A4 to C6, GB 2312 its 3,755 at B0 to D7 with a second byte
from A1 (both standards' code tables). Text of one read as the other lands outside these ranges far more often.
"""

from loyalty.errors import Invalid

ENCODINGS = ("utf-8", "utf-16", "big5hkscs", "gb18030")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOK_BYTES = 400_000


def encoding_of(data: bytes) -> str:
    """A name that Python's codecs know."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:_LOOK_BYTES]
    if head.count(0) > len(head) // 8:  # every other byte of western text in UTF-16
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    if _reads_as(data, "utf-8"):
        return "utf-8"
    pairs = _pairs(head)
    big5 = sum(0xA4 <= lead <= 0xC6 for lead, trail in pairs)
    gb = sum(0xB0 <= lead <= 0xD7 and trail >= 0xA1 for lead, trail in pairs)
    order = ("big5hkscs", "gb18030") if big5 >= gb else ("gb18030", "big5hkscs")
    return next((name for name in order if _reads_as(data, name)), order[0])


def text_of(data: bytes, encoding: str) -> str:
    """The text. Invalid when the bytes are not in that encoding."""
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise Invalid(
            f"The file cannot be read as {encoding}; save it as UTF-8, or name its encoding"
            f" ({', '.join(ENCODINGS)})."
        ) from error


def _reads_as(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _pairs(data: bytes) -> list[tuple[int, int]]:
    """Characters of two bytes: the first from 81, whatever follows."""
    found, place = [], 0
    while place < len(data) - 1:
        if data[place] < 0x81:
            place += 1
            continue
        found.append((data[place], data[place + 1]))
        place += 2
    return found

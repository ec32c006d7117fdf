"""NDEF: what a phone understands of a card. Records, and how type 2 (TLV) and type 4 (length in front) keep them.

NFC Forum NDEF 1.0, Type 2 Tag 1.1 section 2.3, Type 4 Tag 2.0 section 5.1; the records' own bytes are ndeflib's.
"""

from dataclasses import dataclass

import ndef

from loyalty.devices.wire.apdu.exchange import Malformed

LONGEST = 8192
_NULL, _MESSAGE, _END = 0x00, 0x03, 0xFE


@dataclass(frozen=True)
class Uri:
    address: str


@dataclass(frozen=True)
class Text:
    """language: as `en`, `zh-Hant`."""

    text: str
    language: str = "en"


@dataclass(frozen=True)
class Other:
    """kind: the type's whole name, as `urn:nfc:ext:example.org:card` or `application/json`."""

    kind: str
    data: bytes


Record = Uri | Text | Other


def encode(records: tuple[Record, ...]) -> bytes:
    """ValueError when a record cannot be: an empty message is none."""
    if not records:
        raise ValueError("a message has one record at least")
    try:
        return b"".join(ndef.message_encoder([_to_library(each) for each in records]))
    except (ndef.EncodeError, TypeError) as error:
        raise ValueError(str(error)) from error


def decode(raw: bytes) -> tuple[Record, ...]:
    """Malformed for bytes that are no message, or one too long to be believed."""
    if len(raw) > LONGEST:
        raise Malformed(f"a message of {len(raw)} bytes is longer than {LONGEST}")
    try:
        return tuple(_from_library(each) for each in ndef.message_decoder(raw))
    except (ndef.DecodeError, ValueError, LookupError) as error:  # a text may name a coding that is none
        raise Malformed(f"no NDEF message: {error}") from error


def _to_library(record: Record) -> ndef.Record:
    match record:
        case Uri(address):
            return ndef.UriRecord(address)
        case Text(text, language):
            return ndef.TextRecord(text, language)
        case Other(kind, data):
            return ndef.Record(kind, "", data)


def _from_library(record: ndef.Record) -> Record:
    if isinstance(record, ndef.UriRecord):
        return Uri(str(record.iri))
    if isinstance(record, ndef.TextRecord):
        return Text(str(record.text), str(record.language))
    return Other(str(record.type), bytes(record.data))


# Type 2: blocks of type, length, value in the user's pages.


def in_blocks(message: bytes) -> bytes:
    """The message as it lies from page 4 on, to whole pages."""
    size = bytes([len(message)]) if len(message) < 0xFF else b"\xff" + len(message).to_bytes(2, "big")
    area = bytes([_MESSAGE]) + size + message + bytes([_END])
    return area + bytes(-len(area) % 4)


def from_blocks(area: bytes) -> bytes | None:
    """The first message; None when there is none. Malformed when one breaks off."""
    at = 0
    while at < len(area) and area[at] != _END:
        if area[at] == _NULL:
            at += 1
            continue
        kind, start = area[at], at + 2
        if start > len(area):
            break
        size = area[at + 1]
        if size == 0xFF:
            size, start = int.from_bytes(area[at + 2 : at + 4], "big"), at + 4
        if kind == _MESSAGE:
            if start + size > len(area):
                raise Malformed(f"a message of {size} bytes breaks off")
            return area[start : start + size]
        at = start + size
    return None


def needed(head: bytes) -> int:
    """How many bytes from page 4 on hold the first message, as far as the first 16 of them tell; 0 for none."""
    at = 0
    while at < len(head) - 3:
        if head[at] == _NULL:
            at += 1
            continue
        if head[at] == _END:
            return 0
        size, start = head[at + 1], at + 2
        if size == 0xFF:
            size, start = int.from_bytes(head[at + 2 : at + 4], "big"), at + 4
        if head[at] == _MESSAGE:
            return start + size
        at = start + size
    return 0

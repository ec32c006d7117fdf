"""MagTek's USB HID swipe readers: one report for each swipe, questions through the feature report.

Source: USB HID SureSwipe & USB HID Swipe Reader Technical Reference Manual (99875191), pages 14 to 25. Readers that
encrypt have the same head and 112 bytes for each track (99875338, page 18).
"""

from dataclasses import dataclass, field
from typing import ClassVar

TRACKS = (1, 2, 3)
HEAD = 7
ENCODINGS = ("ISO/ABA", "AAMVA", "CADL", "blank", "other", "undetermined", "none")
_STARTS = {1: "%", 2: ";@", 3: ";+#!%&"}
"""Start sentinels by track: ISO, then those that MagTek gives to AAMVA, CADL and 7-bit tracks."""
FEATURE_SIZE, FEATURE_ROOM = 24, 22
RESULTS = ("done", "failed", "bad parameter")


class Malformed(ValueError):
    """A report that no reader sends. The text never holds what was on a card."""


@dataclass(frozen=True)
class CardData:
    """One swipe. tracks: with their sentinels, without LRC. errors: tracks that hold something unreadable."""

    tracks: dict[int, str] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    encoding: int = 0


def encode(card: CardData, room: int = 110) -> bytes:
    """The input report; room: bytes for each track."""
    texts = [card.tracks.get(track, "").encode("ascii") for track in TRACKS]
    if any(len(text) > room for text in texts):
        raise ValueError(f"A track has at most {room} characters.")
    status = bytes(int(track in card.errors) for track in TRACKS)
    data = b"".join(text.ljust(room, b"\x00") for text in texts)
    return status + bytes(map(len, texts)) + bytes([card.encoding]) + data


def decode(report: bytes, room: int = 110) -> CardData:
    """The swipe in a report, which may go on behind the tracks; Malformed otherwise. What pads a track is nobody's."""
    if len(report) < HEAD + 3 * room:
        raise Malformed(f"A report has {HEAD + 3 * room} bytes or more, {len(report)} came.")
    status, lengths, encoding = report[:3], report[3:6], report[6]
    if encoding >= len(ENCODINGS) or any(value & ~1 for value in status):
        raise Malformed("A status or a kind of card came that does not exist.")
    tracks, errors = {}, tuple(track for track in TRACKS if status[track - 1])
    for track, length in zip(TRACKS, lengths, strict=True):
        if length > room or (length and track in errors):
            raise Malformed(f"Track {track} cannot have {length} characters.")
        if length:
            start = HEAD + (track - 1) * room
            tracks[track] = _track(track, report[start : start + length])
    return CardData(tracks, errors, encoding)


def _track(track: int, data: bytes) -> str:
    if not all(0x20 <= byte <= 0x5F for byte in data):
        raise Malformed(f"Track {track} holds what no track holds.")
    text = data.decode("ascii")
    if len(text) < 2 or text[0] not in _STARTS[track] or text[-1] != "?" or "?" in text[:-1]:
        raise Malformed(f"Track {track} lacks a sentinel.")
    return text


@dataclass(frozen=True)
class GetProperty:
    """Pages 18 and 19. SOFTWARE_ID: part number (8) and version (3); SERIAL: text; TRACKS_ENABLED: one byte."""

    property: int
    number: ClassVar = 0x00
    SOFTWARE_ID: ClassVar = 0x00
    SERIAL: ClassVar = 0x01
    TRACKS_ENABLED: ClassVar = 0x04
    INTERFACE: ClassVar = 0x10


@dataclass(frozen=True)
class SetProperty:
    property: int
    value: bytes
    number: ClassVar = 0x01


@dataclass(frozen=True)
class ResetDevice:
    number: ClassVar = 0x02


@dataclass(frozen=True)
class Result:
    """code: 0 done, 1 failed, 2 bad parameter; others belong to their command."""

    code: int
    data: bytes = b""

    @property
    def meaning(self) -> str:
        return RESULTS[self.code] if self.code < len(RESULTS) else f"result {self.code:02X}h"


Command = GetProperty | SetProperty | ResetDevice


def encode_feature(message: Command | Result) -> bytes:
    """24 bytes: number or result code, length, data, zeros."""
    match message:
        case GetProperty(number):
            data = bytes([number])
        case SetProperty(number, value):
            data = bytes([number]) + value
        case ResetDevice():
            data = b""
        case Result(code, answer):
            return bytes([code, len(answer)]) + answer.ljust(FEATURE_ROOM, b"\x00")
    return bytes([message.number, len(data)]) + data.ljust(FEATURE_ROOM, b"\x00")


def decode_command(report: bytes) -> Command | None:
    """None for a number that no reader knows, or a wrong length."""
    data = _data(report)
    if data is None:
        return None
    if report[0] == GetProperty.number and len(data) == 1:
        return GetProperty(data[0])
    if report[0] == SetProperty.number and len(data) > 1:
        return SetProperty(data[0], data[1:])
    return ResetDevice() if report[0] == ResetDevice.number and not data else None


def decode_result(report: bytes) -> Result:
    """Malformed when this is no answer."""
    data = _data(report)
    if data is None:
        raise Malformed("A feature report has 24 bytes, of which at most 22 are data.")
    return Result(report[0], data)


def _data(report: bytes) -> bytes | None:
    return report[2 : 2 + report[1]] if len(report) == FEATURE_SIZE and report[1] <= FEATURE_ROOM else None

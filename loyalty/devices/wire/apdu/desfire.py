"""MIFARE DESFire EV1 and EV2: commands, inside an APDU each (90 instruction 00 00 length body 00, answered 91 status).

A message says what its bytes are (`layout`: b one byte, t three, i four with a sign, w an access word, * the rest; low
byte first) and how many of them are the header, which is never enciphered. `parse` is the card's side. Sources:
libfreefare mifare_desfire.c and .h; values that cards showed are in the golden vectors.
"""

from dataclasses import astuple, dataclass, replace
from typing import ClassVar, Self

from loyalty.devices.wire.apdu.desfire_message import Message, joined
from loyalty.devices.wire.apdu.exchange import Command, Malformed, Response
from loyalty.devices.wire.apdu.file_settings import Access
from loyalty.devices.wire.apdu.secure_session import Mode

MORE = 0xAF
CLASS, STATUS = 0x90, 0x91
FRAME = 55
"""Bytes behind an instruction that go at once; more are asked for with 91 AF (libfreefare's limit)."""
CARD_LEVEL = 0
"""The application that stands for the card itself."""

OK, NO_CHANGES, NO_MEMORY, UNKNOWN, INTEGRITY, NO_KEY, LENGTH, DENIED, PARAMETER = (
    0x00, 0x0C, 0x0E, 0x1C, 0x1E, 0x40, 0x7E, 0x9D, 0x9E,
)  # fmt: skip
NO_APPLICATION, AUTHENTICATION, BOUNDARY, ABORTED, DUPLICATE, NO_FILE = 0xA0, 0xAE, 0xBE, 0xCA, 0xDE, 0xF0
MEANING = {
    OK: "done", NO_CHANGES: "nothing to commit", NO_MEMORY: "no memory left", UNKNOWN: "unknown command",
    INTEGRITY: "checksum, MAC or padding is wrong", NO_KEY: "no such key", LENGTH: "wrong length",
    DENIED: "not permitted", PARAMETER: "wrong parameter", NO_APPLICATION: "no such application",
    AUTHENTICATION: "not authenticated with the right key", BOUNDARY: "beyond the limits of the file",
    ABORTED: "the command before was not finished", DUPLICATE: "exists already", NO_FILE: "no such file",
}  # fmt: skip


def framed(ins: int, body: bytes = b"") -> Command:
    return Command(CLASS, ins, 0, 0, body, 256)


def status_of(answer: Response) -> int:
    """Malformed for an answer that is no DESFire's."""
    if answer.sw >> 8 != STATUS:
        raise Malformed(f"{answer.sw:04X} is no status of a DESFire")
    return answer.sw & 0xFF


def meaning_of(status: int) -> str:
    return f"{MEANING.get(status, 'refused')} (91{status:02X})"


# The card and its applications.


@dataclass(frozen=True)
class GetVersion(Message):
    """Answered in three parts: hardware, software, UID and production (card_version.py)."""

    ins = 0x60


@dataclass(frozen=True)
class FreeMemory(Message):
    ins = 0x6E


@dataclass(frozen=True)
class GetCardUid(Message):
    """The UID of a card that shows a random one to everybody else; inside a session only."""

    ins = 0x51
    mode = Mode.FULL


@dataclass(frozen=True)
class SelectApplication(Message):
    """Ends the session and what was not committed."""

    application: int
    ins, layout, head, mode = 0x5A, "t", 3, Mode.PLAIN


@dataclass(frozen=True)
class GetApplicationIds(Message):
    ins = 0x6A


@dataclass(frozen=True)
class CreateApplication(Message):
    """settings: key settings; keys: how many, with their KeyKind. iso: file identifier (low byte first) and name,
    if any."""

    application: int
    settings: int
    keys: int
    iso: bytes = b""
    ins, layout, head = 0xCA, "tbb*", 5


@dataclass(frozen=True)
class DeleteApplication(Message):
    application: int
    ins, layout, head = 0xDA, "t", 3


@dataclass(frozen=True)
class FormatCard(Message):
    ins = 0xFC


@dataclass(frozen=True)
class ChangeKeySettings(Message):
    """Of the application that is selected; enciphered whole."""

    settings: int
    ins, layout, mode = 0x54, "b", Mode.FULL


@dataclass(frozen=True)
class SetConfiguration(Message):
    """option 00: bit 0 no more formatting, bit 1 random UID from now on; both for good."""

    option: int
    data: bytes
    ins, layout, head, mode = 0x5C, "b*", 1, Mode.FULL
    RANDOM_UID: ClassVar[bytes] = b"\x02"


# Keys.


@dataclass(frozen=True)
class GetKeySettings(Message):
    """Answered with the settings and how many keys there are, with their KeyKind."""

    ins = 0x45


@dataclass(frozen=True)
class GetKeyVersion(Message):
    key: int
    ins, layout, head = 0x64, "b", 1


@dataclass(frozen=True)
class ChangeKey(Message):
    """key: with its new KeyKind when it is the card's own. data: the new key, exclusive or with the old one where that
    is not the session's; then its version, if it is one for AES."""

    key: int
    data: bytes
    ins, layout, head, mode = 0xC4, "b*", 1, Mode.FULL


# Files.


@dataclass(frozen=True)
class GetFileIds(Message):
    ins = 0x6F


@dataclass(frozen=True)
class GetFileSettings(Message):
    """Answered as file_settings.py says."""

    file: int
    ins, layout, head = 0xF5, "b", 1


@dataclass(frozen=True)
class CreateStandardFile(Message):
    """What is written to it holds at once. iso: its identifier in an application that has such, low byte first."""

    file: int
    communication: int
    access: Access
    size: int
    iso: bytes = b""
    ins, layout, head = 0xCD, "bbwt", 7

    def body(self) -> bytes:
        plain = joined(self.layout, astuple(self)[: len(self.layout)])
        return plain[:1] + self.iso + plain[1:]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        iso = body[1:3] if len(body) == cls.head + 2 else b""
        return replace(super().parse(body[:1] + body[1 + len(iso) :]), iso=iso)


@dataclass(frozen=True)
class CreateBackupFile(Message):
    """What is written to it holds once it is committed, or never."""

    file: int
    communication: int
    access: Access
    size: int
    ins, layout, head = 0xCB, "bbwt", 7


@dataclass(frozen=True)
class CreateValueFile(Message):
    """limited: is LimitedCredit allowed."""

    file: int
    communication: int
    access: Access
    lower: int
    upper: int
    value: int
    limited: int
    ins, layout, head = 0xCC, "bbwiiib", 17


@dataclass(frozen=True)
class DeleteFile(Message):
    file: int
    ins, layout, head = 0xDF, "b", 1

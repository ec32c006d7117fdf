"""NTAG 424 DNA: what it does differently from a DESFire. NXP AN12196 rev. 1.8; NT4H2421Gx data sheet rev. 3.0.

One application with five AES keys and three files: 1 the capability container (E103), 2 NDEF (E104), 3 the owner's own
(E105). Messages as in desfire.py; GetVersion, GetCardUid, GetKeyVersion, GetFileSettings and ChangeKey are the same.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu import desfire
from loyalty.devices.wire.apdu.desfire_message import Message as _Message
from loyalty.devices.wire.apdu.exchange import Command
from loyalty.devices.wire.apdu.secure_session import Mode

NDEF_APPLICATION = bytes.fromhex("D2760000850101")
CONTAINER, NDEF, OWN = 1, 2, 3
ISO_NAMES = {0xE103: CONTAINER, 0xE104: NDEF, 0xE105: OWN}
SIZES = {CONTAINER: 32, NDEF: 256, OWN: 128}
KEYS = 5
LONGEST = 248
"""Bytes behind an instruction: it knows no further frames for commands."""
FACTORY_CONTAINER = bytes.fromhex("001720010000FF0406E104010000000506E10500808283")
"""Data sheet section 8.2.3.1."""


def select_name(name: bytes) -> Command:
    """ISO/IEC 7816-4: an application by its name."""
    return Command(0x00, 0xA4, 0x04, 0x00, name, 256)


def select_file(number: int) -> Command:
    return Command(0x00, 0xA4, 0x00, 0x0C, number.to_bytes(2, "big"))


def read_binary(offset: int, length: int) -> Command:
    """length: 1 to 256."""
    return Command(0x00, 0xB0, offset >> 8, offset & 0xFF, le=length)


def update_binary(offset: int, data: bytes) -> Command:
    return Command(0x00, 0xD6, offset >> 8, offset & 0xFF, data)


@dataclass(frozen=True)
class ReadFile(_Message):
    """length 0: to the end."""

    file: int
    offset: int
    length: int
    ins, layout, head, mode = 0xAD, "btt", 7, None


@dataclass(frozen=True)
class WriteFile(_Message):
    file: int
    offset: int
    length: int
    data: bytes
    ins, layout, head, mode = 0x8D, "btt*", 7, None


@dataclass(frozen=True)
class ChangeFileSettings(_Message):
    """settings: TagFile.changeable()."""

    file: int
    settings: bytes
    ins, layout, head, mode = 0x5F, "b*", 1, Mode.FULL


@dataclass(frozen=True)
class GetFileCounters(_Message):
    """How often the file was read since it mirrors: three bytes, then two that say nothing."""

    file: int
    ins, layout, head, mode = 0xF6, "b", 1, Mode.FULL


Message = (
    ReadFile | WriteFile | ChangeFileSettings | GetFileCounters | desfire.GetVersion | desfire.GetCardUid
    | desfire.GetKeyVersion | desfire.GetFileSettings | desfire.ChangeKey
)  # fmt: skip
BY_INSTRUCTION: dict[int, type[Message]] = {each.ins: each for each in Message.__args__}

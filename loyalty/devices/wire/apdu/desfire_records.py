"""MIFARE DESFire: files of records, each of the same size; a linear one fills up, a cyclic one forgets its oldest.

A record is written, as anything else, by a transaction: everything that is written to the file before the commit is one
new record, or none. Sources: libfreefare mifare_desfire.c (commands) and test/test_mifare_desfire.c (what real cards
do: a cyclic file for ten holds nine, to write behind a clearing that is not committed is not permitted, to read an
empty file ends the transaction); NXP MF3ICDx21_41_81 short data sheet rev. 3.1, table 8. That records come oldest first
is unverified.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu.desfire_message import Message as _Message
from loyalty.devices.wire.apdu.file_settings import Access


@dataclass(frozen=True)
class CreateLinearRecordFile(_Message):
    """size: bytes of a record. most: how many there can be."""

    file: int
    communication: int
    access: Access
    size: int
    most: int
    ins, layout, head = 0xC1, "bbwtt", 10


@dataclass(frozen=True)
class CreateCyclicRecordFile(_Message):
    """One of `most` is the card's own, in which it prepares the next."""

    file: int
    communication: int
    access: Access
    size: int
    most: int
    ins, layout, head = 0xC0, "bbwtt", 10


@dataclass(frozen=True)
class ReadRecords(_Message):
    """offset: 0 is the newest one; count of them from there back, 0: all."""

    file: int
    offset: int
    count: int
    ins, layout, head, mode = 0xBB, "btt", 7, None


@dataclass(frozen=True)
class WriteRecord(_Message):
    """offset and length: bytes within the record."""

    file: int
    offset: int
    length: int
    data: bytes
    ins, layout, head, mode = 0x3B, "btt*", 7, None


@dataclass(frozen=True)
class ClearRecordFile(_Message):
    """Every record is gone once it is committed."""

    file: int
    ins, layout, head = 0xEB, "b", 1


Create = CreateLinearRecordFile | CreateCyclicRecordFile
Message = Create | ReadRecords | WriteRecord | ClearRecordFile

"""MIFARE DESFire: what is done with the content of files. Sources as in desfire.py.

Values and backup files change when the transaction is committed; a card that leaves the field before has changed
nothing.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu import desfire, desfire_records
from loyalty.devices.wire.apdu.desfire_message import Message as _Message
from loyalty.devices.wire.apdu.desfire_records import ReadRecords, WriteRecord
from loyalty.devices.wire.apdu.file_settings import Access


@dataclass(frozen=True)
class ReadData(_Message):
    """length 0: to the end."""

    file: int
    offset: int
    length: int
    ins, layout, head, mode = 0xBD, "btt", 7, None


@dataclass(frozen=True)
class WriteData(_Message):
    file: int
    offset: int
    length: int
    data: bytes
    ins, layout, head, mode = 0x3D, "btt*", 7, None


@dataclass(frozen=True)
class GetValue(_Message):
    """As committed last."""

    file: int
    ins, layout, head, mode = 0x6C, "b", 1, None


@dataclass(frozen=True)
class Credit(_Message):
    """amount: never negative, in all three."""

    file: int
    amount: int
    ins, layout, head, mode = 0x0C, "bi", 1, None


@dataclass(frozen=True)
class LimitedCredit(_Message):
    """Gives back at most what the last transaction with a debit took, once; needs only the right to debit."""

    file: int
    amount: int
    ins, layout, head, mode = 0x1C, "bi", 1, None


@dataclass(frozen=True)
class Debit(_Message):
    file: int
    amount: int
    ins, layout, head, mode = 0xDC, "bi", 1, None


@dataclass(frozen=True)
class Commit(_Message):
    """Everything since the last commit holds from now on, or nothing of it."""

    ins = 0xC7


@dataclass(frozen=True)
class Abort(_Message):
    ins = 0xA7


Message = (
    desfire.GetVersion | desfire.FreeMemory | desfire.GetCardUid | desfire.SelectApplication | desfire.GetApplicationIds
    | desfire.CreateApplication | desfire.DeleteApplication | desfire.FormatCard | desfire.ChangeKeySettings
    | desfire.SetConfiguration | desfire.GetKeySettings | desfire.GetKeyVersion | desfire.ChangeKey | desfire.GetFileIds
    | desfire.GetFileSettings | desfire.CreateStandardFile | desfire.CreateBackupFile | desfire.CreateValueFile
    | desfire.DeleteFile | ReadData | WriteData | GetValue | Credit | LimitedCredit | Debit | Commit | Abort
    | desfire_records.Message
)  # fmt: skip
BY_INSTRUCTION: dict[int, type[Message]] = {each.ins: each for each in Message.__args__}


def parse(ins: int, body: bytes) -> Message | None:
    """The message in an instruction and what follows it, unsealed; None for an instruction that is none of these."""
    kind = BY_INSTRUCTION.get(ins)
    return kind.parse(body) if kind else None


def keys_for(ins: int, access: Access) -> set[int]:
    """Keys of which one is needed for what an instruction does to a file; FREE among them: none is."""
    match ins:
        case ReadData.ins | ReadRecords.ins:
            return {access.read, access.full}
        case WriteData.ins | LimitedCredit.ins | WriteRecord.ins:
            return {access.write, access.full}
        case GetValue.ins | Debit.ins:
            return {access.read, access.write, access.full}
    return {access.full}


def promised(ins: int, body: bytes) -> int | None:
    """Bytes of data that a command to a file or Change Key (AES) brings behind its header; None: it does not say."""
    if ins in (WriteData.ins, WriteRecord.ins):
        return int.from_bytes(body[4:7], "little")
    return {0xC4: 17, Credit.ins: 4, LimitedCredit.ins: 4, Debit.ins: 4}.get(ins)  # C4: a key and its version

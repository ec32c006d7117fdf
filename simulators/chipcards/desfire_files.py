"""The content of a simulated DESFire's files: rights, limits, and the transaction that holds whole or not at all."""

from typing import Any, Protocol

from loyalty.devices.wire.apdu import desfire
from loyalty.devices.wire.apdu.desfire_data import (
    Abort,
    Commit,
    Credit,
    Debit,
    GetValue,
    LimitedCredit,
    ReadData,
    WriteData,
    keys_for,
)
from loyalty.devices.wire.apdu.desfire_records import CreateCyclicRecordFile, CreateLinearRecordFile
from loyalty.devices.wire.apdu.file_settings import FREE, NEVER, Access, Kind, mode_of
from simulators.chipcards import desfire_records as records
from simulators.chipcards.desfire_memory import RECORDS, File, Memory
from simulators.chipcards.secure_card import Refused

Create = (
    desfire.CreateStandardFile | desfire.CreateBackupFile | desfire.CreateValueFile | CreateLinearRecordFile
    | CreateCyclicRecordFile
)  # fmt: skip
MEMORY = 8192
_DATA = (Kind.STANDARD, Kind.BACKUP)
_KINDS_FOR: dict[type, tuple[Kind, ...]] = {
    ReadData: _DATA, WriteData: _DATA, **dict.fromkeys(records.Message.__args__, RECORDS),
}  # fmt: skip
"""All others are for values."""
Message = Abort | Commit | Credit | Debit | GetValue | LimitedCredit | ReadData | WriteData | records.Message


class Holder(Protocol):
    memory: Memory

    def file(self, number: int) -> File: ...

    def keep(self) -> None: ...


def carry_out(card: Holder, message: Any, application: int, key: int | None) -> bytes:
    """key: that of the session. Refused."""
    if isinstance(message, Commit | Abort):
        done = card.memory.commit() if isinstance(message, Commit) else card.memory.abort()
        if not done:
            raise Refused(desfire.NO_CHANGES)
        card.keep()
        return b""
    file = card.file(message.file)
    keys = keys_for(message.ins, file.access)
    if FREE not in keys and key not in keys:
        raise Refused(desfire.DENIED if keys == {NEVER} else desfire.AUTHENTICATION)
    if file.kind not in _KINDS_FOR.get(type(message), (Kind.VALUE,)):
        raise Refused(desfire.PARAMETER)
    if isinstance(message, records.Message):
        return records.carry_out(card.memory, file, message, application)
    if isinstance(message, GetValue):
        return file.value.to_bytes(4, "little", signed=True)
    if isinstance(message, ReadData):
        return _read(file, message)
    if isinstance(message, WriteData):
        _write(card, file, message, application)
    else:
        _count(card.memory.changing(application, message.file), message)
    return b""


def _read(file: File, message: ReadData) -> bytes:
    end = message.offset + message.length if message.length else len(file.data)
    if not message.offset < end <= len(file.data):
        raise Refused(desfire.BOUNDARY)
    return bytes(file.data[message.offset : end])


def _write(card: Holder, file: File, message: WriteData, application: int) -> None:
    if len(message.data) != message.length:
        raise Refused(desfire.LENGTH)
    end = message.offset + message.length
    if not message.length or end > len(file.data):
        raise Refused(desfire.BOUNDARY)
    if file.kind is Kind.BACKUP:
        file = card.memory.changing(application, message.file)
    file.data[message.offset : end] = message.data
    if file.kind is Kind.STANDARD:
        card.keep()


def _count(file: File, message: Credit | LimitedCredit | Debit) -> None:
    if message.amount < 0:
        raise Refused(desfire.PARAMETER)
    if isinstance(message, LimitedCredit):
        if not file.limited:
            raise Refused(desfire.DENIED)
        if message.amount > file.limited_credit:
            raise Refused(desfire.BOUNDARY)
        file.limited_credit = 0
    value = file.value + (-message.amount if isinstance(message, Debit) else message.amount)
    if not file.lower <= value <= file.upper:
        raise Refused(desfire.BOUNDARY)
    file.value = value
    if isinstance(message, Debit):
        file.debited += message.amount


def made(message: Create) -> File:
    """The file that a command makes; Refused when no card has such."""
    mode, access = mode_of(message.communication), Access(*message.access)
    if isinstance(message, desfire.CreateValueFile):
        if not message.lower <= message.value <= message.upper:
            raise Refused(desfire.PARAMETER)
        file = File(Kind.VALUE, mode, access, limited=bool(message.limited & 1))
        file.lower, file.upper, file.value = message.lower, message.upper, message.value
        return file
    if isinstance(message, CreateLinearRecordFile | CreateCyclicRecordFile):
        kind = Kind.LINEAR if isinstance(message, CreateLinearRecordFile) else Kind.CYCLIC
        if not message.size or message.most < (1 if kind is Kind.LINEAR else 2):
            raise Refused(desfire.PARAMETER)
        _fits(message.size * message.most)
        return File(kind, mode, access, size=message.size, most=message.most)
    if not message.size:
        raise Refused(desfire.PARAMETER)
    _fits(message.size)
    kind = Kind.STANDARD if isinstance(message, desfire.CreateStandardFile) else Kind.BACKUP
    return File(kind, mode, access, bytearray(message.size))


def _fits(size: int) -> None:
    if size > MEMORY:
        raise Refused(desfire.NO_MEMORY)

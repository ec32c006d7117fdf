"""Files of records in a simulated DESFire: what a transaction adds or clears, and what is there to read."""

from loyalty.devices.wire.apdu import desfire
from loyalty.devices.wire.apdu.desfire_records import ClearRecordFile, ReadRecords, WriteRecord
from loyalty.devices.wire.apdu.file_settings import Kind
from simulators.chipcards.desfire_memory import File, Memory
from simulators.chipcards.secure_card import Refused

Message = ReadRecords | WriteRecord | ClearRecordFile


def carry_out(memory: Memory, file: File, message: Message, application: int) -> bytes:
    """`file` as it was committed last. Refused."""
    if isinstance(message, ReadRecords):
        return _read(file, message)
    running = memory.changing(application, message.file)
    if isinstance(message, ClearRecordFile):
        running.records.clear()
        running.begun, running.cleared = False, True
    else:
        _write(running, message)
    return b""


def room(file: File) -> int:
    """Records that can be read: a cyclic file keeps one for itself."""
    return file.most - (file.kind is Kind.CYCLIC)


def _read(file: File, message: ReadRecords) -> bytes:
    end = len(file.records) - message.offset
    start = end - message.count if message.count else 0
    if not 0 <= start < end:
        raise Refused(desfire.BOUNDARY)
    return b"".join(file.records[start:end])


def _write(file: File, message: WriteRecord) -> None:
    if file.cleared:
        raise Refused(desfire.DENIED)
    if len(message.data) != message.length:
        raise Refused(desfire.LENGTH)
    if not message.length or message.offset + message.length > file.size:
        raise Refused(desfire.BOUNDARY)
    if not file.begun:
        if len(file.records) >= room(file):
            if file.kind is Kind.LINEAR:
                raise Refused(desfire.BOUNDARY)
            del file.records[0]
        file.records.append(bytes(file.size))
        file.begun = True
    record = bytearray(file.records[-1])
    record[message.offset : message.offset + message.length] = message.data
    file.records[-1] = bytes(record)

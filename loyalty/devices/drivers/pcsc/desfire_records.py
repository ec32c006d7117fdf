"""Files of records on a MIFARE DESFire: a stamp for each visit, a journal that forgets its oldest line."""

from loyalty.devices.drivers.pcsc.desfire_files import DesfireFiles, untouched
from loyalty.devices.drivers.pcsc.talk import half_done
from loyalty.devices.wire.apdu import desfire_records
from loyalty.devices.wire.apdu.file_settings import Access, RecordFile
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import Garbled, Invalid


class DesfireRecords(DesfireFiles):
    """Of the application that is selected. Errors: see DesfireCard."""

    def create_record_file(
        self, file: int, size: int, most: int, access: Access, mode: Mode = Mode.FULL, *, cyclic: bool = False
    ) -> None:
        """`most` records of `size` bytes each. A cyclic file forgets its oldest; a linear one is full one day."""
        if size < 1 or most < (2 if cyclic else 1):
            raise Invalid("A record has 1 byte or more; a file holds 1 record or more, and a cyclic one at least 2.")
        room = most + cyclic  # the card keeps one of a cyclic file's for itself
        make = desfire_records.CreateCyclicRecordFile if cyclic else desfire_records.CreateLinearRecordFile
        deed = f"make file {file}"
        with self._talk.uninterrupted(), half_done(deed):
            self._secure.ask(make(file, mode, access, size, room), deed)

    def records(self, file: int, newest: int | None = None) -> tuple[bytes, ...]:
        """As committed last, oldest first; `newest`: so many of the youngest at most, None: all."""
        with self._talk.uninterrupted():
            found = self._record_file(file)
            count = found.count if newest is None else min(newest, found.count)
            if count < 1:
                return ()
            mode = self._mode(desfire_records.ReadRecords.ins, file)
            length, message = count * found.size, desfire_records.ReadRecords(file, 0, count)
            data = self._secure.ask(message, f"read the records of file {file}", mode, length=length)
            if len(data) != length:
                raise Garbled(f"The card answered {len(data)} bytes of records, not {length}.")
            return tuple(data[at : at + found.size] for at in range(0, length, found.size))

    def add_record(self, file: int, data: bytes) -> None:
        """Counts once it is committed; one for each transaction, a second call writes over the first one's bytes."""
        with self._talk.uninterrupted():
            found = self._record_file(file)
            if not 0 < len(data) <= found.size:
                raise Invalid(f"A record of file {file} has {found.size} bytes; {len(data)} do not fit.")
            message = desfire_records.WriteRecord(file, 0, len(data), data)
            with untouched():
                self._pending = True
                self._secure.ask(message, f"add to file {file}", self._mode(message.ins, file))

    def clear_records(self, file: int) -> None:
        """All are gone once it is committed; nothing can be added in the same transaction."""
        with self._talk.uninterrupted(), untouched():
            self._record_file(file)
            self._pending = True
            self._secure.ask(desfire_records.ClearRecordFile(file), f"clear file {file}")

    def _record_file(self, file: int) -> RecordFile:
        """Asked anew each time: how many there are changes."""
        self._settings.pop(file, None)
        found = self._settings_of(file)
        if not isinstance(found, RecordFile):
            raise Invalid(f"File {file} is no file of records.")
        return found

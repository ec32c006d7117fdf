"""The content of a MIFARE DESFire's files: bytes, values, and transactions that hold as a whole or not at all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from loyalty.devices.drivers.pcsc.secure_talk import Message, NothingToCommit, Random, SecureTalk
from loyalty.devices.drivers.pcsc.talk import Talk, half_done
from loyalty.devices.wire.apdu import Malformed, desfire, desfire_data
from loyalty.devices.wire.apdu.file_settings import DataFile, File, Kind, ValueFile, parse_file
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import DeviceError, Garbled, Invalid, Rejected

_MOST_AT_ONCE = 4096


class DesfireFiles:
    """Of the application that is selected. Errors: see DesfireCard."""

    def __init__(self, talk: Talk, random: Random = secrets.token_bytes) -> None:
        self._talk, self._secure = talk, SecureTalk(talk, desfire.FRAME, random)
        self._settings: dict[int, File] = {}
        self._pending = False
        """Was something sent that a commit would make hold?"""

    def files(self) -> tuple[int, ...]:
        return tuple(self._ask(desfire.GetFileIds(), "list its files"))

    def settings(self, file: int) -> File:
        """Asked once for each file of the selected application."""
        with self._talk.uninterrupted():
            return self._settings_of(file)

    def read(self, file: int, offset: int = 0, length: int | None = None) -> bytes:
        """length None: to the end."""
        with self._talk.uninterrupted():
            size = self._data_file(file).size
            length = size - offset if length is None else length
            if not 0 <= offset < offset + length <= size:
                raise Invalid(f"File {file} has {size} bytes; {length} from {offset} on are not all in it.")
            mode = self._mode(desfire_data.ReadData.ins, file)
            message = desfire_data.ReadData(file, offset, length)
            data = self._secure.ask(message, f"read file {file}", mode, length=length)
            if len(data) != length:
                raise Garbled(f"The card answered {len(data)} bytes of file {file}, not {length}.")
            return data

    def write(self, file: int, data: bytes, offset: int = 0) -> None:
        """A backup file holds it after commit(); a standard file at once."""
        with self._talk.uninterrupted():
            found = self._data_file(file)
            if not data or offset < 0 or offset + len(data) > found.size or len(data) > _MOST_AT_ONCE:
                raise Invalid(f"File {file} has {found.size} bytes; {len(data)} from {offset} on do not fit in.")
            mode = self._mode(desfire_data.WriteData.ins, file)
            message, deed = desfire_data.WriteData(file, offset, len(data), data), f"write file {file}"
            self._pending = self._pending or found.kind is Kind.BACKUP
            with half_done(deed) if found.kind is Kind.STANDARD else untouched():
                self._secure.ask(message, deed, mode)

    # -- values and transactions ---------------------------------------------------------------------------------

    def value(self, file: int) -> int:
        """As committed last."""
        with self._talk.uninterrupted():
            return self._value(file)

    def debit(self, file: int, amount: int) -> None:
        """Counts once it is committed, as credit() and limited_credit(). amount: 1 or more."""
        self._count(desfire_data.Debit(file, amount), f"take {amount} from file {file}")

    def credit(self, file: int, amount: int) -> None:
        self._count(desfire_data.Credit(file, amount), f"add {amount} to file {file}")

    def limited_credit(self, file: int, amount: int) -> None:
        """Gives back at most what the last transaction took, once."""
        self._count(desfire_data.LimitedCredit(file, amount), f"give {amount} back to file {file}")

    def commit(self) -> None:
        """Everything since the last commit holds now. On NoCard, NoAnswer, Garbled read the card: it may hold."""
        with self._talk.uninterrupted(), half_done("commit"), suppress(NothingToCommit):
            self._secure.ask(desfire_data.Commit(), "commit")

    def abort(self) -> None:
        """Nothing since the last commit holds."""
        with self._talk.uninterrupted():
            with suppress(NothingToCommit):
                self._secure.ask(desfire_data.Abort(), "forget what was not committed")
            self._pending = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done inside holds as a whole at the end, or, after any error inside, not at all."""
        try:
            yield
        except BaseException:
            with suppress(DeviceError):
                self.abort()
            raise
        self.commit()

    def count(self, file: int, step: int) -> int:
        """The value after `step`, which may be negative, was added and committed.

        Invalid when it would leave its limits. `half` of an error: untouched, or unknown when only the end of the
        commit stayed out; then value() of the card tells which of both numbers holds, and it is one of the two.
        """
        with self._talk.uninterrupted():
            before, limits = self._value(file), self._value_file(file)
            if not limits.lower <= before + step <= limits.upper:
                raise Invalid(f"{before} and {step:+d} do not stay between {limits.lower} and {limits.upper}.")
            if step:
                with self.transaction():
                    self.debit(file, -step) if step < 0 else self.credit(file, step)
            return before + step

    # -- inside an uninterrupted conversation --------------------------------------------------------------------

    def _ask(self, message: Message, deed: str) -> bytes:
        with self._talk.uninterrupted():
            return self._secure.ask(message, deed)

    def _change(self, message: Message, deed: str) -> None:
        with half_done(deed):
            self._ask(message, deed)

    def _count(self, message: desfire_data.Credit | desfire_data.LimitedCredit | desfire_data.Debit, deed: str) -> None:
        if not 0 < message.amount < 2**31:
            raise Invalid(f"An amount is 1 to 2147483647, not {message.amount}.")
        with self._talk.uninterrupted(), untouched():
            self._pending = True
            self._secure.ask(message, deed, self._mode(message.ins, message.file))

    def _value(self, file: int) -> int:
        self._value_file(file)
        mode = self._mode(desfire_data.GetValue.ins, file)
        raw = self._secure.ask(desfire_data.GetValue(file), f"read the value of file {file}", mode, length=4)
        if len(raw) != 4:
            raise Garbled(f"The card answered {len(raw)} bytes for a value, not 4.")
        return int.from_bytes(raw, "little", signed=True)

    def _settings_of(self, file: int) -> File:
        if file not in self._settings:
            raw = self._secure.ask(desfire.GetFileSettings(file), f"describe file {file}")
            try:
                self._settings[file] = parse_file(raw)
            except Malformed as error:
                raise Rejected(f"File {file} cannot be used: {error}.") from error
        return self._settings[file]

    def _data_file(self, file: int) -> DataFile:
        found = self._settings_of(file)
        if not isinstance(found, DataFile):
            raise Invalid(f"File {file} is no file of bytes.")
        return found

    def _value_file(self, file: int) -> ValueFile:
        found = self._settings_of(file)
        if not isinstance(found, ValueFile):
            raise Invalid(f"File {file} is no file of a value.")
        return found

    def _mode(self, ins: int, file: int) -> Mode:
        """A file's own way to travel holds for the keys that its rights name; for everybody else it is plain."""
        found, session = self._settings_of(file), self._secure.session
        return found.mode if session and session.key in desfire_data.keys_for(ins, found.access) else Mode.PLAIN


@contextmanager
def untouched() -> Iterator[None]:
    """Whatever goes wrong inside: nothing was committed, so nothing holds."""
    try:
        yield
    except DeviceError as error:
        error.half = "untouched"
        raise

"""NTAG 424 DNA in a reader: the address it signs (SUN), its files, keys and counter."""

import secrets
from collections.abc import Callable

from loyalty.devices.drivers.pcsc.iso_files import IsoFiles
from loyalty.devices.drivers.pcsc.ndef_card import NdefCard
from loyalty.devices.drivers.pcsc.secure_talk import Message, Random, SecureTalk
from loyalty.devices.drivers.pcsc.talk import OTHER_CARD, Talk, half_done
from loyalty.devices.wire.apdu import Malformed, aes, desfire, ntag424, sun, sun_address
from loyalty.devices.wire.apdu import ndef_message as nm
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.card_version import CardVersion, parse_version
from loyalty.devices.wire.apdu.file_settings import FREE, Access, TagFile, parse_tag_file
from loyalty.devices.wire.apdu.secure_session import Mode
from loyalty.errors import Garbled, Invalid, WrongCard


class Ntag424Card:
    """Errors as DesfireCard's. Its application is opened by the first method that needs it."""

    def __init__(self, talk: Talk, random: Random = secrets.token_bytes) -> None:
        self._talk, self._secure = talk, SecureTalk(talk, ntag424.LONGEST, random)
        self._ndef, self._open = NdefCard(talk, None), False

    def version(self) -> CardVersion:
        try:
            return parse_version(self._ask(desfire.GetVersion(), "say its version"))
        except Malformed as error:
            raise WrongCard(f"The card's version makes no sense: {error}.") from error

    def address(self) -> str:
        """What a phone would open. Every call has the chip count on, where it is set up to sign."""
        self._secure.session = None
        records = self._ndef.read()
        self._open = True
        if not records or not isinstance(records[0], nm.Uri):
            raise WrongCard("The card carries no address.", advice=OTHER_CARD)
        return records[0].address

    def signed(
        self, layout: sun.Layout, meta_key: bytes, file_key: bytes | Callable[[bytes | None], bytes]
    ) -> sun.Shown:
        """UID and counter out of the address, proved; WrongCard when the MAC is not made with this key.

        The counter says nothing alone: whoever keeps the last one asks sun.is_newer().
        """
        try:
            return sun.verify(self.address(), layout, meta_key, file_key)
        except Malformed as error:
            raise WrongCard(f"The card's signature is not the shop's: {error}.", advice=OTHER_CARD) from error

    def authenticate(self, key: int, value: bytes, way: Way = Way.EV2_FIRST) -> None:
        if len(value) != aes.BLOCK or way is Way.EV1:
            raise Invalid("This card takes keys of 16 bytes and EV2 authentication.")
        with self._talk.uninterrupted():
            self._open_application()
            self._secure.authenticate(way, key, value)

    def uid(self) -> bytes:
        """The real one, inside a session."""
        return self._ask(desfire.GetCardUid(), "say its UID")

    def counter(self, file: int = ntag424.NDEF) -> int:
        """How often the file was read without a key, as far as the settings let the session's key see it."""
        raw = self._ask(ntag424.GetFileCounters(file), "say its counter")
        if len(raw) != 5:
            raise Garbled(f"The card answered {len(raw)} bytes for its counter, not 5.")
        return int.from_bytes(raw[:3], "little")

    def settings(self, file: int) -> TagFile:
        try:
            return parse_tag_file(self._ask(desfire.GetFileSettings(file), f"describe file {file}"))
        except Malformed as error:
            raise Garbled(f"The settings of file {file} make no sense: {error}.") from error

    def read(self, file: int, offset: int = 0, length: int | None = None) -> bytes:
        """length None: to the end."""
        with self._talk.uninterrupted():
            found = self.settings(file)
            length = found.size - offset if length is None else length
            _insist_inside(offset, length, found.size)
            mode = self._mode(found, {found.access.read, found.access.full})
            data = self._secure.ask(ntag424.ReadFile(file, offset, length), f"read file {file}", mode)
            if len(data) != length:
                raise Garbled(f"The card answered {len(data)} bytes of file {file}, not {length}.")
            return data

    def write(self, file: int, data: bytes, offset: int = 0) -> None:
        """At once; a card that goes meanwhile may hold a part of it."""
        with self._talk.uninterrupted(), half_done(f"write file {file}"):
            found = self.settings(file)
            _insist_inside(offset, len(data), found.size)
            mode = self._mode(found, {found.access.write, found.access.full})
            room = ntag424.LONGEST - 48  # header, padding and MAC go with it
            for at in range(0, len(data), room):
                piece = data[at : at + room]
                message = ntag424.WriteFile(file, offset + at, len(piece), piece)
                self._secure.ask(message, f"write file {file}", mode)

    def change_settings(self, file: int, settings: TagFile) -> None:
        """Inside a session with the key that may change them. Reading after it has the counter begin anew."""
        with self._talk.uninterrupted(), half_done(f"set file {file} up"):
            message = ntag424.ChangeFileSettings(file, settings.changeable())
            self._secure.ask(message, f"set file {file} up")

    def change_key(self, key: int, new: bytes, old: bytes = b"", version: int = 1) -> None:
        """Inside a session with key 0. old: for all others; after a change of key 0 authenticate anew."""
        if len(new) != aes.BLOCK or (key and len(old) != aes.BLOCK):
            raise Invalid("A key has 16 bytes; to change another key than 0 its old value is needed too.")
        data = aes.xor(new, old) + bytes([version]) + aes.crc32(new) if key else new + bytes([version])
        with self._talk.uninterrupted(), half_done(f"change key {key}"):
            self._secure.ask(desfire.ChangeKey(key, data), f"change key {key}", last=key == 0)

    def sign_address(self, address: str, meta_key: int, file_key: int) -> sun.Layout:
        """Writes an address with {picc} or {uid}, {counter} and {mac} in it, and has the chip fill them in from now on.

        meta_key, file_key: numbers of keys. Inside a session with key 0. Afterwards only key 0 writes the address.
        """
        try:
            content, mirror, layout = sun_address.prepared(address, meta_key, file_key, file_key)
        except ValueError as error:
            raise Invalid(f"This address cannot be signed: {error}.") from error
        if len(content) > ntag424.SIZES[ntag424.NDEF]:
            raise Invalid(
                f"The card has room for {ntag424.SIZES[ntag424.NDEF]} bytes; this address needs {len(content)}."
            )
        with self._talk.uninterrupted():
            self.write(ntag424.NDEF, content)
            size = ntag424.SIZES[ntag424.NDEF]
            self.change_settings(ntag424.NDEF, TagFile(Mode.PLAIN, Access(FREE, 0, 0, 0), size, mirror))
        return layout

    def _mode(self, found: TagFile, keys: set[int]) -> Mode:
        session = self._secure.session
        return found.mode if session and session.key in keys else Mode.PLAIN

    def _ask(self, message: Message, deed: str) -> bytes:
        with self._talk.uninterrupted():
            self._open_application()
            return self._secure.ask(message, deed)

    def _open_application(self) -> None:
        if not self._open:
            IsoFiles(self._talk).open_ndef()
            self._open = True


def _insist_inside(offset: int, length: int, size: int) -> None:
    if offset < 0 or length < 1 or offset + length > size:
        raise Invalid(f"The file has {size} bytes; {length} from {offset} on are not all in it.")

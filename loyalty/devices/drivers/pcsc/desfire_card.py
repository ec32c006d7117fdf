"""MIFARE DESFire EV1 and EV2 in a reader: what it is, its applications, keys, and the files that are made in them."""

from loyalty.devices.drivers.pcsc.desfire_records import DesfireRecords
from loyalty.devices.drivers.pcsc.talk import half_done
from loyalty.devices.wire.apdu import Malformed, aes, desfire
from loyalty.devices.wire.apdu.authentication import Made, Way
from loyalty.devices.wire.apdu.card_version import CardVersion, parse_version
from loyalty.devices.wire.apdu.des_session import DesSession
from loyalty.devices.wire.apdu.desfire_keys import KeyKind, whole, with_version
from loyalty.devices.wire.apdu.file_settings import Access, Kind
from loyalty.devices.wire.apdu.secure_session import Ev2Session, Mode
from loyalty.errors import Garbled, Invalid, WrongCard


class DesfireCard(DesfireRecords):
    """Errors of every method: NoCard, CodeRefused without the right key, WrongCard, Garbled for an answer that is not
    the card's. An error ends the session: authenticate anew. random: so many random bytes.
    """

    _selected = desfire.CARD_LEVEL

    # -- the card and its applications ---------------------------------------------------------------------------

    def version(self) -> CardVersion:
        try:
            return parse_version(self._ask(desfire.GetVersion(), "say its version"))
        except Malformed as error:
            raise WrongCard(f"The card's version makes no sense: {error}.") from error

    def uid(self) -> bytes:
        """The real one, which a card with random UID tells only inside a session."""
        return self._ask(desfire.GetCardUid(), "say its UID")

    def free_memory(self) -> int:
        """Bytes."""
        return int.from_bytes(self._ask(desfire.FreeMemory(), "say how much memory is free"), "little")

    def applications(self) -> tuple[int, ...]:
        raw = self._ask(desfire.GetApplicationIds(), "list its applications")
        return tuple(int.from_bytes(raw[at : at + 3], "little") for at in range(0, len(raw), 3))

    def select(self, application: int = desfire.CARD_LEVEL) -> None:
        """Ends session and transaction; 0 is the card itself. WrongCard when there is no such application."""
        self._settings.clear()
        self._ask(desfire.SelectApplication(application), f"open application {application:06X}")
        self._selected, self._pending = application, False

    def authenticate(self, key: int, value: bytes, way: Way = Way.EV1) -> None:
        """Keys for AES, 16 bytes: Way.EV1 with every DESFire, EV2_FIRST and then EV2_AGAIN from EV2 on.

        Keys for DES, as a card's own is when delivered: Way.ISO (8, 16 or 24 bytes) or, weaker, Way.D40 (8 or 16).
        """
        if len(value) not in way.key_sizes:
            sizes = " or ".join(map(str, way.key_sizes))
            raise Invalid(f"A key for this authentication ({way:02X}) has {sizes} bytes, not {len(value)}.")
        with self._talk.uninterrupted():
            if self._pending and self._secure.session is None:
                self.select(self._selected)  # else what went wrong half-way would be committed with what comes now
            self._secure.authenticate(way, key, value)

    def create_application(
        self, application: int, keys: int, settings: int = 0x0F, kind: KeyKind = KeyKind.AES
    ) -> None:
        """keys: 1 to 14, all zero at first. Settings 0F: key 0 changes keys, files may be made without."""
        message = desfire.CreateApplication(application, settings, keys | kind)
        self._change(message, f"make application {application:06X}")

    def delete_application(self, application: int) -> None:
        """Of the card, or inside the application with its key 0; then the session ends with it."""
        deed, own = f"delete application {application:06X}", application == self._selected
        with self._talk.uninterrupted(), half_done(deed):
            self._secure.ask(desfire.DeleteApplication(application), deed, last=own)

    # -- keys ----------------------------------------------------------------------------------------------------

    def key_settings(self) -> tuple[int, int]:
        """Settings, and how many keys there are."""
        raw = self._ask(desfire.GetKeySettings(), "say its key settings")
        if len(raw) != 2:
            raise Garbled(f"The card answered {len(raw)} bytes for its key settings, not 2.")
        return raw[0], raw[1] & 0x0F

    def key_version(self, key: int) -> int:
        return int.from_bytes(self._ask(desfire.GetKeyVersion(key), f"say the version of key {key}"), "little")

    def change_key(self, key: int, new: bytes, old: bytes = b"", version: int = 0, kind: KeyKind | None = None) -> None:
        """old: needed for every key but the one of the session, which then has to be opened anew.

        kind: of the new key, which only the card's own may change (a card as delivered has one for DES); None: as it
        was. DES: 8, 16 or (THREE_DES) 24 bytes, whose lowest bits are given to the version.
        """
        session = self._secure.session
        if session is None:
            raise Invalid("A key is changed inside a session: authenticate first.")
        before = _kind(session)
        kind, own = before if kind is None else kind, key == session.key
        if kind is not before and self._selected != desfire.CARD_LEVEL:
            raise Invalid("Only the card's own key can become one of another kind; applications are made with theirs.")
        new, old = whole(new), whole(old)
        if len(new) != kind.size or (not own and len(old) != kind.size):
            raise Invalid(
                f"A key of this kind has {kind.size} bytes; to change another key than the session's its old value is "
                "needed too."
            )
        new = new if kind is KeyKind.AES else with_version(new, version)
        data = (new if own else aes.xor(new, old)) + (bytes([version]) if kind is KeyKind.AES else b"")
        tail = b"" if own else session.checksum(new)
        if isinstance(session, Ev2Session):
            data, tail = data + tail, b""
        number = key | kind if self._selected == desfire.CARD_LEVEL else key
        with self._talk.uninterrupted(), half_done(f"change key {key}"):
            self._secure.ask(desfire.ChangeKey(number, data), f"change key {key}", tail=tail, last=own)

    # -- making files --------------------------------------------------------------------------------------------

    def create_data_file(
        self, file: int, size: int, access: Access, mode: Mode = Mode.FULL, kind: Kind = Kind.BACKUP
    ) -> None:
        """BACKUP: what is written holds when it is committed; STANDARD: at once, half of it when the card goes."""
        make = desfire.CreateBackupFile if kind is Kind.BACKUP else desfire.CreateStandardFile
        self._change(make(file, mode, access, size), f"make file {file}")

    def create_value_file(
        self, file: int, value: int, lower: int, upper: int, access: Access, mode: Mode = Mode.FULL,
        *, limited: bool = False,
    ) -> None:  # fmt: skip
        """limited: may whoever debits give a part of the last debit back (limited_credit)."""
        message = desfire.CreateValueFile(file, mode, access, lower, upper, value, limited)
        self._change(message, f"make file {file}")

    def delete_file(self, file: int) -> None:
        self._settings.pop(file, None)
        self._change(desfire.DeleteFile(file), f"delete file {file}")


def _kind(session: Made) -> KeyKind:
    """Of the key that opened it, which is that of all keys beside it."""
    if isinstance(session, DesSession):
        return KeyKind.DES
    if isinstance(session, Ev2Session) or session.cipher.block == aes.BLOCK:
        return KeyKind.AES
    return KeyKind.THREE_DES if len(session.session_key) == 24 else KeyKind.DES

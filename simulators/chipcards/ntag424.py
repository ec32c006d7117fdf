"""An NTAG 424 DNA: five keys, three files, and an address that the chip signs anew at each reading (SUN).

Its memory: `{"keys": ["<32 hex>", …], "files": {"2": "<hex>", "3": "<hex>"}, "settings": {"2": "<hex as GetFileSettings
answers>"}, "counter": 0}`. The counter goes up at the first reading without a key since the card came into the field
or its application was selected. Sources: data sheet NT4H2421Gx rev. 3.0; NXP AN12196 rev. 1.8.
"""

import secrets
from typing import Any

from loyalty.devices.wire.apdu import Command, Malformed, Response, aes, desfire, sun
from loyalty.devices.wire.apdu import ntag424 as tag
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.card_version import CardVersion
from loyalty.devices.wire.apdu.file_settings import FREE, NEVER, Access, Mirror, TagFile, parse_tag_file
from loyalty.devices.wire.apdu.secure_session import Mode
from simulators.card import CardInvalid, SimCard
from simulators.chipcards.secure_card import Refused, SecureCard

_FACTORY = {
    tag.CONTAINER: TagFile(Mode.PLAIN, Access(FREE, 0, 0, 0), 32),
    tag.NDEF: TagFile(Mode.PLAIN, Access(FREE, FREE, FREE, 0), 256),
    tag.OWN: TagFile(Mode.FULL, Access(2, 3, 3, 0), 128),
}
"""Data sheet section 8.2.3; a tag of the shelf showed the same."""
_VERSION = CardVersion(
    bytes.fromhex("04040230001105"), bytes.fromhex("04040201021105"), b"", bytes.fromhex("CF1A4C3512"), 30, 18
)
_COUNTER_END = 0xFFFFFF


class Ntag424(SecureCard):
    messages: dict[int, Any] = dict(tag.BY_INSTRUCTION)
    ways = (Way.EV2_FIRST, Way.EV2_AGAIN)
    one_frame = True

    def __init__(self, card: SimCard) -> None:
        given = card.memory
        try:
            self._keys = [bytes.fromhex(key) for key in given.get("keys") or ["00" * 16] * tag.KEYS]
            self._settings = _FACTORY | {
                int(number): parse_tag_file(bytes.fromhex(text))
                for number, text in dict(given.get("settings") or {}).items()
            }
            content = {tag.CONTAINER: tag.FACTORY_CONTAINER} | {
                int(number): bytes.fromhex(text) for number, text in dict(given.get("files") or {}).items()
            }
            self._counter = int(given.get("counter", 0))
        except (TypeError, ValueError, AttributeError) as error:
            raise CardInvalid(f"The memory of an ntag424 cannot be this: {error}.") from error
        if len(self._keys) != tag.KEYS or any(len(key) != 16 for key in self._keys) or set(content) - set(tag.SIZES):
            raise CardInvalid("An ntag424 has five keys of 16 bytes and the files 1, 2 and 3.")
        self._files = {
            number: bytearray(content.get(number, b"").ljust(size, b"\0")) for number, size in tag.SIZES.items()
        }
        super().__init__(card)

    def leave_field(self) -> None:
        super().leave_field()
        self._inside, self._iso_file, self._counted, self._filling = False, 0, False, b""

    def _keep(self) -> None:
        self.card.memory.update(
            keys=[key.hex().upper() for key in self._keys], counter=self._counter,
            files={str(number): bytes(content).hex().upper() for number, content in self._files.items()},
            settings={str(number): settings.encoded().hex().upper() for number, settings in self._settings.items()},
        )  # fmt: skip

    # -- ISO/IEC 7816-4 ------------------------------------------------------------------------------------------

    def iso(self, command: Command) -> Response:
        match command.ins:
            case 0xA4:
                return self._select(command)
            case 0xB0 | 0xD6:
                number = tag.ISO_NAMES.get(0xE100 | command.p1 & 0x1F, 0) if command.p1 & 0x80 else self._iso_file
                offset = command.p2 if command.p1 & 0x80 else command.p1 << 8 | command.p2
                return self._binary(command, number, offset)
        return Response(sw=0x6D00)

    def _select(self, command: Command) -> Response:
        if command.p1 == 0x04 and command.data == tag.NDEF_APPLICATION:
            self.forget()
            self._inside, self._iso_file, self._counted = True, 0, False
            return Response()
        number = tag.ISO_NAMES.get(int.from_bytes(command.data, "big"), 0)
        if command.p1 != 0x00 or not self._inside or not number:
            return Response(sw=0x6A82)
        self._iso_file = number
        return Response()

    def _binary(self, command: Command, number: int, offset: int) -> Response:
        if not number:
            return Response(sw=0x6986)
        access, content = self._settings[number].access, self._files[number]
        rights = {access.read, access.full} if command.ins == 0xB0 else {access.write, access.full}
        if FREE not in rights and (self._session is None or self._session.key not in rights):
            return Response(sw=0x6982)
        if offset >= len(content) or offset + len(command.data) > len(content):
            return Response(sw=0x6A82)
        if command.ins == 0xB0:
            return Response(self._shown(number)[offset : offset + (command.le or 0)])
        self._files[number][offset : offset + len(command.data)] = command.data
        self._keep()
        return Response()

    # -- native commands -----------------------------------------------------------------------------------------

    def key_value(self, number: int, way: Way) -> bytes:
        if not self._inside or number >= tag.KEYS:
            raise Refused(desfire.NO_KEY if self._inside else desfire.DENIED)
        return self._keys[number]

    def _rights(self, ins: int, number: int) -> set[int]:
        if number not in self._settings:
            raise Refused(desfire.NO_FILE)
        access, mirror = self._settings[number].access, self._settings[number].mirror
        if ins == tag.GetFileCounters.ins:
            return {mirror.counter_key if mirror else NEVER}
        return {access.read if ins == tag.ReadFile.ins else access.write, access.full}

    def mode_of(self, ins: int, file: int) -> Mode:
        keys = self._rights(ins, file)
        return self._settings[file].mode if self._session and self._session.key in keys else Mode.PLAIN

    def carry_out_message(self, message: Any) -> bytes:
        session = self._session
        match message:
            case desfire.GetVersion():
                parts = _VERSION.frames()
                return parts[0] + parts[1] + self.uid + parts[2][7:]
            case desfire.GetCardUid() if session:
                return self.uid
            case desfire.GetKeyVersion(key=number) if number < tag.KEYS and self._inside:
                return bytes([int(self.card.memory.get("versions", {}).get(str(number), 0))])
            case desfire.GetFileSettings(file=number) if number in self._settings and self._inside:
                return self._settings[number].encoded()
            case desfire.ChangeKey():
                return self._change_key(message)
            case tag.ReadFile() | tag.WriteFile() | tag.GetFileCounters():
                return self._with_file(message)
            case tag.ChangeFileSettings():
                return self._change_settings(message)
        raise Refused(desfire.AUTHENTICATION if self._inside else desfire.DENIED)

    def _with_file(self, message: Any) -> bytes:
        keys = self._rights(message.ins, message.file)
        if not self._inside or keys == {NEVER}:
            raise Refused(desfire.DENIED)
        if FREE not in keys and (self._session is None or self._session.key not in keys):
            raise Refused(desfire.AUTHENTICATION)
        if isinstance(message, tag.GetFileCounters):
            return self._counter.to_bytes(3, "little") + bytes(2)
        content = self._files[message.file]
        end = message.offset + message.length if message.length else len(content)
        if not message.offset < end <= len(content):
            raise Refused(desfire.BOUNDARY)
        if isinstance(message, tag.ReadFile):
            return self._shown(message.file)[message.offset : end]
        if len(message.data) != message.length:
            raise Refused(desfire.LENGTH)
        content[message.offset : end] = message.data
        self._keep()
        return b""

    def _change_settings(self, message: tag.ChangeFileSettings) -> bytes:
        number, given = message.file, message.settings
        if number not in self._settings:
            raise Refused(desfire.NO_FILE)
        if self._session is None or self._session.key != self._settings[number].access.change:
            raise Refused(desfire.AUTHENTICATION)
        size = tag.SIZES[number].to_bytes(3, "little")
        try:
            settings = parse_tag_file(b"\0" + given[:3] + size + given[3:])
        except (Malformed, IndexError) as error:
            raise Refused(desfire.PARAMETER) from error
        if settings.mirror and number != tag.NDEF:
            raise Refused(desfire.PARAMETER)
        if settings.mirror and not self._settings[number].mirror:
            self._counter = 0
        self._settings[number] = settings
        self._keep()
        return b""

    def _change_key(self, message: desfire.ChangeKey) -> bytes:
        session, number, given = self._session, message.key, message.data
        if session is None or session.key != 0:
            raise Refused(desfire.AUTHENTICATION)
        if number >= tag.KEYS:
            raise Refused(desfire.NO_KEY)
        if len(given) != (17 if number == 0 else 21):
            raise Refused(desfire.LENGTH)
        value = given[:16] if number == 0 else aes.xor(given[:16], self._keys[number])
        if number and aes.crc32(value) != given[17:]:
            raise Refused(desfire.INTEGRITY)
        self._keys[number] = value
        self.card.memory.setdefault("versions", {})[str(number)] = given[16]
        self._keep()
        if number == 0:
            self.forget()
        return b""

    # -- secure dynamic messaging --------------------------------------------------------------------------------

    def _shown(self, number: int) -> bytes:
        """The file as it reads now; without a key, with everything that its settings mirror into it."""
        mirror = self._settings[number].mirror
        if mirror is None or self._session is not None:
            return bytes(self._files[number])
        if not self._counted:
            self._counted = True
            self._counter = min(self._counter + 1, _COUNTER_END)
            self._filling = secrets.token_bytes(16)  # one for all pieces in which the file is read
            self._keep()
        return mirrored(bytes(self._files[number]), mirror, self.uid, self._counter, self._keys, self._filling)


def mirrored(
    content: bytes, mirror: Mirror, uid: bytes, counter: int, keys: list[bytes], filling: bytes
) -> bytes:  # fmt: skip
    """`content` with UID, counter, cipher and MAC written over the places that are kept for them, as letters."""
    shown = sun.Shown(uid if mirror.with_uid else None, counter if mirror.with_counter else None)
    out = bytearray(content)

    def put(at: int | None, value: bytes) -> None:
        if at is not None:
            letters = value.hex().upper().encode()
            out[at : at + len(letters)] = letters

    put(mirror.uid_at, uid)
    put(mirror.counter_at, counter.to_bytes(3, "big"))
    if mirror.picc_at is not None:
        put(mirror.picc_at, sun.closed(keys[mirror.meta_key], shown, filling))
    if mirror.mac_at is None or mirror.mac_from is None:
        return bytes(out)
    key = keys[mirror.file_key]
    if mirror.enciphered:
        at, length = mirror.enciphered
        put(at, sun.closed_content(key, shown, bytes(out[at : at + length // 2])))
    put(mirror.mac_at, sun.made_mac(key, shown, bytes(out[mirror.mac_from : mirror.mac_at])))
    return bytes(out)

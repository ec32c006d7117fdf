"""A MIFARE DESFire EV1 or EV2: keys, applications, and who may make them.

EV1 knows the authentication AA, EV2 also 71 and 77; both know 1A and 0A for keys of DES, as its own is one when
delivered. With `random_uid` it shows another UID in each field, and its own only to who has a key.
"""

import secrets
from typing import Any

from loyalty.devices.wire.apdu import aes, desfire, desfire_data
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.des_session import DesSession
from loyalty.devices.wire.apdu.desfire_keys import KeyKind
from loyalty.devices.wire.apdu.secure_session import Ev1Session, Mode
from simulators.card import CardInvalid, SimCard
from simulators.chipcards import desfire_files
from simulators.chipcards.desfire_memory import Application, File, Memory
from simulators.chipcards.desfire_version import version_of
from simulators.chipcards.secure_card import Refused, SecureCard

_KINDS_FOR = {Way.D40: (KeyKind.DES,), Way.ISO: (KeyKind.DES, KeyKind.THREE_DES)}
"""Of keys, by authentication; AES for the others."""
_OWN_KEY, _FROZEN = 0xE, 0xF
_MAY_CHANGE_MASTER, _FREE_LISTS, _FREE_CREATION, _MAY_CONFIGURE = 1, 2, 4, 8
_MOST_APPLICATIONS, _MOST_FILES = 28, 32


class Desfire(SecureCard):
    """Its memory is described in desfire_memory."""

    messages: dict[int, Any] = {**desfire_data.BY_INSTRUCTION}

    def __init__(self, card: SimCard) -> None:
        try:
            self.memory = Memory(card.memory)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CardInvalid(f"The memory of a desfire cannot be this: {error}.") from error
        self._selected = desfire.CARD_LEVEL
        self.ways = (Way.D40, Way.ISO, Way.EV1) if self.memory.generation == "EV1" else tuple(Way)
        super().__init__(card)
        self._own_uid = bytes.fromhex(card.uid)
        if self.memory.random_uid:
            self.atqa = self.atqa_low
            self.uid = self._new_uid()

    @staticmethod
    def _new_uid() -> bytes:
        return b"\x08" + secrets.token_bytes(3)

    def leave_field(self) -> None:
        super().leave_field()
        self._selected = desfire.CARD_LEVEL

    def lose_power(self) -> None:
        super().lose_power()
        if self.memory.random_uid:
            self.uid = self._new_uid()

    def forget(self) -> None:
        super().forget()
        self.memory.abort()

    @property
    def application(self) -> Application:
        return self.memory.applications[self._selected]

    def keep(self) -> None:
        """What changed stays with the card."""
        self.card.memory.clear()
        self.card.memory.update(self.memory.to_json())

    # -- what SecureCard asks ------------------------------------------------------------------------------------

    def key_value(self, number: int, way: Way) -> bytes:
        here = self.application
        if number >= len(here.keys):
            raise Refused(desfire.NO_KEY)
        self._insist(here.kind in _KINDS_FOR.get(way, (KeyKind.AES,)))
        return here.keys[number]

    def promised(self, ins: int, body: bytes) -> int | None:
        if ins != desfire.ChangeKey.ins:
            return super().promised(ins, body)
        kind = self._kind_of_new(body[0])
        return kind.size + (kind is KeyKind.AES)

    def file(self, number: int) -> File:
        if number not in self.application.files:
            raise Refused(desfire.NO_FILE)
        return self.application.files[number]

    def mode_of(self, ins: int, file: int) -> Mode:
        found = self.file(file)
        keys = desfire_data.keys_for(ins, found.access)
        return found.mode if self._session and self._session.key in keys else Mode.PLAIN

    def tail_of(self, ins: int, body: bytes) -> int:
        other = ins == desfire.ChangeKey.ins and self._session and body[0] & 0x0F != self._session.key
        return len(self._session.checksum(b"")) if other and isinstance(self._session, Ev1Session | DesSession) else 0

    def carry_out_message(self, message: Any) -> bytes:
        if isinstance(message, desfire_files.Message):
            return desfire_files.carry_out(self, message, self._selected, self._session.key if self._session else None)
        return self._about_keys_and_files(message) if (told := self._about_the_card(message)) is None else told

    def _about_the_card(self, message: Any) -> bytes | None:
        match message:
            case desfire.GetVersion():
                return version_of(self.memory.generation, bytes(7) if self.memory.random_uid else self._own_uid)
            case desfire.FreeMemory():
                files = sum(len(f.data) + 32 for a in self.memory.applications.values() for f in a.files.values())
                return (desfire_files.MEMORY - files).to_bytes(3, "little")
            case desfire.GetCardUid():
                self._insist(self._session is not None)
                return self._own_uid
            case desfire.SelectApplication(application=number):
                self.forget()
                self._selected = number if number in self.memory.applications else desfire.CARD_LEVEL
                if self._selected != number:
                    raise Refused(desfire.NO_APPLICATION)
            case desfire.GetApplicationIds():
                self._insist(self._free(_FREE_LISTS))
                return b"".join(each.to_bytes(3, "little") for each in self.memory.applications if each)
            case desfire.CreateApplication(application=number, settings=settings, keys=keys):
                self._create(number, settings, keys)
            case desfire.DeleteApplication(application=number):
                self._insist(self._is_master() and self._selected in (desfire.CARD_LEVEL, number))
                if not number or self.memory.applications.pop(number, None) is None:
                    raise Refused(desfire.NO_APPLICATION)
                self.keep()
                if self._selected == number:
                    self.forget()
                    self._selected = desfire.CARD_LEVEL
            case desfire.FormatCard():
                self._insist(self._is_master() and self._selected == desfire.CARD_LEVEL)
                self.memory.applications = {0: self.memory.applications[0]}
                self.keep()
            case desfire.SetConfiguration(option=0, data=data):
                self._insist(self._is_master() and self._selected == desfire.CARD_LEVEL)
                self.memory.random_uid = self.memory.random_uid or bool(data[0] & 2)
                self.keep()
            case _:
                return None
        return b""

    def _about_keys_and_files(self, message: Any) -> bytes:
        here = self.application
        match message:
            case desfire.GetKeySettings():
                self._insist(self._free(_FREE_LISTS))
                return bytes([here.settings, len(here.keys) | here.kind])
            case desfire.GetKeyVersion(key=number) if number < len(here.keys):
                return bytes([here.version(number)])
            case desfire.ChangeKeySettings(settings=settings):
                self._insist(self._is_master() and bool(here.settings & _MAY_CONFIGURE))
                here.settings = settings
                self.keep()
            case desfire.ChangeKey():
                self._change_key(message)
            case desfire.GetFileIds():
                self._insist(self._free(_FREE_LISTS))
                return bytes(here.files)
            case desfire.GetFileSettings(file=number):
                self._insist(self._free(_FREE_LISTS))
                return self.file(number).settings()
            case _ if isinstance(message, desfire_files.Create):
                self._create_file(message)
            case desfire.DeleteFile(file=number):
                self._insist(self._free(_FREE_CREATION))
                self.file(number)
                del here.files[number]
                self.keep()
            case desfire.GetKeyVersion():
                raise Refused(desfire.NO_KEY)
            case _:
                raise Refused(desfire.PARAMETER)
        return b""

    # -- making and changing -------------------------------------------------------------------------------------

    def _create(self, number: int, settings: int, keys: int) -> None:
        self._insist(self._selected == desfire.CARD_LEVEL and self._free(_FREE_CREATION))
        if number in self.memory.applications:
            raise Refused(desfire.DUPLICATE)
        if not 1 <= keys & 0x0F <= 14:
            raise Refused(desfire.PARAMETER)
        if len(self.memory.applications) > _MOST_APPLICATIONS:
            raise Refused(desfire.NO_MEMORY)
        kind = KeyKind.of(keys)
        if kind is None:
            raise Refused(desfire.PARAMETER)
        values = [bytes(kind.size)] * (keys & 0x0F)
        self.memory.applications[number] = Application(values, settings, kind is KeyKind.AES)
        self.keep()

    def _create_file(self, message: Any) -> None:
        self._insist(self._free(_FREE_CREATION))
        files = self.application.files
        if self._selected == desfire.CARD_LEVEL or message.file >= _MOST_FILES:
            raise Refused(desfire.PARAMETER)
        if message.file in files:
            raise Refused(desfire.DUPLICATE)
        files[message.file] = desfire_files.made(message)
        self.keep()

    def _change_key(self, message: desfire.ChangeKey) -> None:
        """data: the key (exclusive or with the old one unless it is the session's), its version, a checksum of it."""
        here, session, number = self.application, self._session, message.key & 0x0F
        if session is None or not self._may_change(number):
            raise Refused(desfire.AUTHENTICATION)
        if number >= len(here.keys):
            raise Refused(desfire.NO_KEY)
        kind, own = self._kind_of_new(message.key), number == session.key
        end = kind.size + (kind is KeyKind.AES)
        given, version, check = message.data[: kind.size], message.data[kind.size : end], message.data[end:]
        if len(message.data) < end or len(check) != (0 if own else len(session.checksum(b""))):
            raise Refused(desfire.LENGTH)
        value = given if own else aes.xor(given, here.keys[number])
        if not own and session.checksum(value) != check:
            raise Refused(desfire.INTEGRITY)
        here.keys[number], here.aes = value, kind is KeyKind.AES
        here.versions[number] = version[0] if version else 0
        self.keep()
        if own:
            self.forget()

    def _kind_of_new(self, number: int) -> KeyKind:
        """Only the card's own key may become one of another kind; the number says which."""
        kind = KeyKind.of(number)
        if kind is None:
            raise Refused(desfire.PARAMETER)
        return kind if self._selected == desfire.CARD_LEVEL else self.application.kind

    def _may_change(self, number: int) -> bool:
        assert self._session is not None
        if number == 0:
            return bool(self.application.settings & _MAY_CHANGE_MASTER) and self._session.key == 0
        rule = self.application.settings >> 4
        return rule != _FROZEN and self._session.key == (number if rule == _OWN_KEY else rule)

    def _is_master(self) -> bool:
        return self._session is not None and self._session.key == 0

    def _free(self, bit: int) -> bool:
        return bool(self.application.settings & bit) or self._is_master()

    @staticmethod
    def _insist(allowed: bool) -> None:
        if not allowed:
            raise Refused(desfire.AUTHENTICATION)

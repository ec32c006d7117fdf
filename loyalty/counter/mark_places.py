"""Where the mark of a shop's cards lies, as the settings of a reader say: one way for each kind of card."""

from dataclasses import dataclass
from typing import Any, Protocol

from loyalty.contract.token import Token
from loyalty.devices.drivers.pcsc.classic_card import Key
from loyalty.devices.drivers.pcsc.marks import ClassicMark, DesfireMark, DesfirePlace, Marked, Ntag424Mark
from loyalty.devices.wire.apdu.sun import Layout
from loyalty.errors import ConfigError

_KEY_BYTES = 16
_AS_MADE = Layout()


class MarkPlace(Protocol):
    def on(self, driver: Any, token: Token) -> Marked:
        """The mark of the card that lies on the reader and calls itself `token`."""


@dataclass(frozen=True)
class ClassicPlace:
    """MIFARE Classic: two data blocks, the sector's key A, and the key of the MAC (16 bytes)."""

    blocks: tuple[int, int]
    key: bytes
    seal_key: bytes

    def on(self, driver: Any, token: Token) -> Marked:
        uid = bytes.fromhex(token.value)
        return ClassicMark(driver.classic(), uid, self.blocks, Key("A", self.key), self.seal_key)


@dataclass(frozen=True)
class DesfireFile:
    """DESFire: a backup file of 16 bytes in an application, the key that may write it, and the key of the MAC."""

    place: DesfirePlace
    seal_key: bytes

    def on(self, driver: Any, token: Token) -> Marked:
        return DesfireMark(driver.desfire(), self.place, self.seal_key)


@dataclass(frozen=True)
class SignedAddress:
    """NTAG 424: the chip counts and signs by itself; both keys have 16 bytes."""

    meta_key: bytes
    file_key: bytes
    layout: Layout = _AS_MADE

    def on(self, driver: Any, token: Token) -> Marked:
        return Ntag424Mark(driver.ntag424(), self.layout, self.meta_key, self.file_key)


def mark_place(settings: dict[str, Any]) -> MarkPlace:
    """`card_mark` of a reader, by its `card`: classic (also when left out), desfire, ntag424. Else ConfigError."""
    card = settings.get("card", "classic")
    if card not in _PLACES:
        raise ConfigError(f"card_mark is for {', '.join(_PLACES)}, not for {str(card)[:20]!r}.", pointer="card_mark")
    read, needs = _PLACES[card]
    try:
        return read(settings)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"The card_mark of a reader for {card} needs {needs}.", pointer="card_mark") from error


def _classic(settings: dict[str, Any]) -> MarkPlace:
    first, second = (int(block) for block in settings["blocks"])
    key = bytes.fromhex(settings["key"])
    if len(key) != 6 or first == second:
        raise ValueError
    return ClassicPlace((first, second), key, _key(settings, "seal_key"))


def _desfire(settings: dict[str, Any]) -> MarkPlace:
    application, file, key = int(settings["application"], 16), int(settings["file"]), int(settings["key_number"])
    if not (0 < application <= 0xFFFFFF and 0 <= file < 32 and 0 <= key < 14):
        raise ValueError
    return DesfireFile(DesfirePlace(application, file, key, _key(settings, "key")), _key(settings, "seal_key"))


def _signed(settings: dict[str, Any]) -> MarkPlace:
    return SignedAddress(
        _key(settings, "meta_key"), _key(settings, "file_key"), Layout(**dict(settings.get("layout") or {}))
    )


def _key(settings: dict[str, Any], name: str) -> bytes:
    key = bytes.fromhex(settings[name])
    if len(key) != _KEY_BYTES:
        raise ValueError
    return key


_PLACES = {
    "classic": (_classic, "blocks (two different numbers), key (12 hexadecimal digits) and seal_key (32)"),
    "desfire": (_desfire, "application (hexadecimal), file and key_number, key and seal_key (32 hexadecimal digits)"),
    "ntag424": (_signed, "meta_key and file_key (32 hexadecimal digits each)"),
}

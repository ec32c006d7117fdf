"""The keys of a MIFARE DESFire: three kinds, and where the version of a DES key lies.

Sources: libfreefare mifare_desfire.c (40 and 80 with the number of keys, and with the number of the card's own key) and
mifare_desfire_key.c (versions; a key with equal halves is single DES, their lowest bits included).
"""

from enum import IntEnum


class KeyKind(IntEnum):
    """What goes with the number of keys of a new application, and with the card's own key when it is changed."""

    DES, THREE_DES, AES = 0x00, 0x40, 0x80

    @property
    def size(self) -> int:
        """Bytes. DES: 16, single DES with equal halves."""
        return 24 if self is KeyKind.THREE_DES else 16

    @classmethod
    def of(cls, flags: int) -> "KeyKind | None":
        """Of the two upper bits of a byte; None when both are set."""
        return None if flags & 0xC0 == 0xC0 else cls(flags & 0xC0)


def whole(key: bytes) -> bytes:
    """A key of single DES as the card keeps it: its eight bytes twice. Others stay as they are."""
    return key * 2 if len(key) == 8 else key


def with_version(key: bytes, version: int) -> bytes:
    """DES does not look at the lowest bit of each byte; those of the first eight carry the version, highest bit first.

    Equal halves stay equal: else the card would take the key for one of two halves.
    """
    first = bytes(byte & 0xFE | version >> 7 - at & 1 for at, byte in enumerate(key[:8]))
    return first * 2 if len(key) == 16 and key[:8] == key[8:] else first + key[8:]


def version_of(key: bytes) -> int:
    return sum((byte & 1) << 7 - at for at, byte in enumerate(key[:8]))

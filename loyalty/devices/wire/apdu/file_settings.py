"""Files of DESFire and NTAG 424: who may do what, and what GetFileSettings (F5) answers.

Sources: libfreefare mifare_desfire.c; NXP AN12196 rev. 1.8 sections 4.3 and 5.9 for secure dynamic messaging (SDM).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from loyalty.devices.wire.apdu.exchange import Malformed
from loyalty.devices.wire.apdu.secure_session import Mode

FREE, NEVER = 0xE, 0xF


class Access(NamedTuple):
    """Numbers of the keys that each right needs; FREE: none, NEVER: not at all. full: read and write, and credit.

    Of a value file: read is reading and debit, write is reading, debit and limited credit.
    """

    read: int
    write: int
    full: int
    change: int

    def encoded(self) -> bytes:
        return bytes([self.full << 4 | self.change, self.read << 4 | self.write])

    @classmethod
    def parse(cls, raw: bytes) -> "Access":
        if len(raw) != 2:
            raise Malformed(f"access rights have 2 bytes, not {len(raw)}")
        return cls(raw[1] >> 4, raw[1] & 0xF, raw[0] >> 4, raw[0] & 0xF)


class Kind(IntEnum):
    STANDARD, BACKUP, VALUE, LINEAR, CYCLIC = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class DataFile:
    """kind: STANDARD or BACKUP. size: bytes."""

    kind: Kind
    mode: Mode
    access: Access
    size: int

    def encoded(self) -> bytes:
        return bytes([self.kind, self.mode]) + self.access.encoded() + self.size.to_bytes(3, "little")


@dataclass(frozen=True)
class ValueFile:
    """limited_credit: how much of it is left; limited: is it allowed at all."""

    mode: Mode
    access: Access
    lower: int
    upper: int
    limited_credit: int
    limited: bool

    def encoded(self) -> bytes:
        numbers = b"".join(each.to_bytes(4, "little", signed=True) for each in (self.lower, self.upper))
        left = self.limited_credit.to_bytes(4, "little", signed=True)
        return bytes([Kind.VALUE, self.mode]) + self.access.encoded() + numbers + left + bytes([self.limited])


@dataclass(frozen=True)
class RecordFile:
    """kind: LINEAR or CYCLIC. size: bytes of a record; most: how many, as it was made; count: how many there are."""

    kind: Kind
    mode: Mode
    access: Access
    size: int
    most: int
    count: int

    def encoded(self) -> bytes:
        numbers = b"".join(each.to_bytes(3, "little") for each in (self.size, self.most, self.count))
        return bytes([self.kind, self.mode]) + self.access.encoded() + numbers


File = DataFile | ValueFile | RecordFile


@dataclass(frozen=True)
class Mirror:
    """What an NTAG 424 writes into its NDEF file as it is read, unasked (SDM), as letters. None: not at all.

    Offsets in the file. meta_key: enciphers UID and counter (picc_at); FREE: they stand there in clear (uid_at,
    counter_at). file_key: makes the MAC; NEVER: none. counter_key: may ask for the counter. mac_from: the MAC begins
    here and ends before mac_at. enciphered: (offset, length) of a part of the file that is shown enciphered.
    """

    meta_key: int
    file_key: int
    counter_key: int = NEVER
    uid_at: int | None = None
    counter_at: int | None = None
    picc_at: int | None = None
    mac_from: int | None = None
    mac_at: int | None = None
    enciphered: tuple[int, int] | None = None
    limit: int | None = None
    with_uid: bool = True
    with_counter: bool = True

    def encoded(self) -> bytes:
        options = self.with_uid << 7 | self.with_counter << 6 | (self.limit is not None) << 5
        options |= (self.enciphered is not None) << 4 | 1
        numbers = [self.uid_at, self.counter_at, self.picc_at, self.mac_from, *(self.enciphered or ()), self.mac_at]
        rights = bytes([0xF0 | self.counter_key, self.meta_key << 4 | self.file_key])
        given = [each for each in (*numbers, self.limit) if each is not None]
        return bytes([options]) + rights + b"".join(each.to_bytes(3, "little") for each in given)

    @classmethod
    def parse(cls, raw: bytes) -> "Mirror":
        if len(raw) < 3 or len(raw) % 3:
            raise Malformed(f"settings of a mirror have 3 bytes and so many times 3, not {len(raw)}")
        options, keys, counter_key = raw[0], raw[2], raw[1] & 0xF
        meta, file = keys >> 4, keys & 0xF
        numbers = [int.from_bytes(raw[at : at + 3], "little") for at in range(3, len(raw), 3)]
        uid, counter, limited, ciphered = (bool(options & bit) for bit in (0x80, 0x40, 0x20, 0x10))
        has_mac = file != NEVER
        wanted = {
            "uid_at": uid and meta == FREE, "counter_at": counter and meta == FREE, "picc_at": meta < FREE,
            "mac_from": has_mac, "ciphered_at": has_mac and ciphered, "ciphered_length": has_mac and ciphered,
            "mac_at": has_mac, "limit": limited,
        }  # fmt: skip
        if len(numbers) != sum(wanted.values()):
            raise Malformed(f"settings of a mirror hold {len(numbers)} numbers, {sum(wanted.values())} are needed")
        found = {name: numbers.pop(0) if there else None for name, there in wanted.items()}
        start, length = found.pop("ciphered_at"), found.pop("ciphered_length")
        part = (start, length) if start is not None and length is not None else None
        return cls(meta, file, counter_key, **found, enciphered=part, with_uid=uid, with_counter=counter)


@dataclass(frozen=True)
class TagFile:
    """A file of an NTAG 424."""

    mode: Mode
    access: Access
    size: int
    mirror: Mirror | None = None

    def encoded(self) -> bytes:
        return b"\0" + self.changeable(self.size.to_bytes(3, "little"))

    def changeable(self, size: bytes = b"") -> bytes:
        """The part that ChangeFileSettings (5F) sets."""
        head = bytes([(self.mirror is not None) << 6 | self.mode]) + self.access.encoded()
        return head + size + (self.mirror.encoded() if self.mirror else b"")


def parse_tag_file(raw: bytes) -> TagFile:
    """Malformed when it is none."""
    if len(raw) < 7 or raw[0]:
        raise Malformed(f"no settings of an NTAG 424's file: {raw.hex(' ')}")
    mirror = Mirror.parse(raw[7:]) if raw[1] & 0x40 else None
    return TagFile(mode_of(raw[1]), Access.parse(raw[2:4]), int.from_bytes(raw[4:7], "little"), mirror)


def parse_file(raw: bytes) -> File:
    """What a DESFire's file is; Malformed for what is none."""
    if len(raw) == 7 and raw[0] in (Kind.STANDARD, Kind.BACKUP):
        return DataFile(Kind(raw[0]), mode_of(raw[1]), Access.parse(raw[2:4]), int.from_bytes(raw[4:7], "little"))
    if len(raw) >= 17 and raw[0] == Kind.VALUE:
        lower, upper, left = (int.from_bytes(raw[at : at + 4], "little", signed=True) for at in (4, 8, 12))
        return ValueFile(mode_of(raw[1]), Access.parse(raw[2:4]), lower, upper, left, bool(raw[16] & 1))
    if len(raw) == 13 and raw[0] in (Kind.LINEAR, Kind.CYCLIC):
        numbers = (int.from_bytes(raw[at : at + 3], "little") for at in (4, 7, 10))
        return RecordFile(Kind(raw[0]), mode_of(raw[1]), Access.parse(raw[2:4]), *numbers)
    raise Malformed(f"no settings of a file: {raw.hex(' ')}")


def mode_of(byte: int) -> Mode:
    """Bit 1 enciphers only together with bit 0: 00 and 02 are plain."""
    return {0: Mode.PLAIN, 1: Mode.MAC, 2: Mode.PLAIN, 3: Mode.FULL}[byte & 3]

"""Cards that a PN532 found: what InListPassiveTarget tells of them. UM0701-02 rev. 02, section 7.3.5."""

from dataclasses import dataclass

CASCADE_TAG = 0x88


class Malformed(ValueError):
    """The bytes are not what the manual says this message holds."""


@dataclass(frozen=True)
class TargetA:
    """An ISO 14443-A card at 106 kbit/s. uid: 4, 7 or 10 bytes. atqa: high byte first, as the chip gives it."""

    number: int
    atqa: int
    sak: int
    uid: bytes
    ats: bytes = b""
    """Without its length byte; only ISO 14443-4 cards (SAK bit 5) have one."""

    def encoded(self) -> bytes:
        head = bytes([self.number]) + self.atqa.to_bytes(2, "big") + bytes([self.sak, len(self.uid)]) + self.uid
        return head + (bytes([len(self.ats) + 1]) + self.ats if self.ats else b"")


def type_a_targets(count: int, data: bytes) -> tuple[TargetA, ...]:
    """`count` cards described one after the other. Malformed when one byte is missing or too many."""
    found = []
    for _ in range(count):
        target, data = _target_a(data)
        found.append(target)
    if data:
        raise Malformed(f"{len(data)} bytes follow the last target")
    return tuple(found)


def _target_a(data: bytes) -> tuple[TargetA, bytes]:
    if len(data) < 5:
        raise Malformed("a target is cut short")
    size, sak = data[4], data[3]
    uid, rest = data[5 : 5 + size], data[5 + size :]
    if len(uid) != size:
        raise Malformed("a UID is cut short")
    ats = b""
    if sak & 0x20 and rest:
        if not 1 <= rest[0] <= len(rest):
            raise Malformed("an ATS is cut short")
        ats, rest = rest[1 : rest[0]], rest[rest[0] :]
    return TargetA(data[0], int.from_bytes(data[1:3], "big"), sak, without_cascade_tags(uid), ats), rest


def without_cascade_tags(uid: bytes) -> bytes:
    """The UID itself; chips differ in whether they leave the cascade tags 88 in. Malformed when no size fits."""
    if len(uid) == 8 and uid[0] == CASCADE_TAG:
        return uid[1:]
    if len(uid) == 12 and uid[0] == uid[4] == CASCADE_TAG:
        return uid[1:4] + uid[5:]
    if len(uid) not in (4, 7, 10):
        raise Malformed(f"a UID of {len(uid)} bytes")
    return uid

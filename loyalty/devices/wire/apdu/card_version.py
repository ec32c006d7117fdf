"""What DESFire and NTAG 424 answer to GetVersion (60): three frames of 7, 7 and 14 bytes, put together.

Sources: libfreefare mifare_desfire.h (the same structure); NXP AN12196 rev. 1.8 section 5.5, AN12343 section 2.1.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu.exchange import Malformed

FRAMES = (7, 7, 14)
_DESFIRE = {0x00: "DESFire", 0x01: "DESFire EV1", 0x12: "DESFire EV2", 0x22: "DESFire EV2 XL", 0x33: "DESFire EV3"}


@dataclass(frozen=True)
class CardVersion:
    """hardware, software: vendor, type, subtype, major, minor, size, protocol. uid: zeros where it is kept back."""

    hardware: bytes
    software: bytes
    uid: bytes
    batch: bytes
    week: int
    year: int

    @property
    def model(self) -> str:
        """`DESFire EV1`, `NTAG 424 DNA`, …, or what the numbers say of another card."""
        kind, major = self.hardware[1] & 0x0F, self.hardware[3]
        if kind == 0x04 and major >= 0x30:
            return "NTAG 424 DNA"
        if kind == 0x01:
            return _DESFIRE.get(major, f"DESFire {major:02X}")
        return f"card of type {self.hardware[1]:02X}"

    @property
    def ev2(self) -> bool:
        """Does it know EV2 messaging?"""
        return self.hardware[3] >= 0x10

    @property
    def size(self) -> int:
        """Bytes of memory; half a step more where the lowest bit is set."""
        return 1 << (self.hardware[5] >> 1)

    def frames(self) -> tuple[bytes, bytes, bytes]:
        made = bytes([int(str(self.week), 16), int(str(self.year), 16)])
        return self.hardware, self.software, self.uid.ljust(7, b"\0") + self.batch + made


def parse_version(raw: bytes) -> CardVersion:
    """Malformed when the length or the date cannot be."""
    if len(raw) < sum(FRAMES):
        raise Malformed(f"a version has {sum(FRAMES)} bytes, not {len(raw)}")
    try:
        week, year = int(raw[26:27].hex()), int(raw[27:28].hex())
    except ValueError:
        week = year = 0  # cards with an own numbering put something else here
    return CardVersion(raw[:7], raw[7:14], raw[14:21], raw[21:26], week, year)

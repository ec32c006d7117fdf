"""MIFARE Ultralight and NTAG21x: the cards' own commands and the pages that hold their settings.

Source: NXP NTAG213/215/216 data sheet rev. 3.2 sections 8.5 and 10; Ultralight MF0ICU1. PC/SC's Read and Write reach
pages; what has no APDU (version, password, counter) goes to the card as it is, where the reader lets it.
"""

from dataclasses import dataclass

from loyalty.devices.wire.apdu.exchange import Malformed

PAGE = 4
GET_VERSION, READ_COUNTER, PASSWORD = b"\x60", b"\x39\x02", 0x1B
FIRST_USER_PAGE = 4
MODELS = {0x0B: "Ultralight EV1 48", 0x0E: "Ultralight EV1 128", 0x0F: "NTAG213", 0x11: "NTAG215", 0x13: "NTAG216"}
CONFIG_PAGE = {"NTAG213": 0x29, "NTAG215": 0x83, "NTAG216": 0xE3}
USER_PAGES = {"NTAG213": 36, "NTAG215": 126, "NTAG216": 222}


def model_of(version: bytes) -> str:
    """The name in an answer to GET_VERSION; Malformed for an answer that is none."""
    if len(version) != 8 or version[0] != 0:
        raise Malformed(f"no version of an NTAG: {version.hex(' ')}")
    return MODELS.get(version[6], f"type 2 card, size {version[6]:02X}")


@dataclass(frozen=True)
class Protection:
    """The two configuration pages of an NTAG21x.

    first_page: from here the password is asked for, 255 is nowhere. reading: for reading too. locked: these settings
    are final. counting: reads are counted. counter_needs_password. tries: wrong passwords until the card refuses all
    for good, 0 is never.
    """

    first_page: int = 0xFF
    reading: bool = False
    locked: bool = False
    counting: bool = False
    counter_needs_password: bool = False
    tries: int = 0

    @classmethod
    def parse(cls, pages: bytes) -> "Protection":
        """Eight bytes: the configuration page and the one behind it."""
        if len(pages) != 2 * PAGE:
            raise Malformed(f"the settings of an NTAG have 8 bytes, not {len(pages)}")
        access = pages[4]
        reading, locked, counting, hidden = (bool(access & bit) for bit in (0x80, 0x40, 0x20, 0x10))
        return cls(pages[3], reading, locked, counting, hidden, access & 7)

    def encoded(self, pages: bytes) -> bytes:
        """`pages` with these settings; mirror and modulation stay as they were."""
        bits = self.reading << 7 | self.locked << 6 | self.counting << 5 | self.counter_needs_password << 4 | self.tries
        return pages[:3] + bytes([self.first_page, bits]) + pages[5:8]

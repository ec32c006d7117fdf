"""Contactless cards as a reader's antenna meets them: ISO 14443-A states, type 2 pages, MIFARE Classic blocks.

Sources: ISO/IEC 14443-3 (states, anticollision sizes); NXP AN10833 (ATQA and SAK by product); NXP NTAG213/215/216 and
MF0ICU1 data sheets (pages, commands); NXP MF1S50 data sheet (blocks, keys). A card described with `memory` holds it:
`{"pages": {"4": "0103A00C"}}` or `{"blocks": {"4": "<32 hex>"}}`; what is written is kept there.
"""

from dataclasses import dataclass

from simulators.card import CardInvalid, SimCard

ACK, NAK = 0xA, 0x0
_PAGES = {"ultralight": 16, "ntag213": 45, "ntag215": 135, "ntag216": 231}
_CC_SIZE = {"ntag213": 0x12, "ntag215": 0x3E, "ntag216": 0x6D}
_VERSION_SIZE = {"ntag213": 0x0F, "ntag215": 0x11, "ntag216": 0x13}
_ATS = {"desfire": "7577810280", "ntag424": "7777710280", "iso7816": "78807002" + b"LOYALTY".hex()}
"""T0 says which of TA, TB and TC follow (ISO/IEC 14443-4 section 5.2); the historical bytes come behind them."""
_FACTORY_TRAILER = bytes.fromhex("ffffffffffff ff078069 ffffffffffff")


@dataclass(frozen=True)
class Reply:
    """What comes back over the air. nibble: the 4-bit ACK or NAK, then data is empty."""

    data: bytes = b""
    nibble: int | None = None


class Card:
    """A card in the field. Without an application of its own (a plain UID)."""

    atqa_low, sak, ats = 0x04, 0x00, b""

    def __init__(self, card: SimCard) -> None:
        self.card, self.uid = card, bytes.fromhex(card.uid)
        self.atqa = {4: 0x00, 7: 0x40, 10: 0x80}[len(self.uid)] | self.atqa_low
        self.leave_field()

    def leave_field(self) -> None:
        """The card is idle again: the field went off, or it was deselected, or refused something."""
        self.active = self.protocol = False

    def lose_power(self) -> None:
        """The field went off, or the card was taken out of it."""
        self.leave_field()

    def answers_request(self) -> bool:
        """REQA and anticollision. An active card takes a request for noise and falls back to idle (ISO 14443-3)."""
        if self.protocol:
            return False
        self.active = not self.active
        return self.active

    def enter_protocol(self) -> bytes:
        """RATS: ISO 14443-4 begins."""
        self.protocol = True
        return self.ats

    def exchange(self, command: bytes) -> Reply | None:
        """None is silence; a silent card has fallen back to idle."""
        reply = self.carry_out(command) if self.active and command else None
        if reply is None or reply.nibble == NAK:
            self.leave_field()
        return reply

    def carry_out(self, command: bytes) -> Reply | None:
        return None

    def apdu(self, command: bytes) -> bytes | None:
        """For cards that speak ISO 14443-4, whose blocks a reader may make itself."""
        return None

    def authenticate(self, command: bytes) -> bool:
        """MIFARE Classic's 60 / 61; others do not know it."""
        return False


class Type2(Card):
    """Ultralight and NTAG21x: pages of four bytes."""

    def __init__(self, card: SimCard) -> None:
        self.kind = card.kind if card.kind in _PAGES else "ntag213"
        super().__init__(card)
        self.pages = [bytearray(4) for _ in range(_PAGES[self.kind])]
        self._serial_number()
        if self.kind in _CC_SIZE:
            self.pages[3][:] = bytes([0xE1, 0x10, _CC_SIZE[self.kind], 0])
            self.pages[4][:] = bytes.fromhex("0300fe00")
            self.pages[-4][:], self.pages[-3][:] = bytes.fromhex("040000ff"), bytes.fromhex("00050000")
        for number, content in _memory(card, "pages", 4, len(self.pages)).items():
            self.pages[number][:] = content

    def _serial_number(self) -> None:
        uid = self.uid.ljust(7, b"\0")
        self.pages[0][:] = uid[:3] + bytes([0x88 ^ uid[0] ^ uid[1] ^ uid[2]])
        self.pages[1][:] = uid[3:7]
        self.pages[2][:2] = bytes([uid[3] ^ uid[4] ^ uid[5] ^ uid[6], 0x48])

    def carry_out(self, command: bytes) -> Reply | None:
        ntag = self.kind in _CC_SIZE
        match command[0], len(command):
            case 0x30, 2 if command[1] < len(self.pages):
                return Reply(b"".join(self._readable((command[1] + i) % len(self.pages)) for i in range(4)))
            case 0xA2, 6 if 2 <= command[1] < len(self.pages):
                return self._write(command[1], command[2:])
            case 0x60, 1 if ntag:
                return Reply(bytes([0, 4, 4, 2, 1, 0, _VERSION_SIZE[self.kind], 3]))
            case 0x3A, 3 if ntag and command[1] <= command[2] < len(self.pages):
                return Reply(b"".join(self._readable(n) for n in range(command[1], command[2] + 1)))
            case 0x3C, 2 if ntag:
                return Reply(bytes(32))  # nobody can copy the maker's signature
        # nfcpy 1.0.4 (tt2_nxp.py) tells an Ultralight from an NTAG203 by its silence to a command it does not know.
        return Reply(nibble=NAK) if ntag or command[0] in (0x30, 0xA2) else None

    def _readable(self, number: int) -> bytes:
        """A page as it reads: the last two of an NTAG hold the password and read as zero."""
        secret = self.kind in _CC_SIZE and number >= len(self.pages) - 2
        return bytes(4) if secret else bytes(self.pages[number])

    def _write(self, number: int, content: bytes) -> Reply:
        page = self.pages[number]
        if number == 2:
            page[2:] = bytes(old | new for old, new in zip(page[2:], content[2:], strict=True))
        elif number == 3:
            page[:] = bytes(old | new for old, new in zip(page, content, strict=True))  # one-time programmable
        else:
            page[:] = content
        self.card.memory.setdefault("pages", {})[str(number)] = bytes(page).hex().upper()
        return Reply(nibble=ACK)


class Classic(Card):
    """MIFARE Classic 1K and 4K. Keys lie in the sector trailers; access bits are not looked at."""

    def __init__(self, card: SimCard) -> None:
        large = card.kind == "classic4k"
        self.atqa_low, self.sak = (0x02, 0x18) if large else (0x04, 0x08)
        super().__init__(card)
        self.blocks = [bytearray(16) for _ in range(256 if large else 64)]
        for number, block in enumerate(self.blocks):
            if number == _trailer(number):
                block[:] = _FACTORY_TRAILER
        uid = self.uid
        check = bytes([uid[0] ^ uid[1] ^ uid[2] ^ uid[3]]) if len(uid) == 4 else b""
        self.blocks[0][:] = (uid + check + bytes([self.sak, self.atqa_low, 0])).ljust(16, b"\0")
        for number, content in _memory(card, "blocks", 16, len(self.blocks)).items():
            self.blocks[number][:] = content

    def leave_field(self) -> None:
        super().leave_field()
        self._open: int | None = None

    def authenticate(self, command: bytes) -> bool:
        """`command`: 60 or 61, block, key, UID. A refusal sends the card back to idle."""
        key_at = 0 if command[0] == 0x60 else 10
        if self.active and len(command) >= 12 and command[1] < len(self.blocks):
            trailer = _trailer(command[1])
            if self.blocks[trailer][key_at : key_at + 6] == command[2:8] and self.uid[-4:] == command[-4:]:
                self._open = trailer
                return True
        self.leave_field()
        return False

    def carry_out(self, command: bytes) -> Reply | None:
        number = command[1] if len(command) > 1 else -1
        if not 0 <= number < len(self.blocks) or _trailer(number) != self._open:
            return Reply(nibble=NAK)
        if command[0] == 0x30 and len(command) == 2:
            block = bytes(self.blocks[number])
            return Reply(bytes(6) + block[6:] if number == self._open else block)  # key A never reads
        if command[0] == 0xA0 and len(command) == 18 and number:
            self.blocks[number][:] = command[2:]
            self.card.memory.setdefault("blocks", {})[str(number)] = command[2:].hex().upper()
            return Reply(nibble=ACK)
        return Reply(nibble=NAK)


class IsoDep(Card):
    """Cards that speak ISO 14443-4; subclasses are the application behind it."""

    sak = 0x20

    def __init__(self, card: SimCard) -> None:
        self.atqa_low = 0x304 if card.kind in ("desfire", "ntag424") else 0x04
        self.ats = bytes.fromhex(_ATS[card.kind])
        super().__init__(card)

    def carry_out(self, command: bytes) -> Reply | None:
        """Blocks of ISO 14443-4: RATS, I-blocks, DESELECT."""
        if command[0] == 0xE0 and not self.protocol:
            ats = self.enter_protocol()
            return Reply(bytes([len(ats) + 1]) + ats)
        if not self.protocol:
            return None
        if command[0] == 0xC2:
            self.leave_field()
            return Reply(command[:1])
        if command[0] & 0xE2 == 0x02:
            return Reply(command[:1] + self.apdu(command[1:]))
        return Reply(command[:1]) if command[0] & 0xF6 == 0xB2 else None

    def apdu(self, command: bytes) -> bytes:
        """What the application answers: that it knows no such instruction."""
        return b"\x6d\x00"


def _trailer(block: int) -> int:
    """The last block of the sector that `block` lies in."""
    return block | 3 if block < 128 else block | 15


def _memory(card: SimCard, what: str, size: int, count: int) -> dict[int, bytes]:
    try:
        given = {int(number): bytes.fromhex(text) for number, text in dict(card.memory.get(what) or {}).items()}
    except (TypeError, ValueError) as error:
        raise CardInvalid(f'The memory of a {card.kind} is {{"{what}": {{"4": "<hex>"}}}}: {error}.') from error
    for number, content in given.items():
        if not 0 <= number < count or len(content) != size:
            raise CardInvalid(
                f"A {card.kind} has {what} 0 to {count - 1} of {size} bytes, not {number} of {len(content)}."
            )
    return given


def crc_a(data: bytes) -> bytes:
    """CRC_A of ISO 14443-3, low byte first: 00 00 gives A0 1E."""
    crc = 0x6363
    for byte in data:
        byte = (byte ^ crc) & 0xFF
        byte = (byte ^ byte << 4) & 0xFF
        crc = (crc >> 8) ^ (byte << 8) ^ (byte << 3) ^ (byte >> 4)
    return (crc & 0xFFFF).to_bytes(2, "little")

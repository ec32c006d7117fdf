"""A MIFARE Classic that keeps to its access bits, and counts in value blocks.

Source: NXP MF1S50yyX data sheet rev. 3.0 sections 8.6 and 8.7. A sector whose access bits contradict their copy is
blocked.
"""

from loyalty.devices.wire.apdu import Malformed, classic
from simulators.card import SimCard
from simulators.contactless import ACK, NAK, Classic, Reply

_REFUSED = Reply(nibble=NAK)
_DEEDS = {
    0x30: classic.READ, 0xA0: classic.WRITE, 0xC1: classic.INCREMENT, 0xC0: classic.DECREMENT,
    0xC2: classic.DECREMENT, 0xB0: classic.DECREMENT,
}  # fmt: skip


class GuardedClassic(Classic):
    """Increment (C1), decrement (C0) and restore (C2) bring an operand of 4 bytes; transfer (B0) writes the result."""

    def __init__(self, card: SimCard) -> None:
        self._key, self._register = "", (0, 0)
        super().__init__(card)

    def leave_field(self) -> None:
        super().leave_field()
        self._key = ""

    def authenticate(self, command: bytes) -> bool:
        opened = super().authenticate(command)
        self._key = ("A" if command[0] == 0x60 else "B") if opened else ""
        return opened

    def carry_out(self, command: bytes) -> Reply | None:
        number = command[1] if len(command) > 1 else -1
        if not 0 <= number < len(self.blocks) or classic.trailer_of(number) != self._open or command[0] not in _DEEDS:
            return _REFUSED
        try:
            access = classic.Access.parse(bytes(self.blocks[classic.trailer_of(number)][6:9]))
        except Malformed:
            return _REFUSED
        if self._key == "B" and access.key_b_is_data:
            return _REFUSED
        if number == classic.trailer_of(number):
            return self._trailer(command, number, access)
        if self._key not in access.who_may(number, _DEEDS[command[0]]):
            return _REFUSED
        return self._count(command) if command[0] >= 0xB0 else super().carry_out(command)

    def _trailer(self, command: bytes, number: int, access: classic.Access) -> Reply | None:
        block = self.blocks[number]
        if command[0] == 0x30 and len(command) == 2:
            key_b = bytes(block[10:]) if access.key_b_is_data else bytes(6)
            return Reply(bytes(6) + bytes(block[6:10]) + key_b)
        if command[0] != 0xA0 or len(command) != 2 + classic.BLOCK:
            return _REFUSED
        parts = [(access.writes_key_a, 0, 6), (access.writes_access, 6, 10), (access.writes_key_b, 10, 16)]
        allowed = [(start, end) for who, start, end in parts if self._key in who]
        for start, end in allowed:
            block[start:end] = command[2 + start : 2 + end]
        self._keep(number)
        return Reply(nibble=ACK) if allowed else _REFUSED

    def _count(self, command: bytes) -> Reply:
        number = command[1]
        if command[0] == 0xB0 and len(command) == 2:
            self.blocks[number][:] = classic.value_block(*self._register)
            self._keep(number)
            return Reply(nibble=ACK)
        try:
            value, address = classic.parse_value_block(bytes(self.blocks[number]))
        except Malformed:
            return _REFUSED
        step = int.from_bytes(command[2:6], "little") * {0xC1: 1, 0xC0: -1}.get(command[0], 0)
        if len(command) != 6 or not -(2**31) <= value + step < 2**31:
            return _REFUSED
        self._register = value + step, address
        return Reply(nibble=ACK)

    def _keep(self, number: int) -> None:
        self.card.memory.setdefault("blocks", {})[str(number)] = bytes(self.blocks[number]).hex().upper()

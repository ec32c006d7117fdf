"""An NTAG21x that keeps to its password, its lock bits and its read counter.

Source: NXP NTAG213/215/216 data sheet rev. 3.2 sections 8.5 to 8.8. The counter and the number of wrong passwords
travel with the card: `{"pages": {…}, "counter": 5, "wrong_passwords": 1}`.
"""

from loyalty.devices.wire.apdu.type2 import PASSWORD, Protection
from simulators.card import CardInvalid, SimCard
from simulators.contactless import NAK, Reply, Type2

_REFUSED = Reply(nibble=NAK)
_COUNTER_END = 0xFFFFFF


class GuardedNtag(Type2):
    """The last five pages: dynamic locks (not looked at), two of settings, password, its acknowledgement (PACK)."""

    def __init__(self, card: SimCard) -> None:
        self._open = self._counted = False
        super().__init__(card)
        if str(len(self.pages) - 2) not in (card.memory.get("pages") or {}):
            self.pages[-2][:] = b"\xff\xff\xff\xff"
        try:
            self._counter, self._wrong = int(card.memory.get("counter", 0)), int(card.memory.get("wrong_passwords", 0))
        except (TypeError, ValueError) as error:
            raise CardInvalid(f"counter and wrong_passwords of a {self.kind} are whole numbers: {error}.") from error

    def leave_field(self) -> None:
        super().leave_field()
        self._open = self._counted = False

    @property
    def protection(self) -> Protection:
        return Protection.parse(bytes(self.pages[-4] + self.pages[-3]))

    def carry_out(self, command: bytes) -> Reply | None:
        match command[0], len(command):
            case 0x1B, 5 if command[0] == PASSWORD:
                return self._password(command[1:])
            case 0x39, 2 if command[1] == 2:
                return self._read_counter()
            case 0x30, 2:
                self._count_reading()
                return self._read(command)
            case 0x3A, 3:
                self._count_reading()
                if self.protection.reading and self._shut(max(command[1:])):
                    return _REFUSED
            case 0xA2, 6 if self._locked(command[1]) or self._shut(command[1]):
                return _REFUSED
        return super().carry_out(command)

    def _shut(self, page: int) -> bool:
        return not self._open and page >= self.protection.first_page

    def _locked(self, page: int) -> bool:
        """Static lock bits for pages 3 to 15, and the settings once they are final."""
        bits = self.pages[2][2] | self.pages[2][3] << 8
        if 3 <= page <= 15 and bits >> page & 1:
            return True
        return self.protection.locked and page - len(self.pages) in (-4, -3)

    def _read(self, command: bytes) -> Reply | None:
        """Four pages; behind the last one that may be read it goes on with page 0 (section 10.2)."""
        first, end = command[1], len(self.pages)
        if self.protection.reading and not self._open:
            end = min(end, self.protection.first_page)
        if first >= end:
            return _REFUSED
        return Reply(b"".join(self._readable((first + step) % end) for step in range(4)))

    def _password(self, given: bytes) -> Reply:
        limit = self.protection.tries
        if limit and self._wrong >= limit:
            return _REFUSED
        if given == self.pages[-2]:
            self._open, self._wrong = True, 0
        elif limit:
            self._wrong += 1
        self.card.memory["wrong_passwords"] = self._wrong
        return Reply(bytes(self.pages[-1][:2])) if given == self.pages[-2] else _REFUSED

    def _count_reading(self) -> None:
        """The first reading after the card came into the field counts (section 8.7)."""
        if self.protection.counting and not self._counted:
            self._counted = True
            self._counter = min(self._counter + 1, _COUNTER_END)
            self.card.memory["counter"] = self._counter

    def _read_counter(self) -> Reply:
        if not self.protection.counting or (self.protection.counter_needs_password and not self._open):
            return _REFUSED
        return Reply(self._counter.to_bytes(3, "little"))

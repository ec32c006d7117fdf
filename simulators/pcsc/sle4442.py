"""An SLE4442 memory card as a reader of ACS presents it.

Sources as in loyalty.devices.wire.apdu.sle4442. Its memory, where what is written is kept:
`{"bytes": {"32": "4D3030"}, "code": "FFFFFF", "protected": [0, 1], "tries": 3}`. Writing without the code, or to a
protected byte, changes nothing and is answered with 90 00 all the same, as readers do.
"""

from collections.abc import Callable

from loyalty.devices.wire.apdu import Response
from loyalty.devices.wire.apdu import sle4442 as sle
from loyalty.devices.wire.apdu.atr import SLE4442
from simulators.card import CardInvalid, SimCard

_COUNTERS = {3: 7, 2: 3, 1: 1, 0: 0}
_MANUFACTURED = bytes.fromhex("A2131091")
_REFUSED = Response(sw=0x6300)


class Sle4442Chip:
    """The card in a contact slot; speaks through the reader's memory commands only."""

    atr = SLE4442

    def __init__(self, card: SimCard) -> None:
        self._card = card
        self.memory = bytearray(b"\xff" * sle.SIZE)
        self.memory[:4] = _MANUFACTURED
        try:
            for address, text in dict(card.memory.get("bytes") or {}).items():
                content = bytes.fromhex(text)
                if not 0 <= int(address) <= int(address) + len(content) <= sle.SIZE:
                    raise ValueError(f"addresses are 0 to {sle.SIZE - 1}")
                self.memory[int(address) : int(address) + len(content)] = content
            self._code = bytes.fromhex(card.memory.get("code", "FFFFFF"))
            self._protected = {int(address) for address in card.memory.get("protected", range(4))}
            self._counter = _COUNTERS[int(card.memory.get("tries", 3))]
        except (TypeError, ValueError, KeyError) as error:
            raise CardInvalid(f'An sle4442 is {{"bytes": {{"32": "<hex>"}}, "code": "FFFFFF"}}: {error}.') from error
        if len(self._code) != sle.CODE_LENGTH or not self._protected <= set(range(sle.PROTECTABLE)):
            raise CardInvalid("An sle4442 has a code of 3 bytes and protects addresses 0 to 31.")
        self.power(False)

    def power(self, on: bool) -> None:
        """Any change of power forgets the code presented and the type selected."""
        self._selected = self._open = False

    def carry_out(self, message: sle.Message) -> Response:
        if isinstance(message, sle.SelectType):
            self.power(True)
            self._selected = message.card_type == sle.CARD_TYPE
            return Response() if self._selected else _REFUSED
        if not self._selected:
            return _REFUSED
        deeds: dict[type[sle.Message], Callable[[sle.Message], Response]] = {
            sle.ReadMemory: self._read, sle.WriteMemory: self._write, sle.Protect: self._protect,
            sle.PresentCode: self._present, sle.ChangeCode: self._change,
            sle.ReadErrorCounter: lambda _: Response(bytes([self._counter, 0, 0, 0])),
            sle.ReadProtection: lambda _: Response(self._protection_bits()),
        }  # fmt: skip
        answer = deeds[type(message)](message)
        self._keep()
        return answer

    def _protection_bits(self) -> bytes:
        return sum(1 << at for at in range(sle.PROTECTABLE) if at not in self._protected).to_bytes(4, "little")

    def _read(self, message: sle.Message) -> Response:
        assert isinstance(message, sle.ReadMemory)
        if message.address + message.length > sle.SIZE:
            return _REFUSED
        content = self.memory[message.address : message.address + message.length]
        return Response(bytes(content) + self._protection_bits())

    def _write(self, message: sle.Message) -> Response:
        assert isinstance(message, sle.WriteMemory)
        if message.address + len(message.data) > sle.SIZE:
            return _REFUSED
        for address, byte in enumerate(message.data, message.address):
            if self._open and address not in self._protected:
                self.memory[address] = byte
        return Response()

    def _protect(self, message: sle.Message) -> Response:
        assert isinstance(message, sle.Protect)
        for address, byte in enumerate(message.data, message.address):
            if self._open and address < sle.PROTECTABLE and self.memory[address] == byte:
                self._protected.add(address)
        return Response()

    def _present(self, message: sle.Message) -> Response:
        """A try is marked as used before the code is compared, as the card's protocol has it."""
        assert isinstance(message, sle.PresentCode)
        tries = sle.tries_left(self._counter)
        if tries:
            self._open = message.code == self._code
            self._counter = sle.ALL_TRIES if self._open else _COUNTERS[tries - 1]
        return Response(sw=0x9000 | self._counter)

    def _change(self, message: sle.Message) -> Response:
        assert isinstance(message, sle.ChangeCode)
        if self._open:
            self._code = message.code
        return Response()

    def _keep(self) -> None:
        self._card.memory.update({
            "bytes": {"0": bytes(self.memory).hex().upper()}, "code": self._code.hex().upper(),
            "protected": sorted(self._protected), "tries": sle.tries_left(self._counter),
        })  # fmt: skip

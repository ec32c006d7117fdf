"""The reader's own part: what it makes of commands that no card would understand, and what it passes on."""

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.apdu import Command, Malformed, Response, acs, sle4442, storage
from loyalty.devices.wire.apdu.classic import BLOCK, parse_value_block, value_block
from loyalty.devices.wire.apdu.type2 import PAGE
from simulators.contactless import ACK, Classic, Reply, Type2
from simulators.pcsc.chips import Chip, FileChip, InField
from simulators.pcsc.sle4442 import Sle4442Chip

_LENGTH, _UNSUPPORTED, _NO_CLASS = Response(sw=0x6700), Response(sw=0x6A81), Response(sw=0x6E00)
_PN532_FIRMWARE = bytes.fromhex("D50332010607")


class ReaderLogic:
    """Keys loaded and lights last as long as its power."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._refusal = Response(sw=profile["refusal"])
        self.power_on()

    def power_on(self) -> None:
        self._keys: dict[int, bytes] = {}
        self.lights, self.beeps, self._transparent = 0, 0, False

    def answer(self, chip: Chip, raw: bytes) -> bytes:
        """What comes back for a command to the card."""
        if raw[:1] != b"\xff" and isinstance(chip, FileChip | InField):
            answer = chip.apdu(raw)
            if answer is not None:
                return answer
        try:
            command = Command.parse(raw)
            return self._own(chip, command) if command.cla == 0xFF else _NO_CLASS.encoded()
        except Malformed:
            return _LENGTH.encoded()

    def escape(self, raw: bytes) -> bytes | None:
        """What comes back for a command to the reader itself; None when it takes none."""
        if self._profile["firmware_question"] == "acr122":
            try:
                message = acs.parse(Command.parse(raw))
            except Malformed:
                return _LENGTH.encoded()
            return self._own_122(message, None) or _UNSUPPORTED.encoded()
        if self._profile["firmware_question"] == "acr1252":
            return self._own_1252(raw)
        return None

    def _own(self, chip: Chip, command: Command) -> bytes:
        sets = self._profile["memory_commands"]
        if isinstance(chip, Sle4442Chip):
            message = sle4442.parse(command) if "sle4442" in sets else None
            return (chip.carry_out(message) if message else _UNSUPPORTED).encoded()
        field = chip if isinstance(chip, InField) else None
        if field and "storage" in sets and (plain := storage.parse(command)):
            return self._storage(field, plain).encoded()
        extra = acs.parse(command)
        if isinstance(extra, acs.ChangeValue | acs.ReadValue | acs.CopyValue):
            values = field is not None and isinstance(field.near, Classic) and "acs_values" in sets
            return (self._value(field, extra) if field and values else _UNSUPPORTED).encoded()
        answer = None
        if self._profile["card_commands"] == "transparent" and field:
            answer = self._transparently(field, extra)
        elif self._profile["firmware_question"] == "acr122":
            answer = self._own_122(extra, field)
        return answer or _UNSUPPORTED.encoded()

    # -- PC/SC part 3 --------------------------------------------------------------------------------------------

    def _storage(self, chip: InField, message: storage.Message) -> Response:
        match message:
            case storage.GetData(ats=ats):
                data = chip.historical if ats else chip.uid
                return Response(data) if data else _UNSUPPORTED
            case storage.LoadKey(slot=slot, key=key, structure=0) if slot < self._profile["key_slots"]:
                self._keys[slot] = key
                return Response()
            case storage.Authenticate(block=block, kind=kind, slot=slot) if slot in self._keys:
                opened = block < 256 and chip.authenticate(kind, block, self._keys[slot])
                return Response() if opened else self._refusal
            case storage.Read(number=number, length=length):
                return self._read(chip, number, length)
            case storage.Write(number=number, data=data):
                size, ins = (BLOCK, 0xA0) if isinstance(chip.near, Classic) else (PAGE, 0xA2)
                if len(data) == size and number < 256 and _done(chip.exchange(bytes([ins, number]) + data)):
                    return Response()
        return self._refusal

    def _read(self, chip: InField, number: int, length: int) -> Response:
        if not isinstance(chip.near, Classic | Type2) or number > 255:
            return self._refusal
        reply = chip.exchange(bytes([0x30, number]))
        if reply is None or not reply.data:
            return self._refusal
        if length not in (256, BLOCK) and length > BLOCK:
            return _LENGTH
        return Response(reply.data[:length])

    # -- what ACS adds -------------------------------------------------------------------------------------------

    def _value(self, chip: InField, message: acs.Message) -> Response:
        match message:
            case acs.ReadValue(block=block):
                reply = chip.exchange(bytes([0x30, block]))
                try:
                    value, _ = parse_value_block(reply.data if reply else b"")
                except Malformed:
                    return self._refusal
                return Response(value.to_bytes(4, "big", signed=True))
            case acs.ChangeValue(block=block, step=acs.ValueStep.STORE, value=value):
                done = _done(chip.exchange(bytes([0xA0, block]) + value_block(value, block)))
            case acs.ChangeValue(block=block, step=step, value=value) if value >= 0:
                ins = 0xC1 if step is acs.ValueStep.INCREMENT else 0xC0
                done = self._through_register(chip, bytes([ins, block]) + value.to_bytes(4, "little"), block)
            case acs.CopyValue(source=source, target=target):
                done = self._through_register(chip, bytes([0xC2, source]) + bytes(4), target)
            case _:
                done = False
        return Response() if done else self._refusal

    @staticmethod
    def _through_register(chip: InField, command: bytes, target: int) -> bool:
        return _done(chip.exchange(command)) and _done(chip.exchange(bytes([0xB0, target])))

    def _own_122(self, message: acs.Message | None, field: InField | None) -> bytes | None:
        match message:
            case acs.Lights122():
                for bit in (0, 1):
                    if message.states >> bit + 2 & 1:
                        self.lights = self.lights & ~(1 << bit) | message.states & 1 << bit
                self.beeps += message.repeats if message.buzzer else 0
                return Response(sw=0x9000 | self.lights).encoded()
            case acs.Firmware122():
                return str(self._profile["firmware"]).encode()
            case acs.DirectTransmit(frame=b"\xd4\x02"):
                return Response(_PN532_FIRMWARE).encoded()
            case acs.DirectTransmit(frame=frame) if field and frame[:2] == acs.COMMUNICATE_THRU:
                reply = field.exchange(frame[2:])
                if reply is None or not reply.data:
                    return Response(b"\xd5\x43" + (b"\x00\x0a" if _done(reply) else b"\x01")).encoded()
                return Response(b"\xd5\x43\x00" + reply.data).encoded()
        return None

    def _own_1252(self, raw: bytes) -> bytes | None:
        try:
            escape = acs.Escape.parse(raw)
        except Malformed:
            return None
        if escape.what == acs.Escape.FIRMWARE:
            return acs.escape_answer(str(self._profile["firmware"]).encode())
        if escape.what == acs.Escape.LIGHTS:
            self.lights = escape.data[0] & 3 if escape.data else self.lights
            return acs.escape_answer(bytes([self.lights]))
        if escape.what == acs.Escape.BUZZER and escape.data:
            self.beeps += escape.data != b"\0"
            return acs.escape_answer(b"\0")
        return None

    def _transparently(self, field: InField, message: acs.Message | None) -> bytes | None:
        match message:
            case acs.Session(begin=begin):
                self._transparent = begin
                return Response(bytes.fromhex("C003009000")).encoded()
            case acs.Transceive(data=data) if self._transparent:
                reply = field.exchange(data)
                said = None if reply is None else reply.data or bytes([reply.nibble or 0])
                return Response(acs.transceived(said)).encoded()
        return None


def _done(reply: Reply | None) -> bool:
    return reply is not None and reply.nibble == ACK

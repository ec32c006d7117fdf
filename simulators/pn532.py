"""An NXP PN532 on its serial line (HSU), with an antenna on which a card may lie.

Faults: silent | no_ack {times} | bad_checksum {times} | error_frame {times} | card_flaky {misses: searches in a row
that find nothing, then one that does} | antenna_weak: cards are found but cannot be read | power_cut {after_bytes}:
the supply breaks down once so many bytes were sent; then the chip sleeps and has forgotten its settings.
"""

from collections.abc import Callable
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import pn532_messages as pn
from loyalty.devices.wire.pn532 import FROM_HOST, Ack, BadFrame, Decoder, Frame, Nack, SyntaxErrorFrame, encode
from simulators.card import SimCard
from simulators.contactless import Card, Reply, card_in_field, crc_a
from simulators.unit import FaultUnknown, Unit

_SETTINGS = ("times", "misses", "after_bytes")
_EDGES_TO_WAKE = 5
_ATTEMPT_S = 0.005
_FOR_EVER = 0xFF
_TX_MODE, _RX_MODE, _FIFO_DATA = 0x6302, 0x6303, 0x6339
_REQA = 0x26
_AUTO_RATS = 0x10
_CRC_ON = 0x80


class Pn532Unit(Unit):
    """Sleeps after power-on until its line has moved (AN10609_3, low battery mode)."""

    faults_known = (
        "silent", "no_ack", "bad_checksum", "error_frame", "card_flaky", "antenna_weak", "power_cut",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.near: Card | None = None
        self._searches = 0
        self._answers: dict[type, Callable[[Any], Frame | None]] = {
            pn.Diagnose: self._diagnose,
            pn.GetFirmwareVersion: lambda _: pn.FirmwareVersion(*bytes.fromhex(profile["firmware_answer"])),
            pn.GetGeneralStatus: self._general_status,
            pn.ReadRegister: lambda ask: pn.RegisterValues(bytes(self._register(at) for at in ask.addresses)),
            pn.WriteRegister: self._write_register,
            pn.SetSerialBaudRate: lambda ask: pn.Done(0x11),
            pn.SetParameters: self._set_parameters,
            pn.SamConfiguration: lambda _: pn.Done(0x15),
            pn.PowerDown: self._power_down,
            pn.RfConfiguration: self._rf_configuration,
            pn.InListPassiveTarget: self._list,
            pn.InAutoPoll: self._auto_poll,
            pn.InDataExchange: self._data_exchange,
            pn.InCommunicateThru: self._communicate_thru,
            pn.InDeselect: lambda ask: self._release(0x45),
            pn.InRelease: lambda ask: self._release(0x53),
            pn.InSelect: self._select,
        }
        self.power_on()

    def power_on(self) -> None:
        """As after the supply came back: asleep, factory settings, nothing selected."""
        self._awake, self._edges = False, 0
        self._decoder = Decoder(FROM_HOST)
        self._retries, self._flags = _FOR_EVER, 0x14
        self._registers = {_TX_MODE: _CRC_ON, _RX_MODE: _CRC_ON}
        self._held: Card | None = None
        self._waiting: pn.InListPassiveTarget | pn.InAutoPoll | None = None
        self._last = b""
        if self.near:
            self.near.leave_field()

    # -- what befalls the unit -----------------------------------------------------------------------------------

    def put_card(self, card: SimCard) -> None:
        near = card_in_field(card)
        with self.changed:
            super().put_card(card)
            self.near, self._held = near, None
            waiting, self._waiting = self._waiting, None
            if waiting and self._awake:
                self._answer(waiting)

    def take_card(self) -> SimCard | None:
        with self.changed:
            self.near = self._held = None
            return super().take_card()

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items() if name in self.faults_known else ():
            if key not in _SETTINGS or not str(value).isdigit():
                raise FaultUnknown(f"{name} takes {' or '.join(_SETTINGS)}, whole numbers, not {key} = {value!r}.")
        super().set_fault(name, settings)

    def state(self) -> dict[str, Any]:
        with self.lock:
            return {**super().state(), "awake": self._awake, "card_selected": self._held is not None}

    # -- the line ------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        with self.lock:
            frames = [] if "silent" in self.faults else self._decoder.feed(self._heard_awake(data))
            self.log.note(">", data, "; ".join(str(frame) for frame in frames))
            for frame in frames:
                self._hear(frame)

    def _heard_awake(self, data: bytes) -> bytes:
        """What of `data` comes after the edges that wake the chip."""
        for at, byte in enumerate(data):
            if self._awake:
                return data[at:]
            bits = "0" + f"{byte:08b}"[::-1] + "1"  # start bit, low bit first, stop bit
            self._edges += bits.count("01")
            self._awake = self._edges >= _EDGES_TO_WAKE
        return b""

    def _hear(self, frame: Frame) -> None:
        if isinstance(frame, Ack):
            self._waiting = None
        elif isinstance(frame, Nack):
            self._transmit(self._last, "once more")
        elif isinstance(frame, BadFrame | SyntaxErrorFrame):
            if isinstance(frame, BadFrame) and frame.checksum_right:
                self._transmit(encode(Ack()), "ack")
                self._reply(SyntaxErrorFrame())
        elif not self._happens("no_ack"):
            self._waiting = None
            self._transmit(encode(Ack()), "ack")
            self._reply(SyntaxErrorFrame()) if self._happens("error_frame") else self._answer(frame)

    def _answer(self, command: pn.Message) -> None:
        self._count(type(command).__name__)
        answer = self._answers.get(type(command), self._unknown)(command)
        if answer is not None:
            self._reply(answer)

    def _reply(self, answer: Frame) -> None:
        self._last = encode(answer)
        self._transmit(self._last, str(answer))

    def _transmit(self, frame: bytes, meaning: str) -> None:
        if frame and len(frame) > 6 and self._happens("bad_checksum"):
            frame = frame[:-2] + bytes([frame[-2] ^ 0x01]) + frame[-1:]
        cut = self.faults.get("power_cut")
        if cut is not None:
            left = int(cut.get("after_bytes", 0))
            if left < len(frame):
                self.say(frame[:left], "power cut")
                self.clear_faults("power_cut")
                self.power_on()
                return
            cut["after_bytes"] = left - len(frame)
        self.say(frame, meaning)

    def _happens(self, name: str) -> bool:
        """True when the fault is set, as often as its `times` (once without); then it clears itself."""
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def _count(self, what: str) -> None:
        self.counters[what] = self.counters.get(what, 0) + 1

    # -- the chip itself -----------------------------------------------------------------------------------------

    def _unknown(self, command: pn.Message) -> Frame | None:
        if command.code in (0x86, 0x88, 0x8A, 0x8C):
            return None  # it waits to be read by another reader, which never comes
        if command.code in (0x46, 0x4E, 0x50, 0x56):
            return pn.StatusAnswer(command.code + 1, 0x01)
        if command.code in (0x0C, 0x0E):
            return pn.Other(command.code + 1, b"\x3f\x07\x03" if command.code == 0x0C else b"")
        return SyntaxErrorFrame()

    def _diagnose(self, ask: pn.Diagnose) -> Frame:
        if ask.test == 0:
            return pn.Diagnosed(ask.body())
        gone = ask.test == 6 and (self._held is None or self._held is not self.near)
        return pn.Diagnosed(b"\x01" if gone else b"\x00")

    def _general_status(self, _: pn.GetGeneralStatus) -> Frame:
        return pn.GeneralStatus(0, False, ((1, 0, 0, 0x10),) if self._held else (), 0x80)

    def _register(self, address: int) -> int:
        return self._registers.get(address, 0)

    def _write_register(self, ask: pn.WriteRegister) -> Frame:
        self._registers.update(ask.writes)
        return pn.Done(0x09)

    def _set_parameters(self, ask: pn.SetParameters) -> Frame:
        self._flags = ask.flags
        return pn.Done(0x13)

    def _power_down(self, _: pn.PowerDown) -> Frame | None:
        self._reply(pn.StatusAnswer(0x17, 0))
        self._awake, self._edges, self._decoder = False, 0, Decoder(FROM_HOST)
        self._field_off()
        return None

    def _rf_configuration(self, ask: pn.RfConfiguration) -> Frame:
        if ask.item == 1 and ask.data and not ask.data[0] & 1:
            self._field_off()
        if ask.item == 5 and len(ask.data) == 3:
            self._retries = ask.data[2]
        return pn.Done(0x33)

    def _field_off(self) -> None:
        self._held = None
        if self.near:
            self.near.leave_field()

    # -- cards ---------------------------------------------------------------------------------------------------

    def _list(self, ask: pn.InListPassiveTarget) -> Frame | None:
        found = self._search(ask.select) if ask.modulation == pn.TYPE_A_106 else None
        if found:
            return pn.PassiveTargets(1, found.encoded())
        if self._retries == _FOR_EVER and ask.modulation == pn.TYPE_A_106 and not self.near:
            self._waiting = ask
            return None
        self._registers[_FIFO_DATA] = _REQA
        return pn.PassiveTargets(0)

    def _auto_poll(self, ask: pn.InAutoPoll) -> Frame | None:
        found = self._search(b"") if set(ask.types) & {0x00, 0x10, 0x20} else None
        if found:
            kind = next(kind for kind in ask.types if kind in (0x00, 0x10, 0x20))
            return pn.AutoPolled(((kind, found.encoded()),))
        if ask.rounds == _FOR_EVER and not self.near:
            self._waiting = ask
            return None
        return pn.AutoPolled()

    def _search(self, select: bytes) -> pn.TargetA | None:
        """Requests as often as set; the card that answered is held."""
        self._held = None
        self._registers.update({_TX_MODE: _CRC_ON, _RX_MODE: _CRC_ON})
        attempts = 1 + min(self._retries, 8)
        near = self.near if not self._flaked() else None
        for _ in range(attempts):
            if near and near.answers_request():
                break
            self.pause(_ATTEMPT_S)
        else:
            return None
        assert near is not None
        if select and pn.without_cascade_tags(select) != near.uid:
            near.leave_field()
            return None
        self._held = near
        rats = near.ats and self._flags & _AUTO_RATS
        return pn.TargetA(1, near.atqa, near.sak, near.uid, near.enter_protocol() if rats else b"")

    def _flaked(self) -> bool:
        fault = self.faults.get("card_flaky")
        if fault is None:
            return False
        self._searches += 1
        return self._searches % (int(fault.get("misses", 1)) + 1) != 0

    def _select(self, _: pn.InSelect) -> Frame:
        if self._held is None or self._held is not self.near:
            return pn.StatusAnswer(0x55, 0x01)
        self._held.active = True
        return pn.StatusAnswer(0x55, 0x00)

    def _release(self, code: int) -> Frame:
        self._field_off()
        return pn.StatusAnswer(code, 0)

    def _on_air(self, data: bytes) -> Reply | None:
        held = self._held
        if held is None or held is not self.near or "antenna_weak" in self.faults:
            return None
        return held.exchange(data)

    def _data_exchange(self, ask: pn.InDataExchange) -> Frame:
        if self._held is None:
            return pn.DataExchanged(0x27)
        if self._held is not self.near or "antenna_weak" in self.faults:
            return pn.DataExchanged(0x01)
        if ask.data[:1] in (b"\x60", b"\x61") and len(ask.data) > 2:
            return pn.DataExchanged(0x00 if self._held.authenticate(ask.data) else 0x14)
        if self._held.protocol and (answer := self._held.apdu(ask.data)) is not None:
            return pn.DataExchanged(0x00, answer)
        reply = self._on_air(ask.data)
        if reply is None:
            return pn.DataExchanged(0x01)
        refused = reply.nibble is not None and reply.nibble != 0xA
        return pn.DataExchanged(0x02) if refused else pn.DataExchanged(0x00, reply.data)

    def _communicate_thru(self, ask: pn.InCommunicateThru) -> Frame:
        """The bytes as they are; the registers say whether the chip adds and checks CRCs."""
        data = ask.data if self._register(_TX_MODE) & _CRC_ON else ask.data[:-2]
        reply = self._on_air(data)
        if reply is None:
            return pn.Communicated(0x01)
        checked = bool(self._register(_RX_MODE) & _CRC_ON)
        if reply.nibble is not None:  # four bits have no CRC, so a chip that checks calls them wrong
            return pn.Communicated(0x02) if checked else pn.Communicated(0x00, bytes([reply.nibble]))
        return pn.Communicated(0x00, reply.data if checked else reply.data + crc_a(reply.data))


def build(profile: Profile, speed: str) -> Pn532Unit:
    """For simulators.__main__."""
    return Pn532Unit(profile, speed)

"""The inside of a PN532: settings, registers, the antenna and the card held. Knows nothing of lines and frames.

Sources: UM0701-02 rev. 02 chapter 7; what libnfc 1.8.0 and nfcpy 1.0.4 ask of the chip and expect.
"""

from collections.abc import Callable
from typing import Any

from loyalty.devices.wire import pn532 as pn
from simulators.contactless import ACK, Card, Reply, crc_a

_ATTEMPT_S = 0.005
_FOR_EVER = 0xFF
_TX_MODE, _RX_MODE, _FIFO_DATA = 0x6302, 0x6303, 0x6339
_REQA = 0x26
_AUTO_RATS = 0x10
_CRC_ON = 0x80
_BUFFER = pn.MAX_LENGTH - 3
"""Of a card's answer: a frame less its identifier, code and status."""
Answer = pn.Message | pn.SyntaxErrorFrame


class Chip:
    """firmware: its answer to GetFirmwareVersion. pause: waits so many seconds, as the air interface takes them.

    missed: asked at each search; True when the antenna finds nothing this time. weak: asked at each exchange; True
    when the card gets too little power to answer.
    """

    def __init__(
        self, firmware: bytes, pause: Callable[[float], None], missed: Callable[[], bool], weak: Callable[[], bool]
    ) -> None:
        self._pause, self._missed, self._weak = pause, missed, weak
        self.near: Card | None = None
        """The card on the antenna."""
        self._answers: dict[type, Callable[[Any], Answer | None]] = {
            pn.Diagnose: self._diagnose,
            pn.GetFirmwareVersion: lambda _: pn.FirmwareVersion(*firmware),
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
        """As after the supply came back: factory settings, nothing selected."""
        self._retries, self._flags = _FOR_EVER, 0x14
        self._registers = {_TX_MODE: _CRC_ON, _RX_MODE: _CRC_ON}
        self.held: Card | None = None
        self.waiting: pn.InListPassiveTarget | pn.InAutoPoll | None = None
        """The search that goes on until a card comes."""
        self.field_off()

    def lay(self, card: Card | None) -> Answer | None:
        """A card comes near, or None: it goes. The answer to a search that waited for it."""
        self.near, self.held = card, None
        waiting = self.waiting if card else None
        return self.answer(waiting) if waiting else None

    def answer(self, command: pn.Message) -> Answer | None:
        """What the chip says to a command; None while it has nothing to say yet. Ends what was going on before."""
        self.waiting = None
        return self._answers.get(type(command), self._unknown)(command)

    def field_off(self) -> None:
        self.held = None
        if self.near:
            self.near.lose_power()

    def _unknown(self, command: pn.Message) -> Answer | None:
        if command.code in (0x86, 0x88, 0x8A, 0x8C):
            return None  # it waits to be read by another reader, which never comes
        if command.code in (0x46, 0x4E, 0x50, 0x56):
            return pn.StatusAnswer(command.code + 1, 0x01)
        if command.code in (0x0C, 0x0E):
            return pn.Other(command.code + 1, b"\x3f\x07\x03" if command.code == 0x0C else b"")
        return pn.SyntaxErrorFrame()

    def _diagnose(self, ask: pn.Diagnose) -> Answer:
        if ask.test == 0:
            return pn.Diagnosed(ask.body())
        gone = ask.test == 6 and (self.held is None or self.held is not self.near)
        return pn.Diagnosed(b"\x01" if gone else b"\x00")

    def _general_status(self, _: pn.GetGeneralStatus) -> Answer:
        return pn.GeneralStatus(0, False, ((1, 0, 0, 0x10),) if self.held else (), 0x80)

    def _register(self, address: int) -> int:
        return self._registers.get(address, 0)

    def _write_register(self, ask: pn.WriteRegister) -> Answer:
        self._registers.update(ask.writes)
        return pn.Done(0x09)

    def _set_parameters(self, ask: pn.SetParameters) -> Answer:
        self._flags = ask.flags
        return pn.Done(0x13)

    def _power_down(self, _: pn.PowerDown) -> Answer:
        self.field_off()
        return pn.StatusAnswer(0x17, 0)

    def _rf_configuration(self, ask: pn.RfConfiguration) -> Answer:
        if ask.item == 1 and ask.data and not ask.data[0] & 1:
            self.field_off()
        if ask.item == 5 and len(ask.data) == 3:
            self._retries = ask.data[2]
        return pn.Done(0x33)

    def _list(self, ask: pn.InListPassiveTarget) -> Answer | None:
        found = self._search(ask.select) if ask.modulation == pn.TYPE_A_106 else None
        if found:
            return pn.PassiveTargets(1, found.encoded())
        if self._retries == _FOR_EVER and ask.modulation == pn.TYPE_A_106 and not self.near:
            self.waiting = ask
            return None
        self._registers[_FIFO_DATA] = _REQA
        return pn.PassiveTargets(0)

    def _auto_poll(self, ask: pn.InAutoPoll) -> Answer | None:
        found = self._search(b"") if set(ask.types) & {0x00, 0x10, 0x20} else None
        if found:
            kind = next(kind for kind in ask.types if kind in (0x00, 0x10, 0x20))
            return pn.AutoPolled(((kind, found.encoded()),))
        if ask.rounds == _FOR_EVER and not self.near:
            self.waiting = ask
            return None
        return pn.AutoPolled()

    def _search(self, select: bytes) -> pn.TargetA | None:
        """Requests as often as set; the card that answered is held.

        A card that the chip has led into ISO 14443-4 is let go first: libfreefare 0.4.0 searches again without a word
        and then speaks with the card, which works with this chip.
        """
        if self.held and self.held.protocol:
            self.held.leave_field()
        self.held = None
        self._registers.update({_TX_MODE: _CRC_ON, _RX_MODE: _CRC_ON})
        attempts = 1 + min(self._retries, 8)
        near = self.near if not self._missed() else None
        for _ in range(attempts):
            if near and near.answers_request():
                break
            self._pause(_ATTEMPT_S)
        else:
            return None
        assert near is not None
        if select and not _names(select, near.uid):
            near.leave_field()
            return None
        self.held = near
        rats = near.ats and self._flags & _AUTO_RATS
        return pn.TargetA(1, near.atqa, near.sak, near.uid, near.enter_protocol() if rats else b"")

    def _select(self, _: pn.InSelect) -> Answer:
        if self.held is None or self.held is not self.near:
            return pn.StatusAnswer(0x55, 0x01)
        self.held.active = True
        return pn.StatusAnswer(0x55, 0x00)

    def _release(self, code: int) -> Answer:
        self.held = None
        if self.near:
            self.near.leave_field()
        return pn.StatusAnswer(code, 0)

    def _on_air(self, data: bytes) -> Reply | None:
        held = self.held
        if held is None or held is not self.near or self._weak():
            return None
        return held.exchange(data)

    def _data_exchange(self, ask: pn.InDataExchange) -> Answer:
        if self.held is None:
            return pn.DataExchanged(0x27)
        if self.held is not self.near or self._weak():
            return pn.DataExchanged(0x01)
        if ask.data[:1] in (b"\x60", b"\x61") and len(ask.data) > 2:
            return pn.DataExchanged(0x00 if self.held.authenticate(ask.data) else 0x14)
        if self.held.protocol and (answer := self.held.apdu(ask.data)) is not None:
            return pn.DataExchanged(0x00, answer)
        reply = self._on_air(ask.data)
        if reply is None:
            return pn.DataExchanged(0x01)
        if reply.nibble not in (None, ACK):
            return pn.DataExchanged(0x02)
        return pn.DataExchanged(0x00, reply.data) if len(reply.data) <= _BUFFER else pn.DataExchanged(0x07)

    def _communicate_thru(self, ask: pn.InCommunicateThru) -> Answer:
        """The bytes as they are; the registers say whether the chip adds and checks CRCs."""
        data = ask.data if self._register(_TX_MODE) & _CRC_ON else ask.data[:-2]
        reply = self._on_air(data)
        if reply is None:
            return pn.Communicated(0x01)
        checked = bool(self._register(_RX_MODE) & _CRC_ON)
        if reply.nibble is not None:  # four bits have no CRC, so a chip that checks calls them wrong
            return pn.Communicated(0x02) if checked else pn.Communicated(0x00, bytes([reply.nibble]))
        data = reply.data if checked else reply.data + crc_a(reply.data)
        return pn.Communicated(0x00, data) if len(data) <= _BUFFER else pn.Communicated(0x07)


def _names(select: bytes, uid: bytes) -> bool:
    try:
        return pn.without_cascade_tags(select) == uid
    except pn.Malformed:
        return False

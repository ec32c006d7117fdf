"""A scanner that speaks SSI: codes go out in packets and are sent again until the host says ACK.

Faults: lost_ack {times}: an ACK is not heard | wrong_checksum {times} | double_send {times}: a packet comes once more,
marked as a repetition | refuse {times}: a command is answered NAK | silent: it answers nothing | noise {times}: bytes
of a loose plug before a packet.
"""

import queue
import threading
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import ssi
from loyalty.devices.wire.ssi import Cause, Opcode, Packet, Status
from simulators.serial_scanner import checked_symbology
from simulators.unit import FaultUnknown, Unit

_NOISE = bytes.fromhex("00fff0ff07")
_TIMED = ("lost_ack", "wrong_checksum", "double_send", "refuse", "noise")
_AT_POWER_UP = {ssi.ACK_NAK: 1, ssi.PACKETED_DECODE: 0}
ACKED, AGAIN, GONE = "ack", "again", "gone"


class SsiUnit(Unit):
    faults_known = (*_TIMED, "silent")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._decoder = ssi.Decoder()
        self._types = {name: number for number, name in ssi.CODE_TYPES.items()}
        self._enabled = True
        self._parameters = dict(_AT_POWER_UP)
        self._power_cycles = 0
        self._heard_by_host = False
        self._verdict, self._sending = "", False
        self._last_answer: Packet | None = None
        self._codes: queue.Queue[tuple[int, str, str]] = queue.Queue()
        threading.Thread(target=self._send_codes, daemon=True).start()

    def plugged(self, connected: bool) -> None:
        """A pulled plug takes the power too: what was not taken is forgotten, and the settings of this session."""
        with self.changed:
            self._heard_by_host = connected
            if not connected:
                self._parameters = dict(_AT_POWER_UP)
                self._verdict = GONE
                self._power_cycles += 1
            self.changed.notify_all()

    def state(self) -> dict[str, Any]:
        """As every unit's; enabled: false while the trigger is off; waiting: codes that the host has not taken yet."""
        return {
            **super().state(), "host_connected": self._heard_by_host, "enabled": self._enabled,
            "packeted": bool(self._parameters[ssi.PACKETED_DECODE]), "waiting": self._codes.unfinished_tasks,
        }  # fmt: skip

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        if name in _TIMED and not str(settings.get("times", 1)).isdigit():
            raise FaultUnknown(f"{name} takes times as a whole number, not {settings['times']!r}.")
        super().set_fault(name, settings)

    def scan(self, data: str, symbology: str) -> None:
        """The code is held before the window and the trigger pulled. CardInvalid when no scanner would read it."""
        name = checked_symbology(data, symbology)
        self._count("scans")
        if self._enabled:
            self._codes.put((self._power_cycles, name, data))

    def receive(self, data: bytes) -> None:
        for packet in self._decoder.feed(data):
            if isinstance(packet, ssi.BrokenPacket):
                self._answer(Packet(Opcode.NAK, ssi.DECODER, bytes([Cause.RESEND])))
            elif packet.source == ssi.HOST:
                self.log.note(">", ssi.encode(packet), _name(packet))
                self._hear(packet)

    def _hear(self, packet: Packet) -> None:
        if packet.opcode == Opcode.ACK:
            self._judge(AGAIN if self._happens("lost_ack") else ACKED)
        elif packet.opcode == Opcode.NAK:
            self._refused_by_host()
        elif self._happens("refuse"):
            self._answer(Packet(Opcode.NAK, ssi.DECODER, bytes([Cause.DENIED])))
        elif packet.opcode == Opcode.REQUEST_REVISION:
            self._answer(Packet(Opcode.REPLY_REVISION, ssi.DECODER, str(self.profile["revision"]).encode()))
        elif self._obeyed(packet):
            self._answer(Packet(Opcode.ACK, ssi.DECODER))
        else:
            self._answer(Packet(Opcode.NAK, ssi.DECODER, bytes([Cause.BAD_CONTEXT])))

    def _refused_by_host(self) -> None:
        """A code on its way goes out again; else the last answer does."""
        if self._sending:
            self._judge(AGAIN)
        elif self._last_answer:
            answer = self._last_answer
            self._answer(Packet(answer.opcode, answer.source, answer.data, Status.RETRANSMIT))

    def _obeyed(self, packet: Packet) -> bool:
        if packet.opcode in (Opcode.SCAN_ENABLE, Opcode.SCAN_DISABLE):
            self._enabled = packet.opcode == Opcode.SCAN_ENABLE
        elif packet.opcode == Opcode.PARAM_SEND and len(packet.data) == 3:
            self._parameters[packet.data[1]] = packet.data[2]
        elif packet.opcode == Opcode.BEEP and len(packet.data) == 1:
            self._count("beeps")
        else:
            return packet.opcode in (Opcode.LED_ON, Opcode.LED_OFF, Opcode.AIM_ON, Opcode.AIM_OFF, Opcode.FLUSH_QUEUE)
        return True

    def _send_codes(self) -> None:
        while True:
            powered, name, data = self._codes.get()
            if powered != self._power_cycles:
                pass
            elif not self._parameters[ssi.PACKETED_DECODE]:
                self.say(data.encode("latin-1"), f"{name}, bare")
            elif not all(self._sent(packet) for packet in self._packets(name, data)):
                self._count("codes_given_up")
            self._codes.task_done()

    def _packets(self, name: str, data: str) -> list[Packet]:
        room, raw = int(self.profile["packet_data"]), data.encode("latin-1")
        pieces = [raw[at : at + room] for at in range(0, len(raw), room)]
        code_type, packets = bytes([self._types.get(name, 0)]), []
        for number, piece in enumerate(pieces):
            with_type = number == 0 or self.profile["type_in_each_packet"]
            status = Status.MORE_FOLLOWS if piece is not pieces[-1] else 0
            packets.append(Packet(Opcode.DECODE_DATA, ssi.DECODER, (code_type if with_type else b"") + piece, status))
        return packets

    def _sent(self, packet: Packet) -> bool:
        """First and again, until the host has it."""
        for attempt in range(1 + int(self.profile["resends"])):
            again = Status.RETRANSMIT if attempt else 0
            with self.changed:
                self._verdict, self._sending = "", True
            self._out(Packet(packet.opcode, packet.source, packet.data, packet.status | again))
            with self.changed:
                self.changed.wait_for(lambda: self._verdict != "", float(self.profile["response_timeout_s"]))
                self._sending = False
                if self._verdict == GONE:
                    return False
                if self._verdict == ACKED:
                    break
        else:
            return False
        if self._happens("double_send"):
            self._out(Packet(packet.opcode, packet.source, packet.data, packet.status | Status.RETRANSMIT))
        return True

    def _out(self, packet: Packet) -> None:
        raw = ssi.encode(packet)
        if self._happens("wrong_checksum"):
            raw = raw[:-1] + bytes([raw[-1] ^ 1])
        self.say((_NOISE if self._happens("noise") else b"") + raw, _name(packet))

    def _answer(self, packet: Packet) -> None:
        self._last_answer = packet
        if "silent" not in self.faults:
            self.say(ssi.encode(packet), _name(packet))

    def _judge(self, verdict: str) -> None:
        with self.changed:
            self._verdict = verdict
            self.changed.notify_all()

    def _happens(self, name: str) -> bool:
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def _count(self, what: str) -> None:
        with self.lock:
            self.counters[what] = self.counters.get(what, 0) + 1


def _name(packet: Packet) -> str:
    name = Opcode(packet.opcode).name if packet.opcode in list(Opcode) else f"{packet.opcode:02X}"
    return f"{name}, again" if packet.again else name


def build(profile: Profile, speed: str) -> SsiUnit:
    """For simulators.__main__."""
    return SsiUnit(profile, speed)

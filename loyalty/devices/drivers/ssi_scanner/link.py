"""The line to an SSI scanner: what it sends is acknowledged at once, what we send is repeated until it is."""

import time
from collections import deque
from collections.abc import Callable

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import ssi
from loyalty.devices.wire.ssi import Cause, Opcode, Packet, Status
from loyalty.errors import NoAnswer, Rejected

_WHY = {Cause.BAD_CONTEXT: "it does not know that, or not now", Cause.DENIED: "its settings forbid it"}
MOST_NAKS = 8
"""In a row; a line that gives nothing but noise is not answered for ever."""


class Link:
    """codes: what was scanned and not fetched yet, as (code type, bytes)."""

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float]) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._decoder = ssi.Decoder()
        self._assembly = self._new_assembly()
        self._answers: deque[Packet] = deque()
        self._naks = 0
        self._code_at = self._byte_at = monotonic()
        self.codes: deque[tuple[int, bytes]] = deque()

    def wake(self) -> None:
        if self._profile["wake"]:
            self._transport.write(ssi.WAKE_UP)
            time.sleep(self._profile["wake_s"])

    def listen(self, at_most_s: float) -> bool:
        """Take in what the line brings, waiting at most so long for it; False when nothing came."""
        gap_s = self._profile["byte_gap_s"]
        data = self._transport.read(min(at_most_s, gap_s) if self._decoder.waiting else at_most_s)
        if data:
            self._byte_at = self._now()
            for packet in self._decoder.feed(data):
                self._take(packet)
        elif self._decoder.waiting and self._now() - self._byte_at >= gap_s:
            self._decoder.forget()
            self._refuse()
        return bool(data)

    def ask(self, packet: Packet, answer: Opcode = Opcode.ACK) -> Packet:
        """The scanner's answer. Rejected when it refuses, NoAnswer when it stays silent to every repetition."""
        for attempt in range(1 + int(self._profile["resends"])):
            self._answers.clear()
            again = Status.RETRANSMIT if attempt else 0
            self._transport.write(ssi.encode(Packet(packet.opcode, packet.source, packet.data, packet.status | again)))
            found = self._answer(answer)
            if found is not None and found.opcode == answer:
                return found
            cause = found.data[0] if found is not None and found.data else Cause.RESEND
            if found is not None and cause != Cause.RESEND:
                why = _WHY.get(Cause(cause), "") if cause in list(Cause) else f"cause {cause}"
                raise Rejected(f"The scanner refuses {Opcode(packet.opcode).name}: {why}.")
        raise NoAnswer(f"The scanner on {self._transport.url} does not answer {Opcode(packet.opcode).name}.")

    def _answer(self, wanted: Opcode) -> Packet | None:
        deadline = self._now() + float(self._profile["response_timeout_s"])
        while (left := deadline - self._now()) > 0:
            self.listen(left)
            while self._answers:
                packet = self._answers.popleft()
                if packet.opcode in (wanted, Opcode.NAK):
                    return packet
        return None

    def _take(self, packet: Packet | ssi.BrokenPacket) -> None:
        if isinstance(packet, ssi.BrokenPacket):
            self._refuse()
        elif packet.source != ssi.DECODER:
            return  # our own words, as a line gives them back that is not connected right
        elif packet.opcode in (Opcode.DECODE_DATA, Opcode.EVENT):
            self._naks = 0
            self._transport.write(ssi.encode(Packet(Opcode.ACK)))  # before anything else: the scanner counts seconds
            if packet.opcode == Opcode.DECODE_DATA:
                self._code(packet)
        else:
            self._naks = 0
            self._answers.append(packet)

    def _code(self, packet: Packet) -> None:
        """A repetition of what came long ago is a new code whose first packet was lost."""
        patience_s = self._profile["response_timeout_s"] * (1 + self._profile["resends"])
        if self._now() - self._code_at > patience_s:
            self._assembly = self._new_assembly()
        self._code_at = self._now()
        if (whole := self._assembly.add(packet)) is not None:
            self.codes.append(whole)

    def _refuse(self) -> None:
        self._naks += 1
        if self._naks <= MOST_NAKS:
            self._transport.write(ssi.encode(Packet(Opcode.NAK, data=bytes([Cause.RESEND]))))

    def _new_assembly(self) -> ssi.Assembly:
        return ssi.Assembly(4 * ssi.LONGEST_DATA, bool(self._profile["type_in_each_packet"]))

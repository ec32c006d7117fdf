"""The host's end of the line to a CR-1231R: orders out, acknowledgements, answers that do not say to what."""

import time
from collections import deque

from loyalty.devices.drivers.sanwa.link import SLICE_S, STALL_S
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.block import BadFrame, LinkByte
from loyalty.devices.wire.sanwa.letters import (
    TRACK_BYTES,
    Answer,
    LetterDecoder,
    LetterMessage,
    Order,
    encode_letters,
)
from loyalty.errors import Garbled, NoAnswer

FLUSH = bytes(TRACK_BYTES + 4)
"""Ends an order that lost bytes: zeros hold no ETX, so they can complete none but for its check byte."""
QUIET_S = 0.25
"""After an order to stop, nothing more comes when nothing has come for so long."""
READ, WRITE, EJECT, SENSORS, CANCEL, START = "RL", "WL", "OT", "SS", "CA", "IN"


class LetterLink:
    """Not safe for two threads at once; the unit's driver holds a lock."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport = transport
        self._decoder = LetterDecoder("host")
        self._inbox: deque[LetterMessage] = deque()
        self._reply_s, self._op_s = float(profile["link_reply_s"]), float(profile["op_s"])
        self._tries = int(profile["resend_max"]) + 1

    def flush(self) -> None:
        """End an order that an earlier program left open."""
        self._transport.write(FLUSH)

    def ask(self, order: Order) -> Answer:
        """The answer, whatever it says. One that is lost or damaged is not said again by the unit: the order is called
        off and given again, since all of them may be done twice. A unit that stays silent is asked twice."""
        silences = 0
        for _ in range(self._tries):
            self.deliver(order)
            answer = self.answer(self._op_s, order.name)
            if isinstance(answer, Answer):
                return answer
            self.call_off()
            silences += answer is None
            if silences == 2:
                raise NoAnswer(f"The unit took the order {order.name} and gave no answer.")
        raise Garbled(f"The answer to {order.name} came with a wrong check byte, {self._tries} times.")

    def call_off(self) -> None:
        """The wait's own answer may come before or after that to CA, and neither says which it is: both are dropped."""
        self.deliver(Order(CANCEL))
        while self.answer(min(QUIET_S, self._reply_s / 4)) is not None:
            pass

    def deliver(self, order: Order) -> None:
        """Send until the unit acknowledges; Garbled or NoAnswer."""
        said: LetterMessage | None = None
        for _ in range(self._tries):
            self._drain()
            self._transport.write(encode_letters(order))
            deadline = time.monotonic() + self._reply_s
            while (said := self._next(deadline)) not in (None, LinkByte.ACK, LinkByte.NAK):
                pass
            if said is LinkByte.ACK:
                return
            if said is None:
                self._transport.write(FLUSH)
        if said is LinkByte.NAK:
            raise Garbled(f"The unit could not read the order {order.name}, sent {self._tries} times.")
        raise NoAnswer(f"The unit does not answer the order {order.name}.")

    def answer(self, wait_s: float, name: str = "") -> Answer | BadFrame | None:
        """The next answer that can be one to `name`: sensors only to SS, a track only to RL."""
        deadline = time.monotonic() + wait_s
        while (message := self._next(deadline)) is not None:
            if isinstance(message, BadFrame):
                return message
            if isinstance(message, Answer) and (not name or _fits(message, name)):
                return message
        return None

    def _next(self, deadline: float) -> LetterMessage | None:
        quiet_since = time.monotonic()
        while not self._inbox:
            now = time.monotonic()
            if now >= deadline:
                return None
            data = self._transport.read(min(SLICE_S, deadline - now))
            self._inbox.extend(self._decoder.feed(data))
            if data:
                quiet_since = time.monotonic()
            elif not self._decoder.idle and time.monotonic() - quiet_since > min(STALL_S, self._reply_s / 2):
                self._decoder.reset()
                return BadFrame()
        return self._inbox.popleft()

    def _drain(self) -> None:
        self._inbox.clear()
        self._decoder.reset()
        while self._transport.read(0):
            pass


def _fits(answer: Answer, name: str) -> bool:
    if answer.text[0] == "N":
        return True
    return (len(answer.text) == 6) == (name == SENSORS) and bool(answer.data) == (name == READ)

"""The host's end of the line: frames out, acknowledgements, and enquiries until a command is over.

What the sources leave open, and how it is closed here:

* resends have no limit: `resend_max` of the profile is ours.
* no ACK: the unit may be in the middle of a frame that lost a byte, or have the command, its ACK being lost. The frame
  is filled up with zeros, and ENQ asks which command the unit has. That only tells something when the command before
  was another one; else the command is sent again, and therefore every command that is sent must do no harm when it is
  carried out twice.
* an answer that speaks of another command than ours: the unit has been off in between, or never had ours.
"""

import time
from collections import deque

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa.block import BadFrame, Command, LinkByte, Reply, State
from loyalty.devices.wire.sanwa.codec import FLUSH, Decoder, Message, encode
from loyalty.devices.wire.sanwa.control import Cancel
from loyalty.errors import DeviceError, Garbled, NoAnswer

STALL_S = 0.5
"""A frame that stops in its middle for so long has lost bytes."""
SLICE_S = 0.1


class Link:
    """Not safe for two threads at once; the printer holds a lock."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport = transport
        self._decoder = Decoder("host")
        self._inbox: deque[Message] = deque()
        self._reply_s = float(profile["link_reply_s"])
        self._poll_s = float(profile["poll_s"])
        self._stall_s = min(STALL_S, self._reply_s / 2)
        self._resend_max = int(profile["resend_max"])
        self._last: int | None = None
        """The command that the unit acknowledged last."""
        self.resends = 0
        """How often a frame found no answer and was sent again: the unit may have been off and have forgotten."""

    def flush(self) -> None:
        """End a frame that an earlier program, or a lost byte, left open."""
        self._transport.write(FLUSH)

    def ask(self, command: Command, wait_s: float) -> Reply:
        """Send, and enquire until the unit has done it. NoAnswer or Garbled when it never says so."""
        self.deliver(command)
        return self.result(command.number, wait_s)

    def deliver(self, command: Command) -> None:
        """Send until the unit has taken the command."""
        tells = command.number != self._last
        said: LinkByte | None = None
        for _ in range(self._resend_max + 1):
            self._drain()
            self._transport.write(encode(command))
            said = self._link_byte()
            if said is LinkByte.ACK or (said is None and self._has(command.number, tells)):
                self._last = command.number
                return
            self.resends += said is None
        raise self._not_taken(command.number, said)

    def result(self, number: int, wait_s: float) -> Reply:
        """The answer to a command that was taken, once the unit neither works nor waits any more."""
        deadline = time.monotonic() + wait_s
        pause = 0.0
        while (reply := self.enquire(number)).state == State.RUNNING.value:
            if time.monotonic() >= deadline:
                self.call_off()
                raise NoAnswer(f"The unit has been at work on {number:02X}h for {wait_s:g} s.")
            time.sleep(pause)
            pause = min(pause + 0.01, self._poll_s)
        return reply

    def enquire(self, number: int) -> Reply:
        """How far command `number` is."""
        reply = self._ask_state()
        if reply.number != number:
            raise NoAnswer(f"The unit has forgotten the command {number:02X}h; was it switched off?")
        return reply

    def call_off(self) -> None:
        """End whatever the unit does or waits for."""
        self.ask(Cancel(), self._reply_s)

    def _has(self, number: int, tells: bool) -> bool:
        """Has the unit taken the command whose ACK did not come?"""
        self._decoder.reset()
        self.flush()
        reply = self._answer()
        return tells and isinstance(reply, Reply) and reply.number == number

    def _ask_state(self) -> Reply:
        bad = 0
        for _ in range(self._resend_max + 1):
            reply = self._answer()
            if isinstance(reply, Reply):
                return reply
            bad += reply is not None
        if bad:
            raise Garbled(f"The unit's state came {bad} times with a wrong check byte.")
        raise NoAnswer("The unit does not tell its state.")

    def _answer(self) -> Reply | BadFrame | None:
        """What comes on one ENQ."""
        self._drain()
        self._transport.write(encode(LinkByte.ENQ))
        deadline = time.monotonic() + self._reply_s
        while (message := self._next(deadline)) is not None:
            if isinstance(message, Reply | BadFrame):
                return message
        return None

    def _not_taken(self, number: int, said: LinkByte | None) -> DeviceError:
        if said is LinkByte.NAK:
            return Garbled(f"The unit could not read the command {number:02X}h, sent {self._resend_max + 1} times.")
        return NoAnswer(f"The unit does not answer the command {number:02X}h.")

    def _link_byte(self) -> LinkByte | None:
        deadline = time.monotonic() + self._reply_s
        while (message := self._next(deadline)) is not None:
            if isinstance(message, LinkByte) and message is not LinkByte.ENQ:
                return message
        return None

    def _next(self, deadline: float) -> Message | None:
        quiet_since = time.monotonic()
        while not self._inbox:
            now = time.monotonic()
            if now >= deadline:
                return None
            data = self._transport.read(min(SLICE_S, deadline - now))
            self._inbox.extend(self._decoder.feed(data))
            if data:
                quiet_since = time.monotonic()
            elif not self._decoder.idle and time.monotonic() - quiet_since > self._stall_s:
                self._decoder.reset()
                return BadFrame()
        return self._inbox.popleft()

    def _drain(self) -> None:
        """Forget what came unasked, so that a late byte is not taken for the answer to the next command."""
        self._inbox.clear()
        self._decoder.reset()
        while self._transport.read(0):
            pass

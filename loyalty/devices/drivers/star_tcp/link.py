"""The host's end of the line: blocks out, acknowledgements, resends and responses in.

Star TCP300II command specification 2005, sections 3-1 to 3-3. What the manual leaves open, and how it is closed here:

* resends have no limit: `resend_max` of the profile is ours.
* no answer to a block may mean that the unit never got it, or that its ACK was lost and it is at work, or that *our*
  last ACK was lost and the unit still waits for one. A command that may be repeated is preceded by an ACK and sent
  again. A command that must not run twice (`once`) is followed by a NAK, which makes a waiting unit say its last
  response again: another command's response proves that ours was not heard. A command that waits for a card (`waits`)
  is called off with 54h, which works at all times, and sent again: nobody would notice a unit that does not wait.
* no response in time: one NAK asks for it again before the command is given up.
"""

import time
from collections import deque

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp.block import BadBcc, Command, LinkReply, Response
from loyalty.devices.wire.star_tcp.codec import Decoder, Message, encode
from loyalty.devices.wire.star_tcp.control import CancelInsertionWait
from loyalty.errors import DeviceError, Garbled, NoAnswer, Rejected

STALL_S = 0.5
"""A block that stops in its middle for so long has lost bytes: units send without a pause."""
SLICE_S = 0.1


class Link:
    """Not safe for two threads at once; the printer holds a lock."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport = transport
        self._decoder = Decoder("host")
        self._inbox: deque[Message] = deque()
        self._reply_s = float(profile["link_reply_s"])
        self._op_s = float(profile["op_s"]) * float(profile["cold_factor"])
        self._stall_s = min(STALL_S, self._reply_s / 2)
        self._resend_max = int(profile["resend_max"])
        self.silences = 0
        """How often a block found no answer: the unit may have been opened or switched off and lost its buffers."""

    def release(self) -> None:
        """Free a unit that waits for an ACK which an earlier program never sent."""
        self._say(LinkReply.ACK)

    def ask(self, command: Command, *, once: bool = False) -> Response:
        """Send, wait, acknowledge. NoAnswer, Garbled or Rejected (DLE) when no response can be had."""
        response = self.deliver(command, once=once) or self.response(command.code, self._op_s)
        response = response or self._say_again(command.code)
        if response is None or response.code != command.code:
            raise NoAnswer(f"The unit took the command {command.code:02X}h and gave no result.")
        return response

    def deliver(self, command: Command, *, once: bool = False, waits: bool = False) -> Response | None:
        """Send until the unit has taken the command. A Response when it came at once, its ACK being lost."""
        last: object = None
        for _ in range(self._resend_max + 1):
            self._drain()
            self._transport.write(encode(command))
            last = self._link_reply(command.code)
            if last is LinkReply.ACK:
                return None
            if isinstance(last, Response):
                return last
            if last is None:
                self.silences += 1
                if waits:
                    told = self.cancel_wait(command.code)
                elif once:
                    told = self._say_again(command.code)
                    if told is None:
                        return None  # perhaps it is at work; the response will show
                else:
                    self.release()
                    continue
                if told and told.code == command.code:
                    return told
        raise self._not_taken(command.code, last)

    def _not_taken(self, code: int, last: object) -> DeviceError:
        if last is LinkReply.DLE:
            return Rejected(f"The unit rejects the command {code:02X}h.")
        if last is LinkReply.NAK:
            return Garbled(f"The unit could not read the command {code:02X}h, sent {self._resend_max + 1} times.")
        return NoAnswer(f"The unit does not answer the command {code:02X}h.")

    def response(self, code: int, wait_s: float, *, any_code: bool = False) -> Response | None:
        """The response to `code`, acknowledged; None when it has not come within wait_s."""
        deadline = time.monotonic() + wait_s
        bad = 0
        while (message := self._next(deadline)) is not None:
            if isinstance(message, Response):
                self._say(LinkReply.ACK)
                if any_code or message.code == code:
                    return message
            elif isinstance(message, BadBcc):
                bad += 1
                if bad > self._resend_max:
                    self.release()
                    raise Garbled(f"The response to {code:02X}h came {bad} times with a wrong check byte.")
                self._say(LinkReply.NAK)
            elif message is LinkReply.DLE:
                raise Rejected(f"The unit rejects the command {code:02X}h.")
        return None

    def cancel_wait(self, code: int) -> Response | None:
        """Call off the running command `code` with 54h. Its response, if it was done just then."""
        cancel = CancelInsertionWait()
        for _ in range(self._resend_max + 1):
            self._transport.write(encode(cancel))
            deadline = time.monotonic() + self._reply_s
            while (response := self.response(cancel.code, deadline - time.monotonic(), any_code=True)) is not None:
                if response.code == cancel.code:
                    return None
                if response.code == code:
                    return response
            self.silences += 1
            self.release()
        raise NoAnswer("The unit does not answer the order to stop waiting for a card.")

    def _link_reply(self, code: int) -> LinkReply | Response | None:
        deadline = time.monotonic() + self._reply_s
        while (message := self._next(deadline)) is not None:
            if isinstance(message, LinkReply):
                return message
            if isinstance(message, Response):
                self._say(LinkReply.ACK)
                if message.code == code:
                    return message
            elif isinstance(message, BadBcc):
                self._say(LinkReply.NAK)
        return None

    def _say_again(self, code: int) -> Response | None:
        """The last response of a unit that waits for our ACK, whatever command it belongs to."""
        self._decoder.reset()
        self._say(LinkReply.NAK)
        return self.response(code, self._reply_s, any_code=True)

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
                return BadBcc(None)
        return self._inbox.popleft()

    def _drain(self) -> None:
        """Forget what came unasked, so that a late byte is not taken for the answer to the next command."""
        self._inbox.clear()
        self._decoder.reset()
        while self._transport.read(0):
            pass

    def _say(self, reply: LinkReply) -> None:
        self._transport.write(encode(reply))

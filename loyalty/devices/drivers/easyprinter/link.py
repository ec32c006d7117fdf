"""The host's end of the line: commands out, the few answers in.

Nothing tells which question an answer belongs to, and nothing checks a byte. Therefore one question is open at a time,
what came unasked is thrown away before the next, an answer of more bytes than it may have is not believed, and what
decides about a card is asked until it has come twice the same. Answers come in order: after a silence the firmware is
asked, whose answer cannot be mistaken, and what came before it belonged to earlier questions.
"""

import time

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.easyprinter.document import encoded
from loyalty.devices.wire.easyprinter.messages import MAX_COLUMN, Message, Plain
from loyalty.devices.wire.easyprinter.replies import (
    MAX_REPLY,
    Asked,
    BadReply,
    ReplyDecoder,
    State,
    TextReply,
    UidReply,
)
from loyalty.errors import Garbled, NoAnswer

SLICE_S = 0.05
QUIET_S = 0.15
"""A unit that says nothing for so long has said all."""
WAKE_S = 0.5
"""A unit that says nothing for so long when it is first asked may be in the middle of a command."""
TRIES, LOOKS = 3, 8
SERIAL_PIECE = 2048
"""Bytes written to a serial line at a time, so that no write takes longer than its limit."""


class Link:
    """Not safe for two threads at once; the printer holds a lock."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport = transport
        self._reply_s = float(profile["reply_s"])
        self._piece = 1 << 20 if transport.url.startswith("socket://") else SERIAL_PIECE
        self._in_doubt = False
        """A question found no answer, which may still come."""

    def send(self, *messages: Message) -> None:
        """What is not answered."""
        data = encoded(messages)
        for at in range(0, len(data), self._piece):
            self._transport.write(data[at : at + self._piece])

    def wake(self) -> None:
        """Get an answer from a unit that may have half a command from an earlier program: a column of 255 bytes."""
        self._drain()
        self._transport.write(Plain.STATE.value)
        if len(self._transport.read(min(WAKE_S, self._reply_s))) == 1:
            return
        for _ in range(TRIES):
            self._transport.write(Plain.STATE.value * (MAX_COLUMN + 1))
            if self._until_quiet():
                return
        raise NoAnswer("The unit does not answer.")

    def state(self) -> State:
        """The state as one answer gives it: good for waiting."""
        if self._in_doubt:
            self._settle()
        for _ in range(TRIES):
            self._drain()
            self._transport.write(Plain.STATE.value)
            heard = self._transport.read(self._reply_s)
            if len(heard) == 1:
                return State.of(heard[0])
            if not heard:
                self._in_doubt = True
                self._settle()
        if self._in_doubt or not heard:
            raise NoAnswer("The unit does not answer in time.")
        raise Garbled("The unit answers the question for its state with more than one byte, again and again.")

    def sure_state(self) -> State:
        """The state as two answers in a row give it: good for deciding."""
        last = self.state()
        for _ in range(LOOKS):
            before, last = last, self.state()
            if last == before:
                return last
        raise Garbled("The unit's state is another each time it is asked.")

    def text(self, question: Plain) -> str:
        """Firmware, serial number or direction, as two answers in a row give it."""
        return self._twice(question, Asked.TEXT)

    def uid(self) -> str:
        """Upper-case hex; empty when the unit could read no chip."""
        return self._twice(Plain.MIFARE_UID, Asked.UID)

    def _twice(self, question: Plain, asked: Asked) -> str:
        last: str | None = None
        for _ in range(TRIES + 1):
            before, last = last, self._once(question, asked)
            if last is not None and last == before:
                return last
        raise Garbled(f"The unit's answers to {question.name} make no sense.")

    def _once(self, question: Plain, asked: Asked) -> str | None:
        """One answer; None when it makes no sense."""
        if self._in_doubt:
            self._settle()
        self._drain()
        self._transport.write(question.value)
        decoder, deadline = ReplyDecoder(asked), time.monotonic() + self._reply_s
        heard = b""
        while (left := deadline - time.monotonic()) > 0:
            data = self._transport.read(min(left, SLICE_S))
            heard += data
            match decoder.feed(data):
                case [TextReply(text)]:
                    return text.strip()
                case [UidReply(uid)]:
                    return uid
                case [BadReply(), *_] | [_, _, *_]:
                    self._until_quiet()
                    return None
        self._in_doubt = True
        if not heard:
            raise NoAnswer(f"The unit does not answer {question.name}.")
        return None

    def _settle(self) -> None:
        """Ask something whose answer cannot be mistaken, and forget all that came before it."""
        for _ in range(TRIES):
            self._transport.write(Plain.FIRMWARE.value)
            heard, deadline = b"", time.monotonic() + self._reply_s
            while (left := deadline - time.monotonic()) > 0:
                heard = (heard + self._transport.read(min(left, SLICE_S)))[-MAX_REPLY:]
                if heard.endswith(b"\n") and heard[-9:-1].isalnum() and len(heard) > 8:
                    self._in_doubt = False
                    while self._transport.read(QUIET_S):
                        pass  # answers to the same question, asked before
                    return
        raise NoAnswer("The unit does not answer.")

    def _drain(self) -> None:
        while self._transport.read(0):
            pass

    def _until_quiet(self) -> bytes:
        """All that comes until nothing comes any more."""
        heard = self._transport.read(self._reply_s)
        more = heard
        while more:
            more = self._transport.read(QUIET_S)
            heard = (heard + more)[-MAX_REPLY:]
        return heard

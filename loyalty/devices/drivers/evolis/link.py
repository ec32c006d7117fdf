"""The host's end of the line: one request, one answer.

On TCP a request has a connection of its own and ends with NUL, an empty one asks for the state; elsewhere the line
stays open, commands follow each other, and Pps;1 puts the state behind every text.
"""

import contextlib
import time
from collections import deque
from collections.abc import Iterable

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis.job import END_QUESTION, encoded, end_question
from loyalty.devices.wire.evolis.messages import Command, Message, Nul, Plane, encode
from loyalty.devices.wire.evolis.replies import Ack, Answer, BadReply, Nack, Reply, ReplyDecoder
from loyalty.devices.wire.evolis.status import Status
from loyalty.errors import Garbled, LinkLost, NoAnswer, Rejected

SLICE_S = 0.1
QUIET_S = 0.3
"""No further answer comes after so long."""
FALLS_SILENT_S = 1.0
"""A printer that still answers so long after a restart does not fall silent for it."""
RESTART = Command("Srs")


class Link:
    """Not safe for two threads at once; the printer holds a lock."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport = transport
        self._reply_s = float(profile["reply_s"])
        self.by_connection = bool(profile["tcp_requests"]) and transport.url.startswith("socket://")
        self._decoder = ReplyDecoder()
        self._inbox: deque[Answer] = deque()
        self._status_follows = False

    def enable_status(self) -> None:
        """On a line that stays open the state comes behind every text; on TCP it is asked for."""
        if not self.by_connection and not self._status_follows:
            self._status_follows = True
            self.ask(Command("Pps", ("1",)))

    def status(self) -> Status:
        """The state words. NoAnswer, Garbled or LinkLost when they cannot be had."""
        if self.by_connection:
            self._begin(b"", with_status=True)
            reply = self.answer(self._reply_s, "an empty request")
        else:
            reply = self.ask(END_QUESTION)
        if isinstance(reply, Reply) and reply.status:
            return reply.status
        raise Garbled(f"The printer answers {reply!r} instead of its state.")

    def ask(self, command: Command, wait_s: float | None = None) -> Reply | Ack | Nack:
        """The answer to a command, whatever it says."""
        self.begin(command)
        return self.answer(self._reply_s if wait_s is None else wait_s, str(command))

    def value(self, command: Command) -> str:
        """The text that a reading command asks for; Rejected when it is not to be had."""
        reply = self.ask(command)
        if not isinstance(reply, Reply) or reply.refused:
            said = reply.text if isinstance(reply, Reply) else reply
            raise Rejected(f"The printer answers {command} with {said!r}.")
        return reply.text

    def begin(self, command: Command) -> None:
        """Send a command; poll() or answer() fetch what it says."""
        tail = encode(Nul()) if self.by_connection else b""
        self._begin(encode(command) + tail, with_status=self._status_follows)

    def call_off(self, command: Command) -> None:
        """Ask while an earlier command may still be unanswered.

        On a line that stays open the earlier one's answer comes as well, nobody knows when. A question behind both is
        answered with a text of its own; once that has come nothing else is on its way.
        """
        if self.by_connection:
            self.ask(command)
            return
        self.begin(command)
        self._transport.write(encode(END_QUESTION))
        deadline = time.monotonic() + self._reply_s
        while not _says_something(self.answer(deadline - time.monotonic(), str(command))):
            pass

    def send(self, messages: Iterable[Message]) -> None:
        """Begin a request with these; answer() fetches what is said to it."""
        self._begin(encoded(messages), with_status=self._status_follows)

    def restart(self, wait_s: float) -> None:
        """Soft reset: the printer falls silent for a while; returns when it answers again."""
        with contextlib.suppress(NoAnswer, LinkLost):
            self.ask(RESTART)
        self._status_follows = False
        now = time.monotonic()
        self._wait_until(False, now + FALLS_SILENT_S)
        if not self._wait_until(True, now + wait_s):
            raise NoAnswer(f"The printer has not come back from its restart within {wait_s:g} s.")
        while not self.by_connection and self.poll(QUIET_S):
            pass  # late answers to what was asked when it seemed silent

    def _wait_until(self, answers: bool, deadline: float) -> bool:
        while self._answers() is not answers:
            if time.monotonic() >= deadline:
                return False
            time.sleep(SLICE_S)
        return True

    def _answers(self) -> bool:
        try:
            self.ask(END_QUESTION, QUIET_S)
        except (NoAnswer, LinkLost):
            return False
        return True

    def begin_job(self, stream: bytes) -> None:
        """The first part of a print stream."""
        self._begin(stream, with_status=self._status_follows)

    def end_job(self, stream: bytes) -> None:
        """The rest of it, and the question whose answer says that all of it has been worked off."""
        self._transport.write(stream + encoded(end_question()))

    def poll(self, wait_s: float) -> Reply | Ack | Nack | None:
        """The next answer, or None when none is whole within wait_s."""
        deadline = time.monotonic() + wait_s
        while not self._inbox:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._inbox.extend(self._decoder.feed(self._transport.read(min(SLICE_S, left))))
        answer = self._inbox.popleft()
        if isinstance(answer, BadReply):
            self._decoder.reset()
            raise Garbled(f"The printer's answer makes no sense: {answer.why}.")
        return answer

    def answer(self, wait_s: float, to: str) -> Reply | Ack | Nack:
        answer = self.poll(wait_s)
        if answer is not None:
            return answer
        if not self._decoder.idle:
            raise Garbled(f"The printer's answer to {to} broke off in its middle.")
        raise NoAnswer(f"The printer does not answer {to} within {wait_s:g} s.")

    def _begin(self, data: bytes, *, with_status: bool) -> None:
        """A new request; what an earlier one left unread is forgotten."""
        if not self.by_connection:
            while self._transport.read(0):
                pass
        self._inbox.clear()
        self._decoder = ReplyDecoder(with_status)
        self._transport.write(data)


def _says_something(answer: Reply | Ack | Nack) -> bool:
    """More than yes or no."""
    return isinstance(answer, Reply) and not answer.refused and answer.text not in ("", "OK")


def split_before_first_plane_ends(messages: list[Message]) -> tuple[bytes, bytes]:
    """A stream in two: while the last dot of the first plane has not left the host, nothing can have been heated."""
    for number, message in enumerate(messages):
        if isinstance(message, Plane):
            head = encoded(messages[: number + 1])
            return head[:-2], head[-2:] + encoded(messages[number + 1 :])
    return b"", encoded(messages)

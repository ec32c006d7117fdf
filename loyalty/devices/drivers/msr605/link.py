"""The line to an MSR605: one command at a time, and the wait for a card that may be broken off."""

from collections.abc import Callable
from typing import TypeVar

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import msr605 as msr
from loyalty.devices.wire.msr605.answers import Answer
from loyalty.devices.wire.msr605.commands import Command
from loyalty.devices.wire.msr605.packets import Unpacker, packets
from loyalty.errors import Garbled, NoAnswer, Rejected

Wanted = TypeVar("Wanted", bound=Answer)
_AGAIN = "Draw the card through again; if it happens often, check the cable and the line settings."


class Link:
    """`waiting` is true from the moment the unit waits for a card until its answer is here or it was reset."""

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float]) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._unpacker = Unpacker() if profile["packets"] else None
        self._decoder: msr.AnswerDecoder | None = None
        self._heard_at = monotonic()

    @property
    def waiting(self) -> bool:
        return self._decoder is not None

    @property
    def answering(self) -> bool:
        """The card is passing: part of the answer is here."""
        return self._decoder is not None and self._decoder.began

    def tell(self, command: Command) -> None:
        """A command that has no answer."""
        self._forget()
        self._say(command)

    def ask(self, command: Command, wanted: type[Wanted]) -> Wanted:
        """The answer at once. NoAnswer, Garbled, Rejected or LinkLost otherwise."""
        self.start(command)
        answer = self.hear(self._profile["answer_timeout_s"])
        if answer is None:
            self._forget()
            raise NoAnswer(f"The stripe unit on {self._transport.url} does not answer {type(command).__name__}.")
        if isinstance(answer, wanted):
            return answer
        if isinstance(answer, msr.Status):
            raise Rejected(f"The stripe unit refuses {type(command).__name__}: {answer.meaning}.")
        raise Garbled(f"The stripe unit answered {type(answer).__name__} to {type(command).__name__}.")

    def start(self, command: Command) -> None:
        """A command whose answer comes when a card has been drawn through."""
        self._forget()
        self._say(command)
        self._decoder = msr.AnswerDecoder(command)

    def hear(self, timeout_s: float) -> Answer | None:
        """The answer, or None after timeout_s; it goes on being waited for. Garbled when it broke off or is none."""
        deadline = self._now() + timeout_s
        while self._decoder is not None:
            left = max(0.0, deadline - self._now())
            gap_s = self._profile["byte_gap_s"]
            data = self._read(min(left, gap_s) if self._decoder.began else left)
            if data:
                self._heard_at = self._now()
                if (answer := self._taken(data)) is not None:
                    self._decoder = None
                    return answer
            elif self._decoder.began and self._now() - self._heard_at >= gap_s:
                return self._broken_off(self._decoder)
            elif not left:
                return None
        return None

    def stop(self) -> None:
        """The unit waits for no card any more."""
        self._forget()
        self._say(msr.Reset())

    def _taken(self, data: bytes) -> Answer | None:
        assert self._decoder is not None
        try:
            return self._decoder.feed(data)
        except msr.Malformed as error:
            self._decoder = None
            raise Garbled(f"{self._transport.url} sent what no stripe unit says: {error}", advice=_AGAIN) from None

    def _broken_off(self, decoder: msr.AnswerDecoder) -> Answer:
        self._decoder = None
        if refusal := decoder.refusal():
            return refusal
        raise Garbled(f"An answer of the stripe unit on {self._transport.url} broke off.", advice=_AGAIN)

    def _say(self, command: Command) -> None:
        message = msr.encode(command)
        for piece in packets(message) if self._unpacker else [message]:
            self._transport.write(piece)

    def _read(self, timeout_s: float) -> bytes:
        data = self._transport.read(timeout_s)
        return self._unpacker.feed(data) if self._unpacker else data

    def _forget(self) -> None:
        """What is still on its way belongs to no later command."""
        self._decoder = None
        if self._unpacker:
            self._unpacker = Unpacker()
        for _ in range(64):  # a line that never stops talking is not waited out
            if not self._transport.read(0):
                break

"""The serial line to a PN532: command, acknowledgement, answer."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import pn532 as pn
from loyalty.errors import Garbled, NoAnswer, Rejected

Answer = TypeVar("Answer", bound=pn.Message)


class Link:
    """One command at a time: sent, acknowledged, answered; repeated where the manual lets the host repeat."""

    def __init__(self, transport: Transport, profile: Profile, monotonic: Callable[[], float]) -> None:
        self._transport, self._profile, self._now = transport, profile, monotonic
        self._decoder, self._frames = pn.Decoder(pn.FROM_CHIP), deque[pn.Frame]()

    def ask(self, command: pn.Message, answer: type[Answer], wake: bytes = b"") -> Answer:
        """The answer, of the type the caller names. NoAnswer, Garbled, Rejected or LinkLost otherwise."""
        for _ in range(self._profile["tries"]):
            self._forget_stale()
            self._transport.write(wake + pn.encode(command))
            if self._acknowledged():
                found = self._answer(command)
                if not isinstance(found, answer):
                    raise Garbled(f"The reader answered {type(found).__name__} to {type(command).__name__}.")
                return found
        raise NoAnswer(f"The reader on {self._transport.url} does not acknowledge {type(command).__name__}.")

    def _acknowledged(self) -> bool:
        deadline = self._now() + self._profile["ack_timeout_s"]
        while (frame := self._next(deadline)) is not None:
            if isinstance(frame, pn.Ack):
                return True
        return False

    def _answer(self, command: pn.Message) -> pn.Message:
        deadline, repeats = self._deadline(), self._profile["tries"]
        while True:
            frame = self._next(deadline)
            if frame is None:
                self._transport.write(pn.encode(pn.Ack()))  # stops whatever it is still doing
                raise NoAnswer(f"The reader on {self._transport.url} took {type(command).__name__} and fell silent.")
            if isinstance(frame, pn.SyntaxErrorFrame):
                raise Rejected(f"The reader on {self._transport.url} refuses {type(command).__name__}.")
            if isinstance(frame, pn.BadFrame):
                if not repeats:
                    raise Garbled(f"The reader's answers on {self._transport.url} are garbled ({frame.reason}).")
                repeats -= 1
                self._forget_stale()
                self._transport.write(pn.encode(pn.Nack()))
                deadline = self._deadline()
            elif not isinstance(frame, pn.Ack | pn.Nack) and frame.code == command.code + 1:
                return frame

    def _deadline(self) -> float:
        return self._now() + float(self._profile["answer_timeout_s"])

    def _next(self, deadline: float) -> pn.Frame | None:
        """The next frame; pn.BadFrame when one broke off; None at the deadline."""
        while not self._frames:
            left = deadline - self._now()
            if left <= 0:
                return None
            inside = self._decoder.inside_frame
            data = self._transport.read(min(left, self._profile["byte_gap_s"]) if inside else left)
            if not data and inside:
                self._decoder = pn.Decoder(pn.FROM_CHIP)
                return pn.BadFrame("broke off")
            self._frames.extend(self._decoder.feed(data))
        return self._frames.popleft()

    def _forget_stale(self) -> None:
        self._decoder = pn.Decoder(pn.FROM_CHIP)
        self._frames.clear()
        for _ in range(64):  # a line that never stops talking is not waited out
            if not self._transport.read(0):
                break

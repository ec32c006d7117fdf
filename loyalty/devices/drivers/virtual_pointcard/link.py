"""Requests out, answers in: numbered, checked, said again until they are answered."""

import time
from collections import deque
from typing import Any

from loyalty import errors
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.virtual_pointcard import ANSWER, MAX_NUMBER, REQUEST, BadLine, Decoder, Line, encode
from loyalty.errors import DeviceError, Garbled, NoAnswer

_KINDS: dict[str, type[DeviceError]] = {
    kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DeviceError)
}


class Failed(Exception):
    """The unit answered with an error; `line` says which and how far it got."""

    def __init__(self, line: Line) -> None:
        super().__init__(line["code"])
        self.line = line


class Link:
    """Not safe for two threads at once; the printer holds a lock."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._decoder = transport, Decoder()
        self._reply_s, self._resends = float(profile["reply_s"]), int(profile["resend_max"])
        self._rows: dict[str, dict[str, Any]] = {row["code"]: row for row in profile["statuses"]}
        self._number = 0
        self._answers: deque[Line] = deque()

    def hello(self) -> Line:
        """A new session; half a line of an earlier program is ended first."""
        self._transport.write(b"\n")
        self._number = 0
        return self._ask("HELLO", self._reply_s, {})

    def ask(self, word: str, /, wait_s: float = 0.0, **fields: object) -> Line:
        """The unit's OK. Its error as DeviceError; NoAnswer or Garbled when none can be had.

        wait_s: how long the unit may go on saying WAIT.
        """
        try:
            return self.attempt(word, wait_s=wait_s, **fields)
        except Failed as failed:
            raise self.error_of(failed.line) from failed

    def attempt(self, word: str, /, wait_s: float = 0.0, **fields: object) -> Line:
        """As ask(), with the unit's own error as Failed."""
        self._number = self._number % MAX_NUMBER + 1
        answer = self._ask(word, wait_s, fields)
        if answer.word == "ERROR":
            raise Failed(answer)
        return answer

    def error_of(self, line: Line) -> DeviceError:
        row = self._rows.get(line["code"])
        if row is None:
            return DeviceError(f"The unit reports {line['code']!r}, which is not in its language.")
        detail = f": {line['why']}" if line["why"] else ""
        sentence = f"The unit reports {line['code']} ({row['upos']}), {row['means']}{detail}."
        return _KINDS[row["error"]](sentence, advice=row.get("advice"))

    def _ask(self, word: str, wait_s: float, fields: dict[str, object]) -> Line:
        data = encode(Line.of(REQUEST, self._number, word, **fields))
        deadline = time.monotonic() + wait_s
        tries, unread, say = 0, False, True
        while tries <= self._resends:
            if say:
                self._transport.write(data)
            answer = self._answer()
            say = answer is None or answer.word != "WAIT"
            if answer is None:
                tries += 1
            elif answer.word == "AGAIN":
                tries, unread = tries + 1, True
            elif answer.word != "WAIT":
                return answer
            elif time.monotonic() < deadline:
                tries = 0
            else:
                raise NoAnswer(f"The unit is still at {word}.")
        if unread:
            raise Garbled(f"The unit could not read {word}, sent {tries} times.")
        raise NoAnswer(f"The unit does not answer {word}.")

    def _answer(self) -> Line | None:
        """The answer to the request last sent, or AGAIN; None after reply_s."""
        deadline = time.monotonic() + self._reply_s
        while (left := deadline - time.monotonic()) > 0:
            for line in self._decoder.feed(self._transport.read(left)):
                if isinstance(line, BadLine):
                    return Line.of(ANSWER, 0, "AGAIN")
                if line.who == ANSWER and (line.number == self._number or line.word == "AGAIN"):
                    self._answers.append(line)
            if self._answers:
                answer = self._answers.pop()
                self._answers.clear()
                return answer
        return None

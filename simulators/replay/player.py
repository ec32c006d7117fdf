"""Follows a client through the turns of a trace. Where it leaves them, it says so and looks for its place again."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from loyalty.devices.profiles import Profile
from simulators.replay.script import Script, Turn
from simulators.unit import Unit

QUIET_S = 1.0
"""A client that stops in the middle of a turn for so long has said less than the trace."""
MOST_TOLD, MOST_KEPT = 40, 200
"""A client that has lost its way says hundreds of things a second: sentences told, and those kept for the state."""
_SHOWN = 24


class Player(Unit):
    """`told` hears one sentence for each time the client leaves the trace."""

    def __init__(self, profile: Profile, script: Script, speed: str, told: Callable[[str], None]) -> None:
        super().__init__(profile, speed)
        self._turns, self._told = script.turns, told
        self._next, self._heard = 0, bytearray()
        self._silence: threading.Timer | None = None
        self.left: deque[str] = deque(maxlen=MOST_KEPT)
        """What was told last."""
        self.counters.update(turns=0, left=0)

    def plugged(self, connected: bool) -> None:
        with self.lock:
            self._heard.clear()
            if connected:
                if self._next >= len(self._turns):
                    self._next = 0
                if self._next < len(self._turns) and not self._turns[self._next].host:
                    self._answer(self._turns[self._next])

    def receive(self, data: bytes) -> None:
        with self.lock:
            if self._silence:
                self._silence.cancel()
            self.log.note(">", data)
            self._heard += data
            while self._heard and self._step():
                pass
            if self._heard:
                self._silence = threading.Timer(QUIET_S, self._gave_up)
                self._silence.daemon = True
                self._silence.start()

    def state(self) -> dict[str, Any]:
        with self.lock:
            return {**super().state(), "turn": self._next, "turns": len(self._turns), "left": list(self.left)}

    def _step(self) -> bool:
        """One turn forward; False when more has to be heard first."""
        turn = self._turns[self._next] if self._next < len(self._turns) else None
        heard = bytes(self._heard)
        if turn is None or not turn.fits(heard):
            found = self._place_of(heard)
            self._leave(turn, heard, found)
            if found is None:
                self._heard.clear()
                return False
            self._next = found
            turn = self._turns[found]
        if len(heard) < len(turn.host):
            return False
        del self._heard[: len(turn.host)]
        self._answer(turn)
        return True

    def _place_of(self, heard: bytes) -> int | None:
        """The nearest turn that begins so, looking forward first, then from the start."""
        order = [*range(self._next + 1, len(self._turns)), *range(min(self._next + 1, len(self._turns)))]
        return next((at for at in order if self._turns[at].host and self._turns[at].fits(heard)), None)

    def _answer(self, turn: Turn) -> None:
        self._next = self._turns.index(turn) + 1
        self.counters["turns"] += 1
        if turn.hidden_answer:
            self._tell(f"Row {turn.number} ({turn.at[11:23]}): private bytes of the answer are hidden, zeros are sent.")
        for piece in turn.answer:
            self.pause(piece.pause_s)
            self.say(piece.data, piece.meaning)

    def _leave(self, turn: Turn | None, heard: bytes, found: int | None) -> None:
        sent = heard[:_SHOWN].hex(" ").upper() + (" …" if len(heard) > _SHOWN else "")
        if turn is None:
            where = f"The trace is at its end, and the client sends {sent}"
        else:
            where = (
                f"The client leaves the trace at row {turn.number} ({turn.at[11:23]}, {turn.meaning or 'no meaning'}): "
                f"expected {turn.expected()[: 3 * _SHOWN]}, it sends {sent}; byte {turn.differs_at(heard) + 1} differs"
            )
        goes = (
            f"going on at row {self._turns[found].number}"
            if found is not None
            else "nothing in the trace fits, no answer"
        )
        self._tell(f"{where}; {goes}.")

    def _gave_up(self) -> None:
        with self.lock:
            if self._heard and self._next < len(self._turns):
                turn = self._turns[self._next]
                self._tell(f"The client stops in the middle of row {turn.number}: {len(self._heard)} of "
                           f"{len(turn.host)} bytes came within {QUIET_S:g} s.")  # fmt: skip

    def _tell(self, sentence: str) -> None:
        self.counters["left"] += 1
        self.left.append(sentence)
        self.log.note("!", b"", sentence)
        if self.counters["left"] <= MOST_TOLD:
            self._told(sentence)
        elif self.counters["left"] == MOST_TOLD + 1:
            self._told("There is more of this; GET /state of the control address has the last of it under `left`.")

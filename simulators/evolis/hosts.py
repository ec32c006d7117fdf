"""Who speaks with an Evolis printer: a connection for each request, or a line that stays open."""

import queue
import threading
from collections.abc import Callable

from loyalty.devices.wire.evolis.messages import Command, Message
from loyalty.devices.wire.evolis.replies import Answer, encode
from simulators.evolis.line import RequestUnit
from simulators.evolis.panel import Panel
from simulators.evolis.stops import Moment
from simulators.evolis.talk import Talk
from simulators.evolis.trace import words, words_of_answer
from simulators.evolis.works import Works

SILENCE_S = 60.0
"""A silent unit keeps a connection open for so long."""
RESTART_S, FAST_RESTART_S = 15.0, 0.4
"""How long a printer is gone after Srs. Ours: the vendor's library only wants to see it gone."""
NOTED_BYTES = 512
"""So much of a piece goes into the trace; a plane has 82,296 bytes."""
STOP, RESTART = Command("Scs"), Command("Srs")
Send = Callable[[bytes], None]


class HostedUnit(RequestUnit):
    """What reaches the printer and what leaves it, faults of power and patience included."""

    works: Works
    panel: Panel
    _stream: "Stream | None" = None

    def converse(self, send: Send) -> "Request":
        return Request(self, send)

    def receive(self, data: bytes) -> None:
        """On a line that stays open."""
        if self._stream is None:
            self._stream = Stream(self, lambda answer: self.send(answer))
        self._stream.receive(data)

    def plugged(self, connected: bool) -> None:
        if self._stream is not None:
            self._stream.end()
        self._stream = None

    def hear(self, data: bytes) -> bytes:
        """What of these bytes arrives: nothing when the unit is silent or dead, the first part when power fails."""
        with self.changed:
            self.counters["bytes"] += len(data)
            if self.dead or "silent" in self.faults:
                self.log.note(">", data[:NOTED_BYTES], "nobody hears it")
                return b""
            cut = self.faults.get("power_cut", {})
            if "after_bytes" in cut:
                data, cut["after_bytes"] = data[: cut["after_bytes"]], max(0, cut["after_bytes"] - len(data))
            return data

    def after_hearing(self) -> None:
        """Power fails once the last byte before the cut has been worked on."""
        if self.faults.get("power_cut", {}).get("after_bytes") == 0 and not self.dead:
            self.power_off()

    def moment_of(self, message: Message) -> Moment:
        """When this was heard. Scs and a restart end waits as soon as they are."""
        if message in (STOP, RESTART):
            self.works.end_waits()
        return self.works.now()

    def obey(self, talk: Talk, message: Message, heard_at: Moment) -> None:
        """Nothing that was said to the printer before it was restarted or lost its power."""
        if heard_at.starts == self.works.now().starts:
            talk.take(message, heard_at)

    def restart(self) -> None:
        self.power_off()
        threading.Timer(RESTART_S if self.speed == "real" else FAST_RESTART_S, self.power_on).start()

    def power_on(self) -> None:
        """Unless somebody has cut the power meanwhile."""
        with self.changed:
            self.dead = "power_cut" in self.faults

    def power_off(self) -> None:
        with self.changed:
            self.dead = True
            self.works.restart()
            self.panel.restart()
        if self.profile["tcp_requests"]:  # elsewhere a converter with a supply of its own holds the line
            self.hang_up()

    def speak(self, answer: Answer, send: Send) -> None:
        """Say it on a line, unless nobody would."""
        if slow := float(self.faults.get("slow", {}).get("seconds", 0)):
            self.wait(slow)
        if not self.dead and "silent" not in self.faults:
            data = encode(answer)
            self.log.note("<", data, words_of_answer(answer))
            send(data)

    def wait(self, seconds: float) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.dead, seconds)

    def decoded(self, talk: Talk, data: bytes) -> list[Message]:
        """What was heard, noted in the trace."""
        heard = self.hear(data)
        messages = talk.decode(heard)
        if heard:
            self.log.note(">", heard[:NOTED_BYTES], ", ".join(words(message) for message in messages))
        return messages

    def talk(self, send: Send) -> Talk:
        def note(text: str) -> None:
            self.log.note("!", b"", text)

        return Talk(self.profile, self.panel, lambda answer: self.speak(answer, send), note)


class Request:
    """A connection for one request. It came when it was opened, however late what it says is worked on."""

    def __init__(self, unit: HostedUnit, send: Send) -> None:
        self._unit, self._talk = unit, unit.talk(send)
        self._came, self._restarts = unit.works.now(), False

    def receive(self, data: bytes) -> None:
        for message in self._unit.decoded(self._talk, data):
            if message in (STOP, RESTART):
                self._came = self._unit.moment_of(message)
            self._unit.obey(self._talk, message, self._came)
            self._restarts = self._restarts or message == RESTART
        self._unit.after_hearing()

    def finish(self) -> None:
        unit = self._unit
        with unit.changed:
            unit.changed.wait_for(lambda: "silent" not in unit.faults or "cut" in unit.faults, SILENCE_S)
        self._talk.finish()
        if self._restarts:  # not before the host has its answer
            unit.restart()


class Stream:
    """A line that stays open: what has to wait does so on a thread of its own, so that Scs can be heard meanwhile."""

    def __init__(self, unit: HostedUnit, send: Send) -> None:
        self._unit, self._talk = unit, unit.talk(send)
        self._heard: queue.SimpleQueue[tuple[Message, Moment] | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def receive(self, data: bytes) -> None:
        for message in self._unit.decoded(self._talk, data):
            self._heard.put((message, self._unit.moment_of(message)))
        self._unit.after_hearing()

    def end(self) -> None:
        self._heard.put(None)

    def _work(self) -> None:
        while heard := self._heard.get():
            message, at = heard
            self._unit.obey(self._talk, message, at)
            if message == RESTART:
                self._unit.restart()

"""A virtual PointCardRW: answers numbered lines, does nothing twice, reports how far it got.

Faults: card_jam, card_pulled, power_cut {when: moved|write|verify|erase|print} | power_cut {after_bytes: n} |
cover_open | motor | printer | head_temperature | release | display | no_card | when reading: read, start, end, parity,
lrc | when writing: encode, write, verify | silent | slow {seconds}
Clearing card_jam means that somebody pulled the card out; clearing power_cut switches the unit on again.
"""

import threading
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.virtual_pointcard import ANSWER, EVENT, REQUEST, REQUESTS, BadLine, Decoder, Line, encode
from simulators.card import SimCard
from simulators.drawer import Drawer
from simulators.face import CardFace, card_png
from simulators.unit import Unit
from simulators.virtual_pointcard.buffers import Buffers
from simulators.virtual_pointcard.requests import Requests
from simulators.virtual_pointcard.stops import AT_STEP, ON_READING, STEPS, Job, Stopped, Trouble
from simulators.virtual_pointcard.works import INRW, Works


def build(profile: Profile, speed: str) -> "VirtualUnit":
    return VirtualUnit(profile, speed)


class VirtualUnit(Unit):
    faults_known = (
        "card_jam", "card_pulled", "power_cut", "cover_open", "release", "display", "no_card", "silent", "slow",
        *AT_STEP, *ON_READING,
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.counters.update(prints=0, erases=0, cleanings=0, resent=0)
        width, height = profile["face_dots"]
        size = (int(width), int(height))
        self._drawer, self.shown, self.buffers = Drawer(size), CardFace(size), Buffers(size)
        self.display, self.last = "", Job(0, "WORK")
        self._decoder, self._dead = Decoder(), False
        self._running: Job | None = None
        self._answered: Line | None = None
        self.works = Works(
            self.changed, self.buffers, self.counters, profile["works_s"], self._let_pass, self.faults.get,
            self._power_off,
        )  # fmt: skip
        self._requests = Requests(self)

    def receive(self, data: bytes) -> None:
        with self.lock:
            cut = self.faults.get("power_cut")
            if self._dead or "silent" in self.faults:
                self.log.note(">", data, "nobody hears it")
                return
            left = None
            if cut is not None and "after_bytes" in cut:
                left = cut["after_bytes"] - len(data)
                data = data[: cut["after_bytes"]]
                cut["after_bytes"] = max(0, left)
            for line in self._decoder.feed(data):
                self._hear(line)
            if left is not None and left <= 0:
                self._power_off()

    def put_card(self, card: SimCard) -> None:
        """Held into the slot. The card that is already in, named again, was taken out and put back."""
        with self.changed:
            known = self._drawer.find(card)
            self.shown, self.card = known.face, known
            self.works.put(known)
            self._tell()

    def take_card(self) -> SimCard | None:
        with self.changed:
            self.card = None
            card = self.works.take()
            self._tell()
            return card

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items():
            if key in ("after_bytes", "seconds") and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"The setting {key} of {name} is a number from 0, not {value!r}.")
            if key == "when" and value not in STEPS:
                raise ValueError(f"The setting when of {name} is one of {', '.join(STEPS)}, not {value!r}.")
        if name == "power_cut" and not settings:
            settings = {"after_bytes": 0}
        super().set_fault(name, settings)

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            gone = set(self.faults) if name is None else {name} & set(self.faults)
            super().clear_faults(name)
            if "card_jam" in gone and self.works.jammed:
                self.works.take()
            if "power_cut" in gone:
                self._power_off()
                self._dead = False

    def face_png(self) -> bytes:
        with self.lock:
            return card_png(self.shown, float(self.profile["dots_per_mm"]))

    def state(self) -> dict[str, Any]:
        with self.lock:
            card = self.card = self.works.card
            return {
                **super().state(),
                "position": self.works.place, "buffers": self.buffers.held, "busy": self._running is not None,
                "waiting_for_card": self.works.armed, "display": self.display, "last_done": list(self.last.done),
                "cycles": card.face.cycles if card else None, "face_blank": card.face.blank if card else None,
            }  # fmt: skip

    def begin(self, job: Job, line: Line) -> None:
        """A long request, on a thread of its own; the lock is held."""
        if self._running:
            raise Trouble("BUSY")
        self._running = job
        if job.word == "WORK":
            self.last = job
        threading.Thread(target=self._work, args=(job, line), daemon=True).start()

    def end_all(self) -> None:
        """CANCEL: what runs or waits ends, and is answered so."""
        self.works.armed = False
        if job := self._running:
            job.stopped, self._running = True, None
            self.changed.notify_all()

    def begin_session(self) -> None:
        """HELLO: numbers start again, and what waits for a card waits no more."""
        self._answered, self.works.armed = None, False

    def running(self) -> str:
        return self._running.word if self._running else ""

    def _hear(self, line: Line | BadLine) -> None:
        if isinstance(line, BadLine):
            if line.data == b"\n":
                return  # ends half a line of an earlier host
            self.log.note(">", line.data, "unreadable")
            self._say(Line.of(ANSWER, 0, "AGAIN"))
            return
        self.log.note(">", encode(line), line.word)
        if line.who != REQUEST:
            return
        if line.number and self._answered and self._answered.number == line.number:
            self.counters["resent"] += 1
            self._say(self._answered)
        elif self._running and self._running.number == line.number and self._running.word == line.word:
            self._say(Line.of(ANSWER, line.number, "WAIT"))
        else:
            self._obey(line)

    def _obey(self, line: Line) -> None:
        try:
            if line.word not in REQUESTS:
                raise Trouble("ILLEGAL", f"there is no request {line.word}")
            fields = self._requests.do(line)
        except Trouble as trouble:
            self._answer(Line.of(ANSWER, line.number, "ERROR", code=trouble.code, why=trouble.why, done="", doing=""))
            return
        if fields is not None:
            self._answer(Line.of(ANSWER, line.number, "OK", **fields))

    def _answer(self, line: Line) -> None:
        self._answered = line
        self._say(line)

    def _work(self, job: Job, line: Line) -> None:
        try:
            fields = self._requests.carry_out(job, line)
            answer = Line.of(ANSWER, job.number, "OK", **fields, done=",".join(job.done))
        except Trouble as trouble:
            done = {"done": ",".join(job.done), "doing": job.doing}
            answer = Line.of(ANSWER, job.number, "ERROR", code=trouble.code, why=trouble.why, **done)
        except Stopped:
            done = {"done": ",".join(job.done), "doing": job.doing}
            answer = Line.of(ANSWER, job.number, "ERROR", code="CANCELLED", why="", **done)
        with self.changed:
            if self._running is job:
                self._running, self._answered = None, answer
            if not self._dead:
                self._say(answer)
                self._tell()
            self.changed.notify_all()

    def _tell(self) -> None:
        """The event that the card has moved."""
        if not self._dead and "silent" not in self.faults:
            self._say(Line.of(EVENT, 0, "CARD", at=self.works.place))

    def _say(self, line: Line) -> None:
        self.say(encode(line), line.word + (f" {line['code']}" if line["code"] else ""))

    def _power_off(self) -> None:
        """Everything volatile is lost but how far the last work got; the card stays where it is."""
        with self.changed:
            self._dead = True
            self.end_all()
            self.buffers.clear()
            self.buffers.read.clear()
            self._decoder, self._answered = Decoder(), None

    def _let_pass(self, job: Job, seconds: float) -> None:
        seconds = seconds if self.speed == "real" else min(seconds, 0.005)
        seconds += float(self.faults.get("slow", {}).get("seconds", 0))
        with self.changed:
            self.changed.wait_for(lambda: job.stopped, seconds)
            if job.stopped:
                raise Stopped

    def chip(self) -> str:
        """Number of the card inside, if it has one."""
        return self.works.card.uid if self.works.card and self.works.place == INRW else ""

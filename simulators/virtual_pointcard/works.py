"""The works of a virtual unit: where the card is, what is read, written, erased and printed, step by step."""

import threading
from collections.abc import Callable
from typing import Any

from PIL import Image

from loyalty.contract.raster import Raster
from loyalty.devices.wire.virtual_pointcard import Line
from simulators.card import SimCard
from simulators.evolis.heat import Heat
from simulators.virtual_pointcard.buffers import Buffers, number, raster_of
from simulators.virtual_pointcard.stops import AT_STEP, ON_READING, Job, Stopped, Trouble

NOCARD, REMAINING, INRW, REMOVAL = "NOCARD", "REMAINING", "INRW", "REMOVAL"
LONGEST = 104
Area = tuple[int, int, int, int]


class Works:
    """`wait(job, seconds)` lets time pass and raises Stopped; `fault(name)` gives a fault's settings or None."""

    def __init__(
        self, changed: threading.Condition, buffers: Buffers, counters: dict[str, int], times: dict[str, float],
        wait: Callable[[Job, float], None], fault: Callable[[str], dict[str, Any] | None],
        power_off: Callable[[], None],
    ) -> None:  # fmt: skip
        self._changed, self._buffers, self._counters, self._times = changed, buffers, counters, times
        self._wait, self._fault, self._power_off = wait, fault, power_off
        self._heat = Heat()
        self.card: SimCard | None = None
        self.place, self.armed, self.jammed = NOCARD, False, False

    def put(self, card: SimCard) -> None:
        self.card, self.place = card, REMAINING
        self.draw_in()

    def draw_in(self) -> None:
        """A waiting unit takes what is in the slot."""
        if self.armed and self.place == REMAINING and self._fault("no_card") is None and not self.jammed:
            self.place, self.armed = INRW, False
            self._buffers.read.clear()
        self._changed.notify_all()

    def take(self) -> SimCard | None:
        card, self.card, self.place = self.card, None, NOCARD
        self.jammed = False
        self._changed.notify_all()
        return card

    def removal(self, job: Job) -> None:
        if self.place == INRW:
            self._step(job, "moved", self._times["removal"])
            with self._changed:
                self.place = REMOVAL
                self._changed.notify_all()

    def clean(self, job: Job) -> None:
        self.inside()
        self._step(job, "moved", self._times["clean"])
        self._counters["cleanings"] += 1
        with self._changed:
            self.place = REMOVAL

    def read(self, job: Job, tracks: list[int]) -> dict[str, str]:
        """Data and state of each track."""
        card = self.inside()
        self._step(job, "moved", self._times["read"])
        code = next((code for name, code in ON_READING.items() if self._fault(name) is not None), "OK")
        found: dict[str, str] = {}
        for track in tracks:
            data = card.tracks.get(str(track), "")
            state = code if code != "OK" else "OK" if data else "NODATA"
            found |= {f"s{track}": state, f"t{track}": data if state == "OK" else ""}
            if state == "OK":
                self._buffers.read[track] = data
        return found

    def work(self, job: Job, line: Line) -> None:
        """Stripe and face, in the order asked for; Trouble names how far `job` got."""
        areas, tracks, energy = self._orders(line)
        card = self.inside()
        self._step(job, "moved", 0.0)
        halves: list[Callable[[], None]] = []
        if tracks:
            halves.append(lambda: self._stripe(job, card, tracks))
        if areas or line["print"] == "1":
            halves.append(lambda: self._face(job, card, areas, line["print"] == "1", energy))
        for half in reversed(halves) if line["order"] == "face" else halves:
            half()

    def _orders(self, line: Line) -> tuple[list[Area], list[int], int]:
        width, height = self._buffers.size
        areas: list[Area] = []
        for text in filter(None, line["erase"].split(";")):
            parts = [int(part) for part in text.split(",") if part.isdecimal() and len(part) < 5]
            if len(parts) != 4 or parts[0] + parts[2] > width or parts[1] + parts[3] > height:
                raise Trouble("ILLEGAL", f"an area is x,y,width,height inside the face, not {text!r}")
            areas.append((parts[0], parts[1], parts[2], parts[3]))
        if line["order"] not in ("stripe", "face"):
            raise Trouble("ILLEGAL", "order is stripe or face")
        tracks = track_numbers(line["tracks"]) if line["tracks"] else []
        if missing := [track for track in tracks if track not in self._buffers.tracks]:
            raise Trouble("ILLEGAL", f"no data was set for track {missing[0]}")
        return areas, tracks, number(line, "energy", 1, 10)

    def _stripe(self, job: Job, card: SimCard, tracks: list[int]) -> None:
        failed = self._fault("verify") is not None

        def write() -> None:
            for track in tracks:
                text = self._buffers.tracks[track]
                card.tracks[str(track)] = text[: len(text) // 2] if failed else text

        self._step(job, "write", self._times["write"], write)
        self._step(job, "verify", self._times["verify"])

    def _face(self, job: Job, card: SimCard, areas: list[Area], prints: bool, energy: int) -> None:
        """Too little energy leaves half of the dots of what was there: every second row."""
        mask = Image.new("L", self._buffers.size)
        for x, y, width, height in areas:
            mask.paste(255, (x, y, x + width, y + height))
        if energy < 3:
            for y in range(0, mask.height, 2):
                mask.paste(0, (0, y, mask.width, y + 1))

        def erase() -> None:
            self._heat.erase(card, raster_of(mask))
            self._counters["erases"] += 1

        def burn() -> None:
            dots: Raster = self._buffers.picture(mask if areas else None)
            self._heat.write(card, dots, ribbon=False)
            self._counters["prints"] += 1

        if areas:
            self._step(job, "erase", self._times["erase"], erase)
        if prints:
            self._step(job, "print", self._times["print"], burn)

    def inside(self) -> SimCard:
        """The card to work on; what keeps work from beginning otherwise."""
        if self.jammed:
            raise Trouble("JAM")
        if self._fault("cover_open") is not None:
            raise Trouble("COVER")
        if self.card is None or self.place != INRW or self._fault("no_card") is not None:
            raise Trouble("NOCARD")
        return self.card

    def _step(self, job: Job, name: str, seconds: float, act: Callable[[], None] | None = None) -> None:
        """Begin, let time pass, do. A fault of this step strikes when it has begun; the head's heat before that."""
        for code, step in AT_STEP.values():
            if step == name and code == "HEADTEMP" and self._fault("head_temperature") is not None:
                raise Trouble(code)
        job.doing = name if name != "moved" else ""
        self._wait(job, seconds)
        with self._changed:
            if job.stopped:
                raise Stopped
            if code := self._failing(name):
                raise Trouble(code)
            if act:
                act()
            self._strike(name)
            if name != "moved":
                job.done.append(name)
            job.doing = ""
            self._changed.notify_all()

    def _failing(self, name: str) -> str:
        """The code of the fault that keeps this step from being done, or an empty text."""
        rows = ((code, fault) for fault, (code, step) in AT_STEP.items() if step == name)
        return next((code for code, fault in rows if self._fault(fault) is not None), "")

    def _strike(self, name: str) -> None:
        for fault in ("card_jam", "card_pulled", "power_cut"):
            given = self._fault(fault)
            if given is None or (fault == "power_cut" and "when" not in given) or given.get("when", "erase") != name:
                continue
            if fault == "power_cut":
                self._power_off()
                raise Stopped
            if fault == "card_pulled":
                self.take()
                raise Trouble("NOCARD", "the card was pulled out")
            self.jammed = True
            raise Trouble("JAM")


def track_numbers(text: str) -> list[int]:
    """`1,2` as numbers from 1 to 6; ILLEGAL otherwise."""
    numbers = [int(part) for part in text.split(",") if part in "123456" and part]
    if not numbers or len(numbers) != len(text.split(",")):
        raise Trouble("ILLEGAL", f"tracks are numbers from 1 to 6, not {text!r}")
    return numbers

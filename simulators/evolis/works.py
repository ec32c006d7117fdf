"""The works of an Evolis printer: where the card is, what is heated, what the stripe carries, which flags that sets.

Flags and their meanings: Evolis header evo-printers.h 9.4.1. Not public, and therefore ours: all times, how long a
printer waits for a card, and that a failed command leaves its flag set until Scs, a restart or the next movement.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from loyalty.contract.raster import Raster
from loyalty.devices.wire.evolis.stripe import FORMATS
from simulators.card import SimCard
from simulators.evolis.heat import Heat
from simulators.evolis.stops import CalledOff, Moment, Stopped, Trouble

INTAKE_S, EJECT_S, READ_S, WRITE_S, ERASE_S, PRINT_S = 2.0, 1.5, 2.0, 3.0, 6.0, 6.0
STAGES = ("moved", "erased", "printed")
"""Moments at which a jam or a power cut can strike."""
BY_HAND = "MCI"
"""Input trays that wait for somebody to put a card in; B takes from the feeder when nobody has, F always."""
STUCK = {"ERR_MECHANICAL", "ERR_HARDWARE"}
"""Failures that let nothing move until Scs; the others are forgotten when the next movement begins."""


class Works:
    """One movement at a time. `feed()` takes a blank card from the feeder, `fault(name)` gives settings or None."""

    def __init__(
        self, changed: threading.Condition, heat: Heat, feed: Callable[[], SimCard | None],
        fault: Callable[[str], dict[str, Any] | None], let_pass: Callable[[float], None], power_off: Callable[[], None],
    ) -> None:  # fmt: skip
        self._changed, self._heat, self._feed = changed, heat, feed
        self._fault, self._let_pass, self._power_off = fault, let_pass, power_off
        self._moving = threading.Lock()
        self._calls = self._starts = 0
        self.insert_wait_s = 30.0
        self.slot: SimCard | None = None
        """A card that somebody holds into the slot."""
        self.card: SimCard | None = None
        """The card inside."""
        self.out: SimCard | None = None
        """The card that was pushed out last."""
        self.tray, self.waiting, self.at_work = "F", False, ""
        self.errors: set[str] = set()
        self.to_write: dict[int, str] = {}
        self.formats: dict[int, int] = {}
        self.found: dict[int, str | None] = {}
        self.counters = {"prints": 0, "bytes": 0}

    def flags(self) -> set[str]:
        """What the state words say of works and faults."""
        told = {
            "INF_CARD_PRINT": self.card, "WAR_WAIT_CARD": self.waiting,
            "INF_PRINTING_RUNNING": self.at_work == "printing", "INF_ENCODING_RUNNING": self.at_work == "encoding",
            "INF_BUSY": self.at_work, "WAR_COVER_OPEN": self._fault("cover_open") is not None,
            "WAR_FEEDER_EMPTY": self._fault("feeder_empty") is not None,
            "WAR_REMOVE_RIBBON": self._fault("ribbon_present") is not None,
            "WAR_COOLING": (self._fault("head_temperature") or {}).get("cooling"),
        }  # fmt: skip
        return {flag for flag, is_so in told.items() if is_so} | self.errors

    def now(self) -> Moment:
        with self._changed:
            return Moment(self._calls, self._starts)

    def end_waits(self) -> None:
        """Scs was heard: nobody waits any more, nor does what was heard before it begin to."""
        with self._changed:
            self._calls += 1
            if self.waiting:
                self.waiting, self.at_work = False, ""
            self._changed.notify_all()

    def forget_failures(self) -> None:
        with self._changed:
            self.errors.clear()
            self._changed.notify_all()

    def restart(self) -> None:
        """Power on or soft reset: buffers are empty, a card inside stays."""
        with self._changed:
            self._starts += 1
            self.tray, self.at_work, self.waiting = "F", "", False
            for memory in (self.errors, self.to_write, self.formats, self.found):
                memory.clear()
            self._changed.notify_all()

    def insert(self, heard: Moment | None = None) -> None:
        """A card to work on: the one inside, or from the input tray. Asked for just now, or `heard` earlier."""
        heard = heard or self.now()
        with self._movement("moving"):
            if self.card is not None:
                return
            self._check_cover()
            by_hand = self.tray in BY_HAND or (self.tray == "B" and self.slot is not None)
            card = self._wait_for_hand(heard.calls) if by_hand else self._from_feeder()
            with self._running():
                self.card = card
                self.found.clear()
            self._pass_time(INTAKE_S, "moved")

    def eject(self) -> None:
        with self._movement("moving"):
            self._check_cover()
            if self.card is not None:
                self._pass_time(EJECT_S, "moved")
                self._push_out()

    def read_stripe(self) -> None:
        with self._movement("encoding"):
            card = self._need()
            self._pass_time(READ_S, "moved")
            if self._fault("mag_read") is not None:
                raise Trouble("ERR_READ_MAGNETIC")
            with self._running():
                self.found = {track: self._track(card, track) for track in FORMATS}

    def write_stripe(self) -> None:
        with self._movement("encoding"):
            card = self._need()
            if any(self._format(track).fault_of(text) for track, text in self.to_write.items()):
                raise Trouble("ERR_MAGNETIC_DATA")
            self._pass_time(WRITE_S, "moved")
            failed = self._fault("mag_write") is not None
            with self._running():
                for track, text in self.to_write.items():
                    card.tracks[str(track)] = text[: len(text) // 2] if failed else text
                self.to_write.clear()
            if failed:
                raise Trouble("ERR_WRITE_MAGNETIC")

    def print(self, write: Raster | None, erase: Raster | None, *, ribbon: bool, keep: bool) -> None:
        """Erase, write, push out. `ribbon`: ink instead of heat on the card itself."""
        with self._movement("printing"):
            card = self._need()
            self._check_cover()
            if self._fault("ribbon_present") is not None:
                raise Trouble("ERR_BAD_RIBBON")
            if erase is not None:
                self._pass_time(ERASE_S)
                with self._running():
                    self._heat.erase(card, erase)
                self._break_down("erased")
            hot = self._fault("head_temperature")
            if hot is not None and not hot.get("cooling"):
                raise Trouble("ERR_HEAD_TEMP")
            if write is not None:
                self._pass_time(PRINT_S)
                with self._running():
                    self._heat.write(card, write, ribbon=ribbon)
                self.counters["prints"] += 1
                self._break_down("printed")
            if not keep:
                self._pass_time(EJECT_S, "moved")
                self._push_out()

    @contextmanager
    def _movement(self, name: str) -> Iterator[None]:
        """Within, nothing else moves; a failure leaves its flag."""
        with self._moving:
            self._mine = self._starts
            with self._changed:
                self.errors &= STUCK
                if self.errors:
                    raise Trouble(min(self.errors))
                self.at_work = name
            try:
                yield
            except Trouble as trouble:
                with self._changed:
                    self.errors.add(trouble.flag)
                raise
            finally:
                with self._changed:
                    self.at_work = ""
                    self._changed.notify_all()

    @contextmanager
    def _running(self) -> Iterator[None]:
        """Within, the movement changes what others see; one that was stopped changes nothing any more."""
        with self._changed:
            if self._mine != self._starts:
                raise Stopped
            yield
            self._changed.notify_all()

    def _wait_for_hand(self, calls: int) -> SimCard:
        """`calls`: how often waits had been ended when this one was asked for."""
        with self._changed:
            self.waiting = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.slot is not None or self._calls != calls or self._mine != self._starts, self.insert_wait_s
            )
            self.waiting = False
            if self._mine != self._starts:
                raise Stopped
            if self._calls != calls:
                raise CalledOff
            if self.slot is None:
                raise Trouble("ERR_NO_CARD_INSERTED")
            card, self.slot = self.slot, None
            return card

    def _from_feeder(self) -> SimCard:
        card = None if self._fault("feeder_empty") is not None else self._feed()
        if card is None:
            raise Trouble("ERR_FEEDER_ERROR")
        return card

    def _push_out(self) -> None:
        with self._running():
            self.card, self.out = None, self.card

    def _need(self) -> SimCard:
        if self.card is None:
            raise Trouble("ERR_NO_CARD_INSERTED")
        return self.card

    def _check_cover(self) -> None:
        if self._fault("cover_open") is not None:
            raise Trouble("ERR_COVER_OPEN")

    def _format(self, track: int) -> Any:
        return FORMATS[self.formats.get(track, track)]

    def _track(self, card: SimCard, track: int) -> str | None:
        """A track in another format, such as JIS II, lies where this head does not pass: nothing is found."""
        text = card.tracks.get(str(track))
        return text if text and not self._format(track).fault_of(text) else None

    def _pass_time(self, seconds: float, stage: str | None = None) -> None:
        self._let_pass(seconds)
        with self._running():
            pass
        if stage:
            self._break_down(stage)

    def _break_down(self, stage: str) -> None:
        """A jam or a power cut at this stage. A jam with nothing said strikes under the head, or at any other move."""
        cut, jam = self._fault("power_cut"), self._fault("card_jam")
        if cut is not None and cut.get("when") == stage:
            self._power_off()
            raise Stopped
        usual = ("erased", "printed") if self.at_work == "printing" else ("moved",)
        if jam is not None and stage in ((jam["when"],) if "when" in jam else usual):
            raise Trouble("ERR_MECHANICAL")

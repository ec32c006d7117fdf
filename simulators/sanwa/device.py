"""A Sanwa CRP-1231BR, CRP-1231LR or CR-S31R: acknowledges, works, tells on ENQ how far it is, wears its face down.

Faults: card_jam, card_pulled_out, power_cut {when: moved|erased|printed|encoded} | power_cut {after_bytes: n} |
cover_open | head_hot | motor | shutter_stuck | no_card | read_error | write_error | write_lost | silent |
nak, bad_check {times} | slow {seconds}
Clearing card_jam means that somebody pulled the card out; clearing power_cut starts the unit afresh.
"""

import threading
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.sanwa import control, face, stripe
from loyalty.devices.wire.sanwa.block import NO_TROUBLE, BadData, Command, Reply, State, Unknown
from loyalty.devices.wire.sanwa.place import Place, Whereabouts, write_place
from simulators.card import CardInvalid, SimCard
from simulators.drawer import Drawer
from simulators.face import CardFace, card_png
from simulators.sanwa.ink import Ink
from simulators.sanwa.job import STAGES, Illegal, Job, Stopped, Trouble
from simulators.sanwa.line import UnitLine
from simulators.sanwa.stripe_unit import SanwaStripeSim
from simulators.sanwa.works import INSIDE, Works
from simulators.unit import Unit

HAND_S = 30.0
"""How long a hand waits with the next card while the unit is at work."""
WORK = (
    control.Initialize, control.Eject, control.Clean, control.Shutter, stripe.ReadTracks, stripe.WriteTracks,
    face.PrintText, face.PrintImage, face.PrintBarcode, face.EraseFace,
)  # fmt: skip
"""Commands that move something: they run on a thread of their own, so that another one can interrupt them."""
SHORT_DATA, NOT_NOW = 0x41, 0x38
CLOCK = b"261121171700"


def build(profile: Profile, speed: str) -> Unit:
    return SanwaUnit(profile, speed) if profile["dialect"] == "enquiry" else SanwaStripeSim(profile, speed)


class SanwaUnit(Unit):
    faults_known = (
        "card_jam", "card_pulled_out", "cover_open", "head_hot", "motor", "shutter_stuck", "no_card", "read_error",
        "write_error", "write_lost", "silent", "nak", "bad_check", "power_cut", "slow",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.counters.update(moves=0, prints=0, erasures=0)
        width, height = profile["face_dots"]
        self._drawer = Drawer((int(width), int(height)))
        self.shown = CardFace((int(width), int(height)))
        self._lamp = 0
        self._dead = False
        self._job: Job | None = None
        self._told: tuple[int, int, int, bytes] | None = None
        """Command, trouble, state and data for the next ENQ; None before the first command."""
        parity = profile["line"]["parity"] != "N"
        self._byte_s = (10 + parity) / int(profile["line"]["baudrate"])
        self.ink = Ink(profile)
        self.works = Works(
            profile, self.changed, self.ink, self.counters, self._let_pass, self.faults.get, self._power_off
        )
        self._line = UnitLine(self._speak, self.log.note, self._start, self._reply, self._spoil)

    def receive(self, data: bytes) -> None:
        if self.speed == "real":
            self.pause(len(data) * self._byte_s)
        with self.lock:
            cut = self.faults.get("power_cut")
            if cut is not None and not self._dead and "after_bytes" in cut:
                data, left = data[: cut["after_bytes"]], cut["after_bytes"] - len(data)
                cut["after_bytes"] = max(0, left)
                self._line.receive(data)
                if left <= 0:
                    self._power_off()
            elif not self._dead and "silent" not in self.faults:
                self._line.receive(data)
            else:
                self.log.note(">", data, "nobody hears it")

    def put_card(self, card: SimCard) -> None:
        """Pushed into the slot. The card that is already in, named again, was taken out and put back."""
        with self.changed:
            self._wait_for_hand()
            known = self._drawer.find(card)
            self.shown, self.card = known.face, known
            self.works.put(known)

    def take_card(self) -> SimCard | None:
        with self.changed:
            self._wait_for_hand()
            self.card = None
            return self.works.take()

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            gone = set(self.faults) if name is None else {name} & set(self.faults)
            super().clear_faults(name)
            if "card_jam" in gone and self.works.place is Place.THERMAL:
                self.card = None
                self.works.take()
            if "power_cut" in gone:
                self._dead = False

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items():
            if key in ("times", "after_bytes", "seconds") and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"The setting {key} of {name} is a number from 0, not {value!r}.")
            if key == "when" and value not in STAGES:
                raise ValueError(f"The setting when of {name} is one of {', '.join(STAGES)}, not {value!r}.")
        if name == "power_cut" and not settings:
            settings = {"after_bytes": 0}
        super().set_fault(name, settings)

    def face_png(self) -> bytes:
        with self.lock:
            return card_png(self.shown, float(self.profile["dots_per_mm"]))

    def state(self) -> dict[str, Any]:
        with self.lock:
            card, job = self.works.card, self._job
            return {
                **super().state(), "position": self.works.place.value, "busy": job is not None,
                "waiting_for_card": bool(job and job.waiting), "shutter_open": self.works.shutter_open,
                "glyphs": len(self.ink.glyphs), "lamp": self._lamp, "cycles": card.face.cycles if card else None,
                "face_blank": card.face.blank if card else None,
            }  # fmt: skip

    def _start(self, command: Command | BadData) -> None:
        """Take a command; the lock is held. Whatever ran before is interrupted."""
        self._stop_job()
        if isinstance(command, WORK):
            self._told = (command.number, NO_TROUBLE, State.RUNNING.value, b"")
            self._job = job = Job(command)
            threading.Thread(target=self._work, args=(job,), daemon=True).start()
            return
        trouble, state, data = NO_TROUBLE, State.DONE, b""
        try:
            data = self._at_once(command)
        except Trouble as error:
            trouble = error.trouble
        except Illegal:
            state = State.ILLEGAL
        self._told = (command.number, trouble, state.value, data)

    def _work(self, job: Job) -> None:
        trouble, state, data = NO_TROUBLE, State.DONE, b""
        try:
            data = self.works.carry_out(job)
        except Stopped:
            return
        except Trouble as error:
            trouble = error.trouble
        except Illegal:
            state = State.ILLEGAL
        with self.changed:
            if not job.stopped:
                self._job = None
                self._told = (job.command.number, trouble, state.value, data)
                self.changed.notify_all()

    def _at_once(self, command: Command | BadData) -> bytes:
        """The data of a command that moves nothing; Trouble and Illegal."""
        if isinstance(command, BadData):
            self._complain(command)
        elif isinstance(command, Unknown | control.Dispense):
            raise Illegal  # no dispenser is fitted
        elif isinstance(command, face.RegisterGlyph):
            self.ink.register(command.slot, command.dots)
        elif isinstance(command, control.AskVersion):
            return str(self.profile["version_sample"]).encode()
        elif isinstance(command, control.AskClock):
            return CLOCK
        elif isinstance(command, stripe.ReadMemory):
            return self.works.memory()
        elif isinstance(command, control.Lamp):
            self._lamp = command.light
        return b""

    def _complain(self, command: BadData) -> None:
        if command.number in (stripe.WriteTracks.code, face.PrintText.code):
            raise Trouble(SHORT_DATA)
        if command.number != face.RegisterGlyph.code:  # a glyph of another size is passed over in silence
            raise Illegal

    def _reply(self) -> Reply | None:
        if self._told is None:
            return None
        number, trouble, state, data = self._told
        if self._job and self._job.waiting:
            state = State.WAITING_FOR_CARD.value
        where = Whereabouts(self.works.seen(), self.works.shutter_open, False)
        return Reply(number, write_place(where, self.profile["positions"]), trouble, state, data)

    def _stop_job(self) -> None:
        if job := self._job:
            job.stopped, self._job = True, None
            self.changed.notify_all()

    def _power_off(self) -> None:
        """What is in volatile memory is gone; the card stays where it is."""
        with self.changed:
            self._dead = True
            self._stop_job()
            self._line.reset()
            self.ink.clear()
            self._told = None
            if self.works.place in INSIDE:
                self.works.place = Place.HEAD

    def _let_pass(self, job: Job, seconds: float) -> None:
        seconds = seconds if self.speed == "real" else min(seconds, 0.005)
        seconds += float(self.faults.get("slow", {}).get("seconds", 0))
        with self.changed:
            self.changed.wait_for(lambda: job.stopped, seconds)
            if job.stopped:
                raise Stopped

    def _wait_for_hand(self) -> None:
        """A card that is being moved is not pulled at; the hand waits until the unit has finished."""
        if not self.changed.wait_for(lambda: self._job is None or self._job.waiting, HAND_S):
            raise CardInvalid("The unit is still at work with a card; try again when it has finished.")

    def _spoil(self, name: str) -> bool:
        """Is this fault to strike now? Counts its `times` down."""
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def _speak(self, data: bytes, meaning: str) -> None:
        if self.speed == "real":
            self.pause(len(data) * self._byte_s)
        self.say(data, meaning)

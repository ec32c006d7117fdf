"""A Star TCP300, TCP310 or TCP300II: answers byte by byte, holds a card or waits for one, wears its face down.

Faults: card_jam {when: moved|erased|printed} | cover_open {blocks: true} | path_open | no_card |
erase_head_temperature | cam_motor | eeprom | nak, dle, bad_bcc {times} | silent | stripe_parity | stripe_start |
stripe_lrc | write_verify | power_cut {after_bytes: n} or {when: erased|printed} | slow {seconds}
Clearing card_jam means that somebody pulled the card out; clearing path_open or power_cut starts the unit afresh.
"""

import threading
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp import control, face, stripe
from loyalty.devices.wire.star_tcp.block import OK, Command, Response, Unknown
from simulators.card import CardInvalid, SimCard
from simulators.drawer import Drawer
from simulators.face import CardFace, card_png
from simulators.star_tcp.buffers import Buffers
from simulators.star_tcp.job import STAGES, Job, Place, Stopped
from simulators.star_tcp.line import UnitLine
from simulators.star_tcp.rules import refusal
from simulators.star_tcp.works import Works
from simulators.unit import Unit

HAND_S = 30.0
"""How long a hand waits with the next card while the unit is at work."""
INVALID_COMMAND, OVERFLOW, EEPROM = 0x41, 0x51, 0x45
EEPROM_COMMANDS = (control.LineSettings, control.ModelSetting, control.CleaningButton)
PICTURE_COMMANDS = (face.PrintText, face.ImageColumn, face.ImageBlock, face.Barcode)
AT_ONCE = (
    control.RomVersion, control.SensorStatus, control.Lamp, control.TransportCount, control.PrintCount,
    control.CancelInsertionWait, control.CancelRemovalWait, control.Reset, *EEPROM_COMMANDS, *PICTURE_COMMANDS,
    face.ClearText, face.ClearRaster, face.RegisterGlyph, stripe.SetTrack7Bit, stripe.SetTrackDefault,
    stripe.SetTrackReversed, Unknown,
)  # fmt: skip
"""Commands that move nothing; the others work on a thread of their own, so that a priority command can end them."""


def build(profile: Profile, speed: str) -> "StarUnit":
    return StarUnit(profile, speed)


class StarUnit(Unit):
    faults_known = (
        "card_jam", "cover_open", "path_open", "no_card", "erase_head_temperature", "cam_motor", "eeprom", "nak", "dle",
        "bad_bcc", "silent", "stripe_parity", "stripe_start", "stripe_lrc", "write_verify", "power_cut", "slow",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.counters.update(transports=0, prints=0, eeprom_writes=0)
        width, height = profile["face_dots"]
        self._size = (int(width), int(height))
        self._drawer = Drawer(self._size)
        self.shown = CardFace(self._size)
        self._lamp = "G off"
        self._dead = False
        self._job: Job | None = None
        self._baud = int(profile["line"]["baudrate"])
        self.buffers = Buffers(self._size, profile["raster_top_bit"])
        self.works = Works(self.changed, self.buffers, self.counters, self._let_pass, self.faults.get, self._power_off)
        priority = frozenset(profile["priority"])
        self._line = UnitLine(self._speak, self.log.note, self._refuse, self._start, self._spoil, priority)

    def receive(self, data: bytes) -> None:
        if self.speed == "real":
            self.pause(len(data) * 10 / self._baud)
        with self.lock:
            cut = self.faults.get("power_cut")
            if cut is not None and not self._dead and "after_bytes" in cut:
                data, left = data[: cut["after_bytes"]], cut["after_bytes"] - len(data)
                cut["after_bytes"] = max(0, left)
                self._line.receive(data)
                if left <= 0:
                    self._power_off()
            elif not self._dead and not {"silent", "path_open"} & set(self.faults):
                self._line.receive(data)
            else:
                self.log.note(">", data, "nobody hears it")

    def put_card(self, card: SimCard) -> None:
        """Pushed into the inlet. The card that is already in, named again, was taken out and put back."""
        with self.changed:
            self._wait_for_hand()
            known = self._drawer.find(card)
            self.shown = known.face
            self.card = known
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
            if "card_jam" in gone and self.works.place is Place.FRONT:
                self.card = None
                self.works.take()
            if gone & {"card_jam", "path_open", "power_cut"}:
                self._restart()

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items():
            if key in ("times", "after_bytes", "seconds") and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"The setting {key} of {name} is a number from 0, not {value!r}.")
            if key == "when" and value not in STAGES:
                raise ValueError(f"The setting when of {name} is one of {', '.join(STAGES)}, not {value!r}.")
        if name == "power_cut" and not settings:
            settings = {"after_bytes": 0}
        with self.changed:
            super().set_fault(name, settings)
            if name == "path_open":
                self._halt()

    def face_png(self) -> bytes:
        with self.lock:
            return card_png(self.shown, float(self.profile["dots_per_mm"]))

    def state(self) -> dict[str, Any]:
        with self.lock:
            card = self.works.card
            return {
                **super().state(),
                "position": self.works.place.value, "sensors": self.works.sensors().data().decode(),
                "buffers_empty": self.buffers.empty, "busy": self._line.working, "waiting_for_card": self.works.waiting,
                "lamp": self._lamp, "cycles": card.face.cycles if card else None,
                "face_blank": card.face.blank if card else None,
            }  # fmt: skip

    def _refuse(self, command: Command) -> str | None:
        return refusal(command, self.profile, self.buffers)

    def _start(self, command: Command) -> None:
        """Carry out a command that was acknowledged; the lock is held."""
        if command.code in self.profile["priority"] and self._job:
            self._stop_job()
        if isinstance(command, AT_ONCE):
            self._line.respond(self._at_once(command))
            return
        self._job = job = Job(command)
        threading.Thread(target=self._work, args=(job,), daemon=True).start()

    def _work(self, job: Job) -> None:
        try:
            status, data = self.works.carry_out(job)
        except Stopped:
            return
        with self.changed:
            if not job.stopped:
                self._job = None
                self._line.respond(Response(job.command.code, status, data))
                self.changed.notify_all()

    def _at_once(self, command: Command) -> Response:
        status, data = OK, b""
        if isinstance(command, Unknown) or command.code not in self.profile["commands"]:
            status = INVALID_COMMAND
        elif isinstance(command, control.RomVersion):
            data = self.profile["firmware_sample"].encode()
        elif isinstance(command, control.SensorStatus):
            data = self.works.sensors().data()
        elif isinstance(command, control.TransportCount | control.PrintCount):
            name = "transports" if isinstance(command, control.TransportCount) else "prints"
            data = str(self.counters[name]).encode()
        elif isinstance(command, PICTURE_COMMANDS):
            status = OK if self.buffers.expand(command) else OVERFLOW
        elif isinstance(command, EEPROM_COMMANDS):
            self.counters["eeprom_writes"] += 1
            status = EEPROM if "eeprom" in self.faults else OK
        else:
            self._set(command)
        return Response(command.code, status, data)

    def _set(self, command: Command) -> None:
        both = self.profile["clear_raster_empties"] == "both"
        if isinstance(command, face.ClearRaster):
            self.buffers.clear_raster()
        if isinstance(command, face.ClearText) or (both and isinstance(command, face.ClearRaster)):
            self.buffers.clear_text()
        if isinstance(command, stripe.SetTrack7Bit | stripe.SetTrackDefault | stripe.SetTrackReversed):
            self.buffers.stripe[command.track] = command.text
        if isinstance(command, control.Lamp):
            self._lamp = f"{command.colour} {command.operation}, buzzer {command.buzzer}"
        if isinstance(command, control.CancelRemovalWait) and self.works.place is Place.OUT:
            self.works.place = Place.INLET
        if isinstance(command, control.Reset):
            self.buffers.clear()
            self.works.discharge()

    def _stop_job(self) -> None:
        if job := self._job:
            job.stopped, self._job = True, None
            self.works.waiting = False
            self.changed.notify_all()

    def _halt(self) -> None:
        self._stop_job()
        self._line.reset()
        self.buffers.clear()

    def _power_off(self) -> None:
        with self.changed:
            self._dead = True
            self._halt()

    def _restart(self) -> None:
        self._dead = False
        self._halt()
        self.works.discharge()

    def _let_pass(self, job: Job, seconds: float) -> None:
        seconds = seconds if self.speed == "real" else min(seconds, 0.01)
        seconds += float(self.faults.get("slow", {}).get("seconds", 0))
        with self.changed:
            self.changed.wait_for(lambda: job.stopped, seconds)
            if job.stopped:
                raise Stopped

    def _wait_for_hand(self) -> None:
        """A card that is being moved is not pulled at; the hand waits until the unit has finished."""
        free = self.changed.wait_for(lambda: self._job is None or self.works.waiting, HAND_S)
        if not free:
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
            self.pause(len(data) * 10 / self._baud)
        self.say(data, meaning)

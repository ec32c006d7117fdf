"""A receipt printer that speaks ESC/POS, with its knife, its roll and the cash drawer behind it.

Faults besides those of the line:
  cover_open, offline            it stops where it is and goes on when the fault is cleared
  paper_end {after_rows: n}      the roll ends, at once or after n rows more; clearing puts in a new roll
  paper_near_end                 it says so and prints on
  cutter_jam                     the next cut jams the knife
  silent                         it prints but answers nothing
  power_cut {after_bytes: n}     the plug is pulled after n more bytes: buffers and the unfinished line are lost
"""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.escpos import Command, Decoder, Message, Printable, RealTime, RealTimeEar, Unknown, answers
from loyalty.devices.wire.escpos.star_line import STAR_LINE
from loyalty.devices.wire.escpos.tables import ESCPOS as ESCPOS_CODES
from loyalty.devices.wire.escpos.tables import Layout
from simulators.paper.mechanism import Mechanism
from simulators.paper.press import Press, Verb
from simulators.paper.star import STAR
from simulators.paper.verbs import ESCPOS
from simulators.unit import Unit

_LANGUAGES: dict[str, tuple[Mapping[bytes, Layout], Mapping[str, Verb]]] = {
    "escpos": (ESCPOS_CODES, ESCPOS), "star line": (STAR_LINE, STAR),
}  # fmt: skip


class EscPosUnit(Unit):
    """Obeys real-time commands on arrival, all others in order on a thread of its own, as the mechanism does."""

    faults_known = ("cover_open", "paper_end", "paper_near_end", "cutter_jam", "offline", "silent", "power_cut")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        codes, verbs = _LANGUAGES[str(profile["language"])]
        self.mechanism = Mechanism(profile)
        self.press = Press(profile, self.mechanism.paper, verbs)
        self._decoder, self._ear = Decoder(codes), RealTimeEar()
        self._queue: deque[Message] = deque()
        self._busy = False
        self._back_mask, self._said = 0, frozenset[str]()
        self._bytes_to_power_cut: int | None = None
        self._unknown: deque[str] = deque(maxlen=20)
        self.counters.update(cuts=0, bytes=0, unknown_commands=0, power_cuts=0, real_time=0)
        threading.Thread(target=self._print_on, daemon=True).start()

    # -- the line --------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        with self.changed:
            data = self._powered(data)
            self.counters["bytes"] += len(data)
            at = 0
            for end, command in self._ear.feed(data):
                self._take_in(data[at:end])
                at = max(at, end)
                self._obey_now(command)
            self._take_in(data[at:])
            self.changed.notify_all()

    def say(self, data: bytes, meaning: str = "") -> None:
        if "silent" not in self.faults:
            super().say(data, meaning)

    def _take_in(self, data: bytes) -> None:
        if not data:
            return
        messages = self._decoder.feed(data)
        self.log.note(">", data, ", ".join(_meaning(message) for message in messages[:12]))
        self._queue.extend(messages)

    def _obey_now(self, command: RealTime) -> None:
        self.counters["real_time"] += 1
        if command.name == "send status now":
            kind = command.arguments[0]
            self.say(answers.answer_now(kind, self._conditions()), f"status {kind}")
        elif command.name == "recover":
            self._recover(clear=command.arguments[0] == 2)
        elif command.arguments[0] == 1:
            self.mechanism.pulse()
        elif command.arguments[0] == 8:
            self._queue.clear()
            self._decoder.clear()
            self.say(bytes((0x37, 0x25, 0)), "buffers cleared")

    def _recover(self, clear: bool) -> None:
        """DLE ENQ: try again after a jam that has been removed; 2 drops what was waiting."""
        if "cutter_jam" not in self.faults:
            self.mechanism.knife_stuck = False
        if clear:
            self._queue.clear()
            self.press.reset()

    # -- printing --------------------------------------------------------------------------------------------------

    def _print_on(self) -> None:
        """The mechanism: one message after the other while nothing stops it."""
        while True:
            with self.changed:
                while not self._queue or self._stopped():
                    self._busy = False
                    self._push_status()
                    self.changed.wait()
                self._busy = True
                before = self.mechanism.paper.rows_printed
                self._carry_out(self._queue.popleft())
                rows = self.mechanism.paper.rows_printed - before
                self._push_status()
            if rows and self.speed == "real":
                self.pause(rows / int(self.profile["dots_per_mm"]) / float(self.profile["speed_mm_s"]))

    def _carry_out(self, message: Message) -> None:
        if isinstance(message, Unknown):
            self.counters["unknown_commands"] += 1
            self._unknown.append(message.data.hex())
        elif isinstance(message, Printable):
            self.press.take(message)
        elif isinstance(message, Command):
            if message.name == "initialise" and not self.mechanism.has_knife:
                self.mechanism.paper.tear_off()  # a new job: somebody has torn the last receipt off
            if message.name in ("cut", "cut old", "star cut"):
                self._cut(message)
            else:
                self.press.take(message)
                self._answer(message)

    def _cut(self, message: Command) -> None:
        if "cutter_jam" in self.faults:
            self.mechanism.knife_stuck = True
            return
        self.press.take(message)
        self.counters["cuts"] += 1

    def _answer(self, message: Command) -> None:
        """Commands that the printer answers in their turn, and the drawer's pulse."""
        first = message.arguments[0] if message.arguments else 0
        if message.name in ("drawer", "drawer pulse"):
            self.mechanism.pulse()
        elif message.name in ("send status", "send paper status", "send drawer status"):
            kind = {"send drawer status": 2, "send paper status": 1}.get(message.name, first & 3)
            self.say(answers.answer_in_order(kind, self._conditions()), f"status in order {kind}")
        elif message.name == "status back":
            self._back_mask, self._said = first, frozenset({"not said yet"})
        elif message.name == "send identity":
            self._identify(first)
        elif message.name == "group set" and message.arguments[:1] == b"H" and message.data[:2] == b"00":
            self.say(bytes((0x37, 0x22)) + message.data[2:6] + b"\0", "job mark")

    def _identify(self, kind: int) -> None:
        if kind >= 65:
            text = {65: self.profile.firmware, 66: self.profile.vendor, 67: self.profile.model}.get(kind, "")
            self.say(b"_" + text.encode("ascii", "replace") + b"\0", f"identity {kind}")
        else:
            self.say(bytes((2 if kind in (2, 50) else 0x20,)), f"identity {kind}")

    # -- how it is -------------------------------------------------------------------------------------------------

    def _conditions(self) -> frozenset[str]:
        return self.mechanism.conditions(self.faults)

    def _stopped(self) -> bool:
        return "offline" in self._conditions()

    def _push_status(self) -> None:
        now = self._conditions()
        if self._back_mask and now != self._said:
            self._said = now
            self.say(answers.answer_back(now), "status back")

    # -- faults ----------------------------------------------------------------------------------------------------

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        with self.changed:
            if name == "paper_end":
                self.mechanism.end_roll_after(int(settings.get("after_rows", 0)))
            if name == "power_cut":
                self._bytes_to_power_cut = int(settings.get("after_bytes", 0))
            super().set_fault(name, settings)
            self._powered(b"")
            self._push_status()

    def clear_faults(self, name: str | None = None) -> None:
        with self.changed:
            if name in (None, "paper_end") and "paper_end" in self.faults:
                self.mechanism.new_roll()
            if name in (None, "cutter_jam"):
                self.mechanism.knife_stuck = False
            if name in (None, "power_cut") and "power_cut" in self.faults:
                self._bytes_to_power_cut = None
                self.faults.pop("cut", None)
            super().clear_faults(name)
            self._push_status()

    def _powered(self, data: bytes) -> bytes:
        """What of `data` arrives before the plug is pulled; pulls it when its byte has come."""
        if self._bytes_to_power_cut is None:
            return data
        data, self._bytes_to_power_cut = data[: self._bytes_to_power_cut], self._bytes_to_power_cut - len(data)
        if self._bytes_to_power_cut > 0 or "cut" in self.faults:
            return data
        self.log.note("!", b"", "power cut")
        self.counters["power_cuts"] += 1
        self._queue.clear()
        self._decoder.clear()
        self.press.reset()
        self._back_mask, self.mechanism.knife_stuck, self._bytes_to_power_cut = 0, False, 0
        super().set_fault("cut", {})
        return b""

    # -- pictures and state ----------------------------------------------------------------------------------------

    def paper_png(self) -> bytes:
        """The last receipt: the paper since the last cut but one."""
        with self.lock:
            return self.mechanism.paper.png()

    def state(self) -> dict[str, Any]:
        with self.lock:
            return super().state() | self.mechanism.state(self._conditions()) | {
                "busy": self._busy, "unknown_commands": list(self._unknown), "not_drawn": dict(self.press.counts),
                "waiting": len(self._queue) + self._decoder.pending,
            }  # fmt: skip


def build(profile: Profile, speed: str) -> Unit:
    """The simulated printer for `profile`."""
    return EscPosUnit(profile, speed)


def _meaning(message: Message) -> str:
    if isinstance(message, Printable):
        return f"text {message.data[:40]!r}"
    if isinstance(message, Command):
        return f"{message.name} {message.arguments.hex()}".strip()
    return f"unknown {message.data.hex()}" if isinstance(message, Unknown) else message.name

"""An NXP PN532 on its serial line (HSU), with an antenna on which a card may lie.

Faults: silent | no_ack {times} | bad_checksum {times} | error_frame {times} | card_flaky {misses: searches in a row
that find nothing, then one that does} | antenna_weak: cards are found but cannot be read | power_cut {after_bytes}:
the supply breaks down once so many bytes were sent; then the chip sleeps and has forgotten its settings.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import pn532 as pn
from simulators.card import SimCard
from simulators.chipcards.field import card_in_field
from simulators.pn532.chip import Chip
from simulators.unit import FaultUnknown, Unit

_SETTINGS = ("times", "misses", "after_bytes")
_EDGES_TO_WAKE = 5


class Pn532Unit(Unit):
    """Sleeps after power-on until its line has moved (AN10609_3, low battery mode)."""

    faults_known = (
        "silent", "no_ack", "bad_checksum", "error_frame", "card_flaky", "antenna_weak", "power_cut",
    )  # fmt: skip

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._searches = 0
        self._chip = Chip(
            bytes.fromhex(profile["firmware_answer"]), self.pause, self._missed, lambda: "antenna_weak" in self.faults
        )
        self.power_on()

    def power_on(self) -> None:
        """As after the supply came back: asleep, with factory settings."""
        self._sleep()
        self._chip.power_on()
        self._last = b""

    def _sleep(self) -> None:
        self._awake, self._edges, self._decoder = False, 0, pn.Decoder(pn.FROM_HOST)

    # -- what befalls the unit -----------------------------------------------------------------------------------

    def put_card(self, card: SimCard) -> None:
        near = card_in_field(card)
        with self.changed:
            super().put_card(card)
            if (answer := self._chip.lay(near)) and self._awake:
                self._reply(answer)

    def take_card(self) -> SimCard | None:
        with self.changed:
            self._chip.lay(None)
            return super().take_card()

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        for key, value in settings.items() if name in self.faults_known else ():
            if key not in _SETTINGS or not str(value).isdigit():
                raise FaultUnknown(f"{name} takes {' or '.join(_SETTINGS)}, whole numbers, not {key} = {value!r}.")
        super().set_fault(name, settings)

    def state(self) -> dict[str, Any]:
        with self.lock:
            return {**super().state(), "awake": self._awake, "card_selected": self._chip.held is not None}

    # -- the line ------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        with self.lock:
            frames = [] if "silent" in self.faults else self._decoder.feed(self._heard_awake(data))
            self.log.note(">", data, "; ".join(str(frame) for frame in frames))
            for frame in frames:
                if self._awake:
                    self._hear(frame)

    def _heard_awake(self, data: bytes) -> bytes:
        """What of `data` comes after the edges that wake the chip."""
        for at, byte in enumerate(data):
            if self._awake:
                return data[at:]
            bits = "0" + f"{byte:08b}"[::-1] + "1"  # start bit, low bit first, stop bit
            self._edges += bits.count("01")
            self._awake = self._edges >= _EDGES_TO_WAKE
        return b""

    def _hear(self, frame: pn.Frame) -> None:
        if isinstance(frame, pn.Ack):
            self._chip.waiting = None
        elif isinstance(frame, pn.Nack):
            self._transmit(self._last, "once more")
        elif isinstance(frame, pn.BadFrame | pn.SyntaxErrorFrame):
            if isinstance(frame, pn.BadFrame) and frame.checksum_right:
                self._transmit(pn.encode(pn.Ack()), "ack")
                self._reply(pn.SyntaxErrorFrame())
        elif not self._happens("no_ack"):
            self._transmit(pn.encode(pn.Ack()), "ack")
            if self._awake:  # still: the acknowledgement may have been its last breath
                self._answer(frame)

    def _answer(self, command: pn.Message) -> None:
        self._count(type(command).__name__)
        answer = pn.SyntaxErrorFrame() if self._happens("error_frame") else self._chip.answer(command)
        if answer is not None:
            self._reply(answer)
        if isinstance(command, pn.PowerDown):
            self._sleep()

    def _reply(self, answer: pn.Frame) -> None:
        self._last = pn.encode(answer)
        self._transmit(self._last, str(answer))

    def _transmit(self, frame: bytes, meaning: str) -> None:
        if "silent" in self.faults:
            return
        if len(frame) > len(pn.encode(pn.Ack())) and self._happens("bad_checksum"):
            frame = frame[:-2] + bytes([frame[-2] ^ 0x01]) + frame[-1:]
        cut = self.faults.get("power_cut")
        if cut is not None:
            left = int(cut.get("after_bytes", 0))
            if left < len(frame):
                self.say(frame[:left], "power cut")
                self.clear_faults("power_cut")
                self.power_on()
                return
            cut["after_bytes"] = left - len(frame)
        self.say(frame, meaning)

    def _happens(self, name: str) -> bool:
        """True when the fault is set, as often as its `times` (once without); then it clears itself."""
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def _count(self, what: str) -> None:
        self.counters[what] = self.counters.get(what, 0) + 1

    def _missed(self) -> bool:
        fault = self.faults.get("card_flaky")
        if fault is None:
            return False
        self._searches += 1
        return self._searches % (int(fault.get("misses", 1)) + 1) != 0


def build(profile: Profile, speed: str) -> Pn532Unit:
    """For simulators.__main__."""
    return Pn532Unit(profile, speed)

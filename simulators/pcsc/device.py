"""A reader for chip cards behind the system's smart-card service (PC/SC).

Two ways to a program: a stand-in for pcscd on a Unix socket (the default), or a real pcscd with Debian's virtual reader
(--vpcd).

Faults: reader_unplugged | service_stopped | exclusive: another program holds the reader | slow_card {seconds} |
card_pulled {after: commands that still work, carried_out: true when the card did the one it was pulled in, answer:
not_transacted, empty or removed} | card_reset: by another program, before the next command | mute_card | bad_atr.
Of the faults of cables, cut is reader_unplugged; the others befall commands and answers.
"""

import threading
import time
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.apdu.exchange import INSTRUCTIONS, meaning_of
from simulators.card import SimCard
from simulators.line import FaultyWire
from simulators.pcsc.chips import chip_of
from simulators.pcsc.reader import ReaderLogic
from simulators.pcsc.vpcd import VpcdLine
from simulators.pcscd.desk import Torn
from simulators.pcscd.messages import CONTROL_ESCAPE, CONTROL_FEATURES, FEATURE_ESCAPE, Result
from simulators.pcscd.service import Service
from simulators.unit import FaultUnknown, Unit

_SETTINGS: dict[str, set[str]] = {"slow_card": {"seconds"}, "card_pulled": {"after", "carried_out", "answer"}}
_TORN = {"not_transacted": Result.NOT_TRANSACTED, "empty": Result.OK, "removed": Result.REMOVED_CARD}
_OF_THE_SERVICE = ("reader_unplugged", "service_stopped", "exclusive", "cut")
_DONE, _MORE = (0x9000, 0x9100), 0x91AF  # 91xx: DESFire
_COMMAND_S = 0.008  # a block over the air with its authentication


class PcscUnit(Unit):
    """simulators.pcscd.desk.SimReader."""

    faults_known = (
        "reader_unplugged", "service_stopped", "exclusive", "slow_card", "card_pulled", "card_reset", "mute_card",
        "bad_atr",
    )  # fmt: skip
    service_line, vpcd_line = Service, VpcdLine

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self.name = str(profile["reader_name"])
        self.insertion = self.events = 0
        self.over_vpcd = False
        self._chip = chip_of(SimCard("plain"), "contactless")
        self._logic = ReaderLogic(profile)
        self._wire = FaultyWire(self)
        self._turn = threading.Lock()

    # -- what befalls the unit -----------------------------------------------------------------------------------

    def put_card(self, card: SimCard) -> None:
        chip = chip_of(card, self.profile["slot"])
        with self.changed:
            self._note_chip(chip)
            super().put_card(card)

    def take_card(self) -> SimCard | None:
        with self.changed:
            self._note_chip(None)
            return super().take_card()

    def _note_chip(self, chip: Any) -> None:
        self.events += (self._chip is not None) + (chip is not None)
        self.insertion += self._chip is not chip
        self._chip = chip

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        if name in self.faults_known:
            _check_settings(name, settings)
        if name in _OF_THE_SERVICE and self.over_vpcd:
            raise FaultUnknown(f"{name} is not in the hands of a card behind a real pcscd: do it to pcscd itself.")
        with self.changed:
            if name in ("reader_unplugged", "cut") and self.plugged_in:
                self.insertion += 1
                self.events = int(self._chip is not None)
                self.power_card()
                self._logic.power_on()
            super().set_fault(name, settings)

    def state(self) -> dict[str, Any]:
        with self.lock:
            own = {"reader": self.name, "lights": self._logic.lights, "beeps": self._logic.beeps}
            return {**super().state(), **own, "atr": (self.atr or b"").hex()}

    # -- what the service asks -----------------------------------------------------------------------------------

    @property
    def service_stopped(self) -> bool:
        return "service_stopped" in self.faults

    @property
    def plugged_in(self) -> bool:
        return "reader_unplugged" not in self.faults and "cut" not in self.faults

    @property
    def taken(self) -> bool:
        return "exclusive" in self.faults

    @property
    def atr(self) -> bytes | None:
        if self._chip is None:
            return None
        if "mute_card" in self.faults:
            return b""
        return b"\xff\x00" if "bad_atr" in self.faults else self._chip.atr

    def power_card(self) -> None:
        if self._chip is not None:
            self._chip.power(True)

    def transmit(self, command: bytes) -> bytes:
        """The answer to a command; Torn when there is none."""
        with self._turn:
            insertion = self.insertion
            self.log.note(">", command, _asked(command))
            if slow := self.faults.get("slow_card"):
                time.sleep(float(slow.get("seconds", 1)))
            elif self.speed == "real":
                self.pause(_COMMAND_S)
            heard = self._wire.passes(command, ">")
            with self.lock:
                if self._chip is None or insertion != self.insertion:
                    raise Torn(Result.REMOVED_CARD)
                self._befall(heard)
                answer = self._logic.answer(self._chip, heard) if heard else b""
                self.counters["commands"] = self.counters.get("commands", 0) + 1
            answer = self._wire.passes(answer, "<")
            self.log.note("<", answer, _answered(answer))
            return answer

    def control(self, code: int, data: bytes) -> bytes | None:
        if code == CONTROL_FEATURES:
            known = self.profile["firmware_question"] != "none"
            return bytes([FEATURE_ESCAPE, 4]) + CONTROL_ESCAPE.to_bytes(4, "big") if known else b""
        if code != CONTROL_ESCAPE:
            return None
        self.log.note(">", data, "to the reader itself")
        answer = self._logic.escape(data)
        self.log.note("<", answer or b"", "of the reader itself")
        return answer

    def _befall(self, command: bytes) -> None:
        if "card_reset" in self.faults:
            self.clear_faults("card_reset")
            self.power_card()
            raise Torn(Result.RESET_CARD)
        pulled = self.faults.get("card_pulled")
        if pulled is None:
            return
        if int(pulled.get("after", 0)) > 0:
            pulled["after"] = int(pulled["after"]) - 1
            return
        if pulled.get("carried_out") and self._chip is not None:
            self._logic.answer(self._chip, command)
        self.clear_faults("card_pulled")
        self.take_card()
        raise Torn(_TORN[pulled.get("answer", "not_transacted")])


def _check_settings(name: str, settings: dict[str, Any]) -> None:
    """FaultUnknown for settings that this fault does not have."""
    try:
        if unknown := set(settings) - _SETTINGS.get(name, set()):
            raise ValueError(f"it has no setting {sorted(unknown)[0]!r}")
        float(settings.get("seconds", 0)), int(settings.get("after", 0))
        if settings.get("answer", "empty") not in _TORN:
            raise ValueError(f"answer is one of {', '.join(_TORN)}")
    except (TypeError, ValueError) as error:
        raise FaultUnknown(f"The fault {name} cannot be set so: {error}.") from error


def build(profile: Profile, speed: str) -> PcscUnit:
    """For simulators.__main__."""
    return PcscUnit(profile, speed)


def _asked(command: bytes) -> str:
    """What a command says, for the log."""
    return INSTRUCTIONS.get(command[1], f"instruction {command[1]:02X}") if len(command) > 1 else "no command"


def _answered(answer: bytes) -> str:
    sw = int.from_bytes(answer[-2:], "big")
    if len(answer) < 2:
        return "nothing"
    return "done" if sw in _DONE else "more to come" if sw == _MORE else meaning_of(sw)

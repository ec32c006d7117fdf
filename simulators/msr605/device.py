"""An MSR605 with its slot: waits for a card when told to, reads, writes and erases it as it is drawn through.

Faults of the card: stripe_parity, stripe_start, stripe_lrc, half_swipe, wrong_side (simulators.stripe). Of the unit:
silent | refuse {times}: commands are answered with 34h | bad_swipe {times}: a card to be written is drawn too slowly |
write_verify {times}: what was written does not read back | ram_faulty | power_cut {after_bytes}: the supply fails once
so many bytes were sent; then its settings are forgotten and it waits for nothing.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import magstripe as ms
from loyalty.devices.wire import msr605 as msr
from loyalty.devices.wire.msr605 import answers
from loyalty.devices.wire.msr605.answers import Answer
from loyalty.devices.wire.msr605.commands import Command
from loyalty.devices.wire.msr605.packets import SIZE, Unpacker, packets
from simulators.card import SimCard
from simulators.hid_line import HidLine
from simulators.stripe import STRIPE_FAULTS, StripeUnit

SWIPE_S = 0.4
_WAIT_FOR_CARD = (msr.ReadIso, msr.ReadRaw, msr.WriteIso, msr.WriteRaw, msr.Erase, msr.SensorTest)
_DONE, _FAILED, _FORMAT, _UNKNOWN, _BAD_SWIPE, _NOT_GOOD = (msr.Status(code) for code in answers.STATUS)


class Msr605Unit(StripeUnit):
    """On a serial line."""

    faults_known = (*STRIPE_FAULTS, "silent", "refuse", "bad_swipe", "write_verify", "ram_faulty", "power_cut")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._high = True
        self.power_on()

    def power_on(self) -> None:
        """As after the supply came back; the coercivity is kept (libMSRx05: a reset does not change it)."""
        self._ear = msr.CommandDecoder()
        self._waiting: Command | None = None
        self._bits = (7, 5, 5)
        self._zeros = tuple(self.profile["leading_zeros"])
        self._density = {1: 210, 2: 75, 3: 210}
        self._light = "green"

    def state(self) -> dict[str, Any]:
        with self.lock:
            waiting = type(self._waiting).__name__ if self._waiting else ""
            return {
                **super().state(), "waiting": waiting, "light": "yellow" if waiting else self._light,
                "coercivity": "high" if self._high else "low", "leading_zeros": list(self._zeros),
                "bits_per_character": list(self._bits), "bits_per_inch": list(self._density.values()),
            }  # fmt: skip

    # -- the line ------------------------------------------------------------------------------------------------

    def plugged(self, connected: bool) -> None:
        super().plugged(connected)
        with self.lock:
            self._ear = msr.CommandDecoder()

    def receive(self, data: bytes) -> None:
        with self.lock:
            commands = [] if "silent" in self.faults else self._ear.feed(data)
            names = "; ".join(type(command).__name__ for command in commands)
            hidden = any(isinstance(command, msr.WriteRaw | msr.WriteIso) for command in commands)
            self.log.note(">", data[:2] + b"*" * (len(data) - 2) if hidden else data, names)
            for command in commands:
                self._do(command)
            self.changed.notify_all()

    def _do(self, command: Command) -> None:
        self.count(type(command).__name__)
        if self.happens("refuse"):
            return self._reply(_UNKNOWN)
        if isinstance(command, _WAIT_FOR_CARD):
            self._waiting = command
        elif isinstance(command, msr.Reset):
            self._waiting = None
        elif isinstance(command, msr.Lights):
            self._light = command.show
        elif isinstance(command, msr.Unknown):
            self._reply(_FORMAT if command.malformed else _UNKNOWN)
        else:
            self._reply(self._set(command) or self._told(command))
        return None

    def _set(self, command: Command) -> Answer | None:
        match command:
            case msr.SetBits(bits):
                self._bits = bits
                return msr.BitsSet(bits)
            case msr.SetLeadingZeros(first, second):
                self._zeros = (first, second)
            case msr.SetDensity(track, density):
                self._density[track] = density
            case msr.SetCoercivity(high):
                self._high = high
            case _:
                return None
        return _DONE

    def _told(self, command: Command) -> Answer:
        match command:
            case msr.CommTest():
                return msr.LinkGood()
            case msr.GetLeadingZeros():
                return msr.LeadingZeros(*self._zeros)
            case msr.GetModel():
                return msr.Model(self.profile["model_letter"])
            case msr.GetFirmware():
                return msr.Firmware(self.profile["firmware_answer"])
            case msr.GetCoercivity():
                return msr.Coercivity(self._high)
        return _NOT_GOOD if "ram_faulty" in self.faults else _DONE

    def _reply(self, answer: Answer) -> None:
        message = answers.encode(answer)
        swipe = isinstance(answer, msr.RawTracks | msr.IsoTracks)
        shown = message[:2] + b"*" * (len(message) - 4) + message[-2:] if swipe else message
        cut = self.faults.get("power_cut")
        if cut is not None:
            left = int(cut.get("after_bytes", 0))
            if left < len(message):
                self.clear_faults("power_cut")
                self.power_on()
                return self._transmit(message[:left], shown[:left], "power cut")
            cut["after_bytes"] = left - len(message)
        return self._transmit(message, shown, type(answer).__name__)

    def _transmit(self, message: bytes, shown: bytes, meaning: str) -> None:
        self.log.note("<", shown, meaning)
        self.send(message)

    # -- the slot ------------------------------------------------------------------------------------------------

    def drawn(self, card: SimCard) -> None:
        self.pause(SWIPE_S)
        with self.lock:
            command, self._waiting = self._waiting, None
            if command is not None and "silent" not in self.faults:
                self._reply(self._pass(command, card))

    def _pass(self, command: Command, card: SimCard) -> Answer:
        match command:
            case msr.ReadRaw():
                return self._read_raw(card)
            case msr.ReadIso():
                return self._read_iso(card)
            case msr.SensorTest():
                return _DONE
        if self.happens("bad_swipe") or "half_swipe" in self.faults:
            return _BAD_SWIPE
        if self.happens("write_verify"):
            card.tracks.clear()
            return _FAILED
        return self._write(command, card)

    def _write(self, command: Command, card: SimCard) -> Answer:
        if isinstance(command, msr.Erase):
            for track in command.tracks:
                card.tracks.pop(str(track), None)
        elif isinstance(command, msr.WriteIso):
            if any(ms.ISO[track].fault_of(text) for track, text in command.tracks.items()):
                return _FORMAT
            card.tracks.update({str(track): text for track, text in command.tracks.items()})
        elif isinstance(command, msr.WriteRaw):
            return self._write_raw(command, card)
        return _DONE

    def _write_raw(self, command: msr.WriteRaw, card: SimCard) -> Answer:
        """Whatever bits come are written; what does not read back is an unreadable track."""
        for track, data in command.tracks.items():
            try:
                text = ms.text_in(ms.ISO[track], self._bits_of(track, data, self.profile["raw_writes_lowest_first"]))
            except ms.Damaged:
                card.tracks.pop(str(track), None)
                return _FAILED
            card.tracks[str(track)] = text or ""
        return _DONE

    def _bits_of(self, track: int, data: bytes, lowest_first: bool) -> list[int]:
        wide = self._bits[track - 1]
        if wide == 8:
            return ms.bits_in(data, lowest_first)
        return [byte >> bit & 1 for byte in data for bit in range(wide)]

    def _read_raw(self, card: SimCard) -> Answer:
        found = {}
        for track, bits in self.bits(card).items():
            wide = self._bits[track - 1]
            if wide == 8:
                found[track] = ms.packed(bits, self.profile["raw_reads_lowest_first"])
            else:  # one character in each byte, from the first one on
                inside = bits[bits.index(1) :]
                found[track] = bytes(
                    sum(bit << place for place, bit in enumerate(inside[at : at + wide]))
                    for at in range(0, len(inside) - 24, wide)
                )
        return msr.RawTracks(_DONE.code if found else _FAILED.code, found)

    def _read_iso(self, card: SimCard) -> Answer:
        texts, bad = self.texts(card)
        shown = {track: chr(ms.ISO[track].start + ms.ISO[track].base) + text + "?" for track, text in texts.items()}
        good = bool(shown) and not bad
        return msr.IsoTracks(_DONE.code if good else _FAILED.code, shown | {track: msr.BAD for track in bad})


class Msr605XUnit(Msr605Unit):
    """The same in HID reports."""

    hid_line = HidLine

    def plugged(self, connected: bool) -> None:
        super().plugged(connected)
        self._unpacker = Unpacker()

    def receive(self, data: bytes) -> None:
        super().receive(self._unpacker.feed(data) if len(data) == SIZE else b"")

    def _transmit(self, message: bytes, shown: bytes, meaning: str) -> None:
        self.log.note("<", shown, meaning)
        for packet in packets(message):
            self.send(packet)


def build(profile: Profile, speed: str) -> Msr605Unit:
    """For simulators.__main__."""
    return (Msr605XUnit if profile["packets"] else Msr605Unit)(profile, speed)

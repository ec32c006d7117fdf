"""A barcode scanner on a serial line: what is scanned goes out as the profile says this model sends it.

Faults: no_suffix | double_read: each code goes out twice | slow {seconds}: that long after every character |
noise: what a loose plug makes, before each code.
"""

import time
from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire.serial_scanner import AIM, MAX_CHARACTERS, SUFFIXES, Code, Manner, encode
from simulators.card import CardInvalid
from simulators.unit import FaultUnknown, Unit

_NOISE = bytes.fromhex("00fff0ff")
_BITS_PER_CHARACTER = 10
_DIGITS = {"EAN13": 13, "EAN8": 8, "UPCA": 12}


class SerialScannerUnit(Unit):
    """Hears nothing: in plain data mode the line goes one way."""

    faults_known: tuple[str, ...] = ("no_suffix", "double_read", "slow", "noise")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._manner = Manner(SUFFIXES[profile["suffix"]], bytes.fromhex(profile["prefix"]), profile["aim_id"])

        self._heard_by_host = False

    def plugged(self, connected: bool) -> None:
        self._heard_by_host = connected

    def state(self) -> dict[str, Any]:
        """As every unit's; host_connected: false while what is scanned goes nowhere."""
        return {**super().state(), "host_connected": self._heard_by_host}

    def receive(self, data: bytes) -> None:
        self.log.note(">", data, "not heard")

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        if name == "slow":
            try:
                float(settings.get("seconds", 0))
            except (TypeError, ValueError) as error:
                raise FaultUnknown(f"slow takes seconds as a number, not {settings['seconds']!r}.") from error
        super().set_fault(name, settings)

    def scan(self, data: str, symbology: str) -> None:
        """The code is held before the window. CardInvalid when no scanner would read it."""
        code = Code(data, AIM[checked_symbology(data, symbology)])
        sent = encode(code, self._manner)
        if "no_suffix" in self.faults and self._manner.suffix:
            sent = sent[: -len(self._manner.suffix)]
        if "noise" in self.faults:
            sent = _NOISE + sent
        with self.lock:
            self.counters["scans"] = self.counters.get("scans", 0) + 1
        for _ in range(2 if "double_read" in self.faults else 1):
            self._send(sent, f"{symbology} {data}")

    def _send(self, data: bytes, meaning: str) -> None:
        slow = self.faults.get("slow")
        if slow is None:
            self.pause(len(data) * _BITS_PER_CHARACTER / self.profile["line"]["baudrate"])
            self.say(data, meaning)
            return
        for at in range(len(data)):
            self.say(data[at : at + 1], meaning if at == 0 else "")
            time.sleep(float(slow.get("seconds", 0.02)))


def checked_symbology(data: str, given: str) -> str:
    """The name in the table of identifiers; CardInvalid for a code that cannot be printed or is misprinted."""
    name = "".join(letter for letter in given.upper() if letter.isalnum())
    if name not in AIM:
        raise CardInvalid(f"There is no symbology {given!r}; known are {', '.join(AIM)}.")
    if not 0 < len(data) <= MAX_CHARACTERS:
        raise CardInvalid(f"A code has 1 to {MAX_CHARACTERS} characters, not {len(data)}.")
    try:
        data.encode("latin-1")
    except UnicodeEncodeError as error:
        raise CardInvalid(f"A scanner sends latin-1; {data[error.start]!r} is not in it.") from error
    digits = _DIGITS.get(name)
    if digits and (len(data) != digits or not data.isdecimal() or _check_digit(data[:-1]) != int(data[-1])):
        raise CardInvalid(f"{data!r} is no {name}: {digits} digits are needed, the last of them the check digit.")
    return name


def _check_digit(payload: str) -> int:
    """GS1's modulo 10: weights 3 and 1 from the right. 590123412345 gives 7."""
    return -sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(payload))) % 10


def build(profile: Profile, speed: str) -> SerialScannerUnit:
    """For simulators.__main__."""
    return SerialScannerUnit(profile, speed)

"""A scanner that types, as the kernel's input events over a Unix socket; a report holds some events.

Faults: no_suffix | double_read: each code twice | caps_lock: somebody pressed it on this scanner's keyboard | dropped
{times}: the kernel throws keys away in the middle of a code | other_suffix: it ends with the other of Enter and Tab.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import evdev as ev
from simulators.card import CardInvalid
from simulators.hid_line import HidLine
from simulators.serial_scanner import checked_symbology
from simulators.unit import Unit

_CAPS_LOCK = 58
_AT_ONCE = 600
"""Events in one packet: a socket holds few packets, however small they are."""


class EvdevUnit(Unit):
    """Hears nothing: keys go one way."""

    hid_line = HidLine
    faults_known = ("no_suffix", "double_read", "caps_lock", "dropped", "other_suffix")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._heard_by_host = False

    def plugged(self, connected: bool) -> None:
        with self.changed:
            self._heard_by_host = connected
            self.changed.notify_all()

    def state(self) -> dict[str, Any]:
        return {**super().state(), "host_connected": self._heard_by_host}

    def receive(self, data: bytes) -> None:
        self.log.note(">", data, "not heard")

    def scan(self, data: str, symbology: str) -> None:
        """The code is held before the window. CardInvalid for what no scanner reads or no key types."""
        name = checked_symbology(data, symbology)
        try:
            keys = ev.keys_for(data)
        except ValueError as error:
            raise CardInvalid(str(error)) from error
        if "caps_lock" in self.faults:
            self.clear_faults("caps_lock")
            keys = ev.stroke(_CAPS_LOCK) + keys
        if "dropped" in self.faults:
            self.clear_faults("dropped")
            keys[len(keys) // 2] = ev.Event(ev.SYN, ev.DROPPED, 0)
        if "no_suffix" not in self.faults:
            tab = (self.profile["ends_with"] == "TAB") != ("other_suffix" in self.faults)
            keys = keys + ev.stroke(ev.TAB if tab else ev.ENTER)
        with self.lock:
            self.counters["scans"] = self.counters.get("scans", 0) + 1
        for _ in range(2 if "double_read" in self.faults else 1):
            self.log.note("<", data.encode("latin-1"), f"{name}, typed")
            for at in range(0, len(keys), _AT_ONCE):
                self.send(b"".join(map(ev.encode, keys[at : at + _AT_ONCE])))


def build(profile: Profile, speed: str) -> EvdevUnit:
    """For simulators.__main__."""
    return EvdevUnit(profile, speed)

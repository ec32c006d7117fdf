"""A scanner in USB HID POS mode: each code in one report or several; a Honeywell's menu answers where the profile says.

Faults: silent: it says nothing | double_read: each code goes out twice | bad_report {times}: a report that is none |
torn {times}: the last report of a code never comes | refuse {times}: a menu command is answered NAK.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import hid_pos as hp
from loyalty.devices.wire import honeywell_menu as menu
from loyalty.devices.wire.serial_scanner import AIM
from simulators.hid_line import HidLine
from simulators.serial_scanner import checked_symbology
from simulators.unit import Unit

_TIMED = ("bad_report", "torn", "refuse")
REVISION = b"Product Name: Voyager 1602g\r\nBoot Revision: : 8992\r\n"
"""The beginning of what the reference driver's scanner said."""


class HidPosUnit(Unit):
    """Hears menu commands. What no host hears is gone."""

    hid_line = HidLine
    faults_known = ("silent", "double_read", *_TIMED)

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._heard_by_host = False

    def plugged(self, connected: bool) -> None:
        with self.changed:
            self._heard_by_host = connected
            self.changed.notify_all()

    def state(self) -> dict[str, Any]:
        return {**super().state(), "host_connected": self._heard_by_host}

    def scan(self, data: str, symbology: str) -> None:
        """The code is held before the window. CardInvalid when no scanner would read it."""
        name = checked_symbology(data, symbology)
        self._count("scans")
        for _ in range(2 if "double_read" in self.faults else 1):
            self._say(data.encode("latin-1"), AIM[name], f"{name} {data}")

    def receive(self, data: bytes) -> None:
        command = hp.decode_command(data)
        self.log.note(">", data, repr(command))
        if command is None or self.profile["menu"] != "honeywell":
            return
        for order in menu.commands_in(bytearray(command)):
            if order == menu.BEEP:
                self._count("beeps")
            elif isinstance(order, menu.Command):
                self._answer(order)

    def _answer(self, command: menu.Command) -> None:
        known = command.text == "REVINF"
        reply = menu.Reply.ACK if known else menu.Reply.ENQ
        if self._happens("refuse"):
            known, reply = False, menu.Reply.NAK
        if known:
            self._say(REVISION, "]X0", "revision")
        self._say(menu.encode_answer(menu.Answer(command.text, reply), command.ends), hp.MENU_ANSWER, reply.name)

    def _say(self, data: bytes, aim: str, meaning: str) -> None:
        if "silent" in self.faults:
            return
        pieces = hp.pieces_of(data, aim)
        for piece in pieces:
            if piece is pieces[-1] and self._happens("torn"):
                return
            report = hp.encode(piece)
            self.say(report[:20] if self._happens("bad_report") else report, meaning)

    def _happens(self, name: str) -> bool:
        fault = self.faults.get(name)
        if fault is None:
            return False
        fault["times"] = int(fault.get("times", 1)) - 1
        if fault["times"] <= 0:
            self.clear_faults(name)
        return True

    def _count(self, what: str) -> None:
        with self.lock:
            self.counters[what] = self.counters.get(what, 0) + 1


def build(profile: Profile, speed: str) -> HidPosUnit:
    """For simulators.__main__."""
    return HidPosUnit(profile, speed)

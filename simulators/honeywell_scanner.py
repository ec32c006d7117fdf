"""A Honeywell scanner on a serial line: sends codes as any serial scanner does, and answers menu commands.

Faults: those of simulators.serial_scanner; silent: no menu command is answered | refuse {times}: answered NAK.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import honeywell_menu as menu
from simulators.serial_scanner import SerialScannerUnit

_REVISION = b"Product Name: Xenon 1900\r\nSoftware Revision: BP000012AAA\r\n"


class HoneywellUnit(SerialScannerUnit):
    faults_known = (*SerialScannerUnit.faults_known, "silent", "refuse")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._heard = bytearray()
        self._settings = {"CBRENA": "1", "SUFBK2": "990D", "BEPLVL": "3"}
        """Codabar on, suffix CR for every symbology, loudness: a few of a real one's hundreds."""

    def state(self) -> dict[str, Any]:
        return {**super().state(), "settings": dict(self._settings)}

    def receive(self, data: bytes) -> None:
        self._heard += data
        for order in menu.commands_in(self._heard):
            if isinstance(order, menu.Command):
                self.log.note(">", menu.PREFIX + order.text.encode("latin-1"), order.text)
                self._obey(order)
            else:
                name = {menu.BEEP: "beeps", menu.TRIGGER_ON: "trigger_pulls"}.get(order, "trigger_releases")
                with self.lock:
                    self.counters[name] = self.counters.get(name, 0) + 1

    def _obey(self, command: menu.Command) -> None:
        if "silent" in self.faults:
            return
        answer = self._answer(command.text)
        self.say(menu.encode_answer(answer, command.ends), f"{command.text}: {answer.reply.name}")

    def _answer(self, text: str) -> menu.Answer:
        tag, value = text[:6], text[6:]
        if "refuse" in self.faults:
            self.clear_faults("refuse")
            return menu.Answer(text, menu.Reply.NAK)
        if text == "REVINF":
            return menu.Answer(text, menu.Reply.ACK, _REVISION)
        if tag not in self._settings or not value:
            return menu.Answer(text, menu.Reply.ENQ)
        if value == "?":
            return menu.Answer(tag + self._settings[tag], menu.Reply.ACK)
        if not value.isalnum():
            return menu.Answer(text, menu.Reply.NAK)
        self._settings[tag] = value
        return menu.Answer(text, menu.Reply.ACK)


def build(profile: Profile, speed: str) -> HoneywellUnit:
    """For simulators.__main__."""
    return HoneywellUnit(profile, speed)

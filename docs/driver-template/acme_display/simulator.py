"""The display's end of the wire. Faults besides those of the line: refuse, every command is answered with NAK."""

from typing import Any

from acme_display.wire import Command, CommandDecoder, Reply, encode_reply
from loyalty.devices.profiles import Profile
from simulators.unit import Unit


class AcmeUnit(Unit):
    faults_known = ("refuse",)

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._ear = CommandDecoder()
        self.shown = [""] * int(profile["lines"])

    def receive(self, data: bytes) -> None:
        with self.lock:
            for command in self._ear.feed(data):
                self.log.note(">", data, str(command))
                reply = Reply(False) if "refuse" in self.faults else self._obey(command)
                self.say(encode_reply(reply), str(reply))

    def state(self) -> dict[str, Any]:
        return {**super().state(), "lines": list(self.shown)}

    def _obey(self, command: Command) -> Reply:
        match command:
            case Command("Q"):
                return Reply(True, self.profile.firmware)
            case Command("C"):
                self.shown = [""] * len(self.shown)
            case Command("B", brightness):
                return Reply(brightness in ("1", "2", "3", "4"))
            case Command("L", text) if text[:1].isdigit() and 0 < int(text[0]) <= len(self.shown):
                self.shown[int(text[0]) - 1] = text[1:]
            case _:
                return Reply(False)
        return Reply(True)


def build(profile: Profile, speed: str) -> AcmeUnit:
    """For `loyalty simulate`."""
    return AcmeUnit(profile, speed)

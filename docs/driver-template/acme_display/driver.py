"""ACME customer displays.   lines: 2 of 20 characters | characters: ASCII | brightness: set when the port is opened"""

import time
from collections.abc import Sequence

from acme_display.wire import Command, CommandDecoder, Reply, ReplyDecoder, encode
from loyalty.devices.interfaces import Health, Transport, UnitStatus
from loyalty.devices.options import Option
from loyalty.devices.profiles import Profile
from loyalty.errors import NoAnswer, Rejected

SETTINGS = (Option("brightness", "number", least=1, most=4, help="1 dim to 4 bright"),)


class AcmeDisplay:
    """loyalty.devices.interfaces.LineDisplay. transport: open, at the profile's line settings."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._replies = ReplyDecoder()
        self.columns, self.lines = int(profile["columns"]), int(profile["lines"])

    def start(self) -> None:
        self._do(Command("B", str(self._profile["brightness"])))

    def status(self) -> UnitStatus:
        """READY with its version; NoAnswer when it is silent, LinkLost when the line is cut."""
        return UnitStatus(Health.READY, detail=f"version {self._do(Command('Q')).version}")

    def show(self, lines: Sequence[str]) -> None:
        if len(lines) > self.lines or any(len(line) > self.columns or not line.isascii() for line in lines):
            room = f"{self.lines} lines of {self.columns} plain letters"
            given = f"{len(lines)} of up to {max(map(len, lines), default=0)} signs"
            raise Rejected(f"The display shows {room}; {given} were given.", advice="Shorten the text.")
        self.clear()
        for number, line in enumerate(lines, 1):
            if line:
                self._do(Command("L", f"{number}{line}"))

    def clear(self) -> None:
        self._do(Command("C"))

    def close(self) -> None:
        self._transport.close()

    def _do(self, command: Command) -> Reply:
        self._transport.write(encode(command))
        end = time.monotonic() + float(self._profile["reply_s"])
        while (left := end - time.monotonic()) > 0:
            for reply in self._replies.feed(self._transport.read(left)):
                if not reply.good:
                    raise Rejected(f"The display refuses {command}.")
                return reply
        raise NoAnswer(f"The display does not answer {command}.")


def open_driver(transport: Transport, profile: Profile) -> AcmeDisplay:
    """For loyalty.devices.registry."""
    display = AcmeDisplay(transport, profile)
    display.start()
    return display


def decoders(profile: Profile) -> tuple[object, object]:
    """What the host's and the device's bytes mean, for traces."""
    return CommandDecoder().feed, ReplyDecoder().feed

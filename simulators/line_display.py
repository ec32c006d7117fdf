"""A customer display: what it shows stands in its state as `lines`.

Faults: dark: no power; it shows nothing and forgets | stuck: it shows what it showed and takes nothing in.
"""

from typing import Any

from loyalty.devices.profiles import Profile
from loyalty.devices.wire import line_display as ld
from simulators.unit import Unit


class LineDisplayUnit(Unit):
    """Says nothing. Cells hold the bytes that a column was sent; a Chinese character takes two."""

    faults_known = ("dark", "stuck")

    def __init__(self, profile: Profile, speed: str = "fast") -> None:
        super().__init__(profile, speed)
        self._decoder = ld.Decoder()
        self._columns, self._lines = int(profile["columns"]), int(profile["lines"])
        self._reset()
        self._heard_by_host = False

    def plugged(self, connected: bool) -> None:
        with self.changed:
            self._heard_by_host = connected
            self.changed.notify_all()

    def receive(self, data: bytes) -> None:
        self.log.note(">", data, "shown" if not self.faults else "not shown")
        with self.changed:
            for message in self._decoder.feed(data):
                if "stuck" not in self.faults and "dark" not in self.faults:
                    self._obey(message)
            self.changed.notify_all()

    def set_fault(self, name: str, settings: dict[str, Any]) -> None:
        super().set_fault(name, settings)
        if name == "dark":
            with self.lock:
                self._reset()

    def state(self) -> dict[str, Any]:
        """lines: what is to be read, without the blanks at the end. brightness: 1 to 4."""
        with self.lock:
            encoding = self.profile["encoding"]
            shown = [bytes(row).decode(encoding, "replace").rstrip() for row in self._cells]
            return {
                **super().state(), "host_connected": self._heard_by_host, "lines": shown,
                "brightness": self._brightness, "cursor": self._cursor_shown,
            }  # fmt: skip

    def _reset(self) -> None:
        self._cells = [bytearray(b" " * self._columns) for _ in range(self._lines)]
        self._column = self._line = 0
        self._brightness, self._cursor_shown = ld.BRIGHTEST, True

    def _obey(self, message: ld.Message) -> None:
        match message:
            case ld.Initialize():
                self._reset()
            case ld.Clear():
                for row in self._cells:
                    row[:] = b" " * self._columns
                self._column = self._line = 0
            case ld.MoveTo(column, line):
                self._column, self._line = column - 1, line - 1
            case ld.Cursor(shown):
                self._cursor_shown = shown
            case ld.Brightness(level):
                self._brightness = level
            case ld.Text(data):
                self._write(data)

    def _write(self, data: bytes) -> None:
        for byte in data:
            self._cells[self._line][self._column] = byte
            self._column += 1
            if self._column == self._columns:
                self._column, self._line = 0, (self._line + 1) % self._lines


def build(profile: Profile, speed: str) -> LineDisplayUnit:
    """For simulators.__main__."""
    return LineDisplayUnit(profile, speed)

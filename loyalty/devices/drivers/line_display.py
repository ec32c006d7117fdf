"""Customer displays of two lines of 20 columns, in Epson's command mode.

==============  =======  ================================================================
function        support  remarks
==============  =======  ================================================================
two lines       yes      both are written whole: nothing of what stood there stays
Chinese         by model GB18030 or Big5; a model without is never sent what it cannot show
brightness      yes      1 to 4
asking it       no       the line goes one way; a display that is unplugged cannot be told
==============  =======  ================================================================

Not for use from several threads at once.
"""

from collections.abc import Sequence

from loyalty.devices.interfaces import Health, Transport, UnitStatus
from loyalty.devices.profiles import Profile
from loyalty.devices.wire import line_display as ld
from loyalty.errors import Rejected


class EscPosLineDisplay:
    """loyalty.devices.interfaces.LineDisplay. transport: open, at the profile's line settings."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self.columns, self.lines = int(profile["columns"]), int(profile["lines"])
        self._set_up = False

    def show(self, lines: Sequence[str]) -> None:
        """Replace what is shown. Rejected, nothing sent, for a line too long or with signs that it does not have."""
        if len(lines) > self.lines:
            sentence = f"This display has {self.lines} lines, {len(lines)} were given."
            raise Rejected(sentence, advice="Leave one out.")
        given = [self._encoded(line) for line in (*lines, *[""] * (self.lines - len(lines)))]
        self._prepare()
        for number, data in enumerate(given, 1):
            self._send(ld.MoveTo(1, number), ld.Text(data))

    def clear(self) -> None:
        self._prepare()
        self._send(ld.Clear())

    def brightness(self, level: int) -> None:
        """1, dim, to 4."""
        if not 1 <= level <= ld.BRIGHTEST:
            raise Rejected(f"Brightness goes from 1 to {ld.BRIGHTEST}, not {level}.", advice="Choose another level.")
        self._prepare()
        self._send(ld.Brightness(level))

    def can_show(self, text: str) -> bool:
        """Has the display every sign of `text`?"""
        return self._bytes_of(text) is not None

    def status(self) -> UnitStatus:
        """READY while its port is there: the display itself says nothing. LinkLost when cut."""
        self._transport.read(0.0)
        return UnitStatus(Health.READY, detail="A customer display cannot be asked; the port is open.")

    def close(self) -> None:
        self._transport.close()

    def _encoded(self, line: str) -> bytes:
        """The line filled up with blanks."""
        if (width := ld.width_of(line)) > self.columns:
            sentence = f"A line takes {self.columns} columns, this one has {width}."
            raise Rejected(sentence, advice="Shorten the text.")
        data = self._bytes_of(line)
        if data is None:
            foreign = next(sign for sign in line if self._bytes_of(sign) is None)
            raise Rejected(f"This display has no {foreign!r}.", advice="Use another text, or a model with that script.")
        return data + b" " * (self.columns - width)

    def _bytes_of(self, text: str) -> bytes | None:
        """In the display's characters; None for signs that it lacks, and for control signs."""
        encoding = self._profile["encoding"]
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            return None
        if any(byte < 0x20 or byte == 0x7F for byte in data) or len(data) != ld.width_of(text):
            return None  # a sign of four bytes, or one whose width the display takes otherwise
        return data

    def _prepare(self) -> None:
        if not self._set_up:
            self._send(ld.Initialize(), ld.Overwrite(), ld.Cursor(False))
            if self._profile["code_page"] >= 0:
                self._send(ld.CodePage(self._profile["code_page"]))
            self._set_up = True

    def _send(self, *messages: ld.Message) -> None:
        self._transport.write(b"".join(map(ld.encode, messages)))


def open_driver(transport: Transport, profile: Profile) -> EscPosLineDisplay:
    """For loyalty.devices.registry."""
    return EscPosLineDisplay(transport, profile)

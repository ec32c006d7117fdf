"""What UnifiedPOS names of a PointCardRW, verb by verb, and what it lacks."""

import contextlib
import threading
from collections.abc import Iterator

from loyalty.devices.drivers.virtual_pointcard.areas import Box
from loyalty.devices.drivers.virtual_pointcard.link import Failed, Link
from loyalty.devices.drivers.virtual_pointcard.report import WorkReport
from loyalty.devices.interfaces import Transport
from loyalty.devices.profiles import Profile
from loyalty.errors import DeviceError, Rejected


class PointCard:
    """The unit's own verbs; VirtualPointCardRW makes the role of a card printer of them."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self._transport, self._profile = transport, profile
        self._link = Link(transport, profile)
        self._lock = threading.RLock()
        width, height = profile["face_dots"]
        self.face_dots: tuple[int, int] = (width, height)
        self.tracks: tuple[int, ...] = tuple(profile["tracks"])
        self._job_s = float(profile["job_s"])
        self.firmware = ""
        self.capabilities: frozenset[str] = frozenset()
        """Names as UnifiedPOS has them, without Cap."""
        self.report = WorkReport()
        """How far the last operation of this driver got."""

    def start(self) -> None:
        with self._lock:
            hello = self._link.hello()
            if hello["model"] != self._profile.model:
                raise Rejected(f"The unit calls itself {hello['model']!r}, which is no {self._profile.model}.")
            self.firmware, self.capabilities = hello["firmware"], frozenset(hello["capabilities"].split(","))
            self._link.ask("CANCEL")
            self._link.ask("CLEAR-OUTPUT")

    # what UnifiedPOS names

    def begin_insertion(self) -> None:
        """The unit takes in the next card, until end_insertion() or cancel()."""
        self._do("BEGIN-INSERTION")

    def end_insertion(self) -> None:
        """The unit waits no more; NoCard unless a card is inside."""
        self._do("END-INSERTION")

    def begin_removal(self) -> None:
        self._do("BEGIN-REMOVAL", long=True)

    def end_removal(self) -> None:
        """NoCard (RELEASE) while nobody has taken the card."""
        self._do("END-REMOVAL")

    def read_tracks(self, *tracks: int) -> dict[int, tuple[str, str]]:
        """track -> (state, data). States are OK, NODATA, or READ, START, END, PARITY, LRC of the error list."""
        with self._lock:
            answer = self._link.ask("READ", wait_s=self._job_s, tracks=",".join(map(str, tracks)))
        return {track: (answer[f"s{track}"], answer[f"t{track}"]) for track in tracks}

    def text(self, x: int, y: int, text: str, style: str = "normal") -> None:
        """Letters of the unit into the print buffer. style: normal, bold, italic, dhigh, dwide, dwidedhigh."""
        self._do("TEXT", x=x, y=y, style=style, text=text)

    def rotate(self, to: str) -> None:
        """For texts after it: normal, right90, left90, rotate180."""
        self._do("ROTATE", to=to)

    def validate(self, text: str, style: str = "normal") -> None:
        """Rejected when the unit could not print this."""
        self._do("VALIDATE", text=text, style=style)

    def clean(self) -> None:
        self._do("CLEAN", long=True)

    def clear_input(self) -> None:
        self._do("CLEAR-INPUT")

    def clear_output(self) -> None:
        self._do("CLEAR-OUTPUT")

    def statistics(self, *, reset: bool = False) -> dict[str, int]:
        fields = self._do("STATISTICS", reset=int(reset))
        return {name: int(value) for name, value in fields.items()}

    def display(self, text: str) -> None:
        self._do("DISPLAY", text=text)

    # what it lacks

    def media(self) -> dict[str, int]:
        """Of the card inside: `cycles` so far, `ghost` in percent, `warn` 1 when it should be replaced soon."""
        fields = self._do("MEDIA")
        cycles = int(fields["cycles"])
        return {"cycles": cycles, "ghost": int(fields["ghost"]), "warn": int(cycles >= self._profile["cycles_warn"])}

    def buffers(self) -> tuple[str, ...]:
        """What the unit still holds: `print`, `tracks`, `input`."""
        held = self._do("STATE")["buffers"]
        return tuple(name for name in held.split(",") if name)

    def last_work(self) -> WorkReport:
        """How far the unit's last operation got, whoever ordered it."""
        fields = self._do("LAST")
        return WorkReport.of(fields["done"], fields["doing"])

    def cancel(self) -> None:
        """End what runs or waits in the unit; from another thread it has to wait for the verb that runs there."""
        self._do("CANCEL")

    def work(
        self, *, erase: list[Box] | None = None, print_buffer: bool = False, tracks: dict[int, str] | None = None,
        order: str = "", energy: int = 0,
    ) -> WorkReport:  # fmt: skip
        """Stripe and face in one operation. order: `stripe` or `face` first; energy: 1 to 10; else the profile's.

        An error says in `half` how the face is, and `report` which steps were done.
        """
        with self._lock:
            self.report = WorkReport()
            with self._stage("untouched"):
                self._check(tracks or {})
                for track, data in (tracks or {}).items():
                    self._link.ask("SET-TRACK", track=track, data=data)
            fields: dict[str, object] = {
                "print": int(print_buffer), "order": order or self._profile["order"],
                "energy": energy or self._profile["erase_energy"],
            }  # fmt: skip
            if erase:
                fields["erase"] = ";".join(",".join(map(str, box)) for box in erase)
            if tracks:
                fields["tracks"] = ",".join(map(str, sorted(tracks)))
            return self._work(fields)

    def _do(self, word: str, /, *, long: bool = False, **fields: object) -> dict[str, str]:
        with self._lock:
            return dict(self._link.ask(word, wait_s=self._job_s if long else 0.0, **fields).fields)

    def _work(self, fields: dict[str, object]) -> WorkReport:
        try:
            answer = self._link.attempt("WORK", wait_s=self._job_s, **fields)
        except Failed as failed:
            self.report = WorkReport.of(failed.line["done"], failed.line["doing"])
            error = self._link.error_of(failed.line)
            error.half = self.report.half
            with contextlib.suppress(DeviceError):
                self._link.ask("CLEAR-OUTPUT")
            raise error from failed
        except DeviceError as error:
            error.half = "unknown"
            raise
        self.report = WorkReport.of(answer["done"], "")
        return self.report

    def _check(self, tracks: dict[int, str]) -> None:
        for track, data in tracks.items():
            if track not in self.tracks:
                raise Rejected(f"This unit has no head for track {track}.", advice="Use another track.")
            longest = self._profile["stripe_length"]
            if len(data) > longest or not data.isascii() or not data.isprintable():
                sentence = f"Track {track} takes up to {longest} letters without accents."
                raise Rejected(sentence, advice="Use fewer or other letters.")

    @contextlib.contextmanager
    def _stage(self, half: str) -> Iterator[None]:
        try:
            yield
        except DeviceError as error:
            error.half = error.half or half
            raise

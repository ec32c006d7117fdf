"""What an Evolis printer makes of a conversation: commands in, answers out, print jobs on the way.

Within a print job of the vendor's library (Psync;1;0 to Psync;11;0) nothing is answered; how it went is in the state.
A question or Scs ends a job that has not come to its end. A job may go on in a further connection: with Pps;1 the
library sends all but Pcla;0 and the end, and these when it has seen INF_CLAIM.
"""

from collections.abc import Callable

from loyalty.contract.raster import Raster
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.evolis import job
from loyalty.devices.wire.evolis.decoder import Decoder
from loyalty.devices.wire.evolis.messages import (
    Broken,
    Command,
    CompressedPlane,
    Geometry,
    Message,
    Nul,
    Plane,
    Probe,
    Tag,
)
from loyalty.devices.wire.evolis.raster import expanded, lines_of, raster_of
from loyalty.devices.wire.evolis.replies import Ack, Answer, Nack, Reply
from simulators.evolis.panel import Panel
from simulators.evolis.stops import CalledOff, Moment, Stopped, Trouble

Say = Callable[[Answer], None]
TEXTS = {
    "ERR_MECHANICAL": "ERROR MECHANICAL", "ERR_FEEDER_ERROR": "ERROR FEEDER", "ERR_BLANK_TRACK": "ERROR BLANK TRACK",
    "ERR_MAGNETIC_DATA": "ERROR CDE",
}  # fmt: skip
"""Texts that the vendor's library tells apart; for other failures it is content with ERROR."""
NACKS = {
    "ERR_COVER_OPEN": "C", "ERR_FEEDER_ERROR": "F", "ERR_MECHANICAL": "T", "ERR_NO_CARD_INSERTED": "T",
    "ERR_HEAD_TEMP": "T", "ERR_BAD_RIBBON": "R", "ERR_BLANK_TRACK": "D", "ERR_READ_MAGNETIC": "K",
    "ERR_MAGNETIC_DATA": "D", "ERR_WRITE_MAGNETIC": "W", "ERR_FEATURE": "2",
}  # fmt: skip
UNKNOWN_COMMAND = "ERROR CDE"
INSERTIONS = ("Ss", "Si", "Sis", "Sic", "Sib", "Siscan")


class Talk:
    """One connection, or one line that stays open."""

    def __init__(self, profile: Profile, panel: Panel, say: Say, note: Callable[[str], None]) -> None:
        width, height = profile["face_dots"]
        self.geometry = Geometry(width, height, profile["plane_bytes"])
        self._panel, self._works = panel, panel.works
        self._say, self._note = say, note
        self._rewrites = profile["erase"] != "none"
        self._decoder = Decoder(self.geometry)
        self._planes: dict[str, Raster] = {}
        self._answered = False
        self._job = 0
        """The print job that this host began."""
        self._heard_at: Moment | None = None
        self.heard = False
        """Anything at all was said."""

    def decode(self, data: bytes) -> list[Message]:
        self.heard = self.heard or bool(data)
        return self._decoder.feed(data)

    def finish(self) -> None:
        """The host has said all it has to say. Where nothing was to be answered the state is, if that was asked for.

        A connection without a word asks for it, and Pps;1 asks for it behind everything.
        """
        goes_on = self._panel.status_follows
        ours = self._panel.job != 0 and (goes_on or self._job == self._panel.job)
        if ours and not self._decoder.idle:
            self._note("the host stopped in the middle of a plane")
            self._fail("ERR_FEATURE")
        if ours and not goes_on:  # by now another host may have begun a job
            self._panel.end_job()
        if not self.heard or (self._panel.status_follows and not self._answered):
            self._say(Reply("", self._panel.status()))

    def take(self, message: Message, heard_at: Moment) -> None:
        """Carry a message out and answer it."""
        if isinstance(message, Tag | Nul | Probe):
            return
        self._heard_at = heard_at
        try:
            text = self._obey(message)
            nack = "1" if text == UNKNOWN_COMMAND else ""
        except Trouble as trouble:
            self._fail(trouble.flag)
            text, nack = TEXTS.get(trouble.flag, "ERROR"), NACKS.get(trouble.flag, "T")
        except CalledOff:
            text, nack = "ERROR", "T"
        except Stopped:
            return
        if text is not None and not self._panel.job:
            self._answer(message, text, nack)

    def _obey(self, message: Message) -> str | None:
        match message:
            case Command():
                return self._command(message)
            case Plane() | CompressedPlane():
                self._keep(message)
                return "OK"
            case Broken():
                self._note(f"broken off: {message.text[:40]}")
                if self._panel.job:
                    raise Trouble("ERR_FEATURE")
        return UNKNOWN_COMMAND

    def _command(self, command: Command) -> str | None:
        if command in (job.FIRST, job.LAST):
            self._planes.clear()
            if command == job.FIRST:
                self._job = self._panel.begin_job()
            else:
                self._panel.end_job()
            return None
        if command.name.startswith("R") or command.name in ("Scs", "Srs"):
            self._panel.end_job()
        if self._panel.job_failed:
            return None  # the rest of a job that has failed
        if command.name in INSERTIONS:
            self._works.insert(self._heard_at)
        elif command.name in ("Sce", "Ser", "Seb"):
            self._works.eject()
        elif command.name in ("Se", "Sie"):
            self._end_of_card()
        else:
            return self._panel.answer(command)
        return "OK"

    def _end_of_card(self) -> None:
        planes, self._planes = self._planes, {}
        if not planes and not self._panel.job:
            self._works.eject()
            return
        self._works.print(
            planes.get("k"), planes.get("o") if self._rewrites else None,
            ribbon=not self._rewrites, keep=self._panel.keeps_card,
        )  # fmt: skip

    def _keep(self, plane: Plane | CompressedPlane) -> None:
        known = ("k", "o") if self._rewrites else ("k",)
        try:
            if plane.panel not in known:
                raise ValueError(f"panel {plane.panel}")
            if isinstance(plane, CompressedPlane):
                dots = expanded(plane, self.geometry)
            else:
                dots = lines_of(plane, self.geometry)
        except ValueError as error:
            self._note(str(error))
            raise Trouble("ERR_FEATURE") from error
        self._planes[plane.panel] = raster_of(dots, self.geometry)

    def _fail(self, flag: str) -> None:
        with self._panel.changed:
            self._works.errors.add(flag)
        if self._panel.job:
            self._panel.job_failed = True

    def _answer(self, message: Message, text: str, nack: str) -> None:
        self._answered = True
        reads = isinstance(message, Command) and message.name.startswith("R")
        if reads or not self._panel.acknowledges:
            self._say(Reply(text, self._panel.status() if self._panel.status_follows else None))
        else:
            self._say(Nack(nack) if nack else Ack())

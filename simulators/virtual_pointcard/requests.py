"""What a virtual unit does for each request."""

from collections.abc import Callable
from typing import Any

from loyalty.devices.wire.virtual_pointcard import Line
from simulators.virtual_pointcard.buffers import number
from simulators.virtual_pointcard.stops import Job, Trouble
from simulators.virtual_pointcard.works import INRW, LONGEST, REMAINING, REMOVAL, track_numbers

LONG = ("WORK", "READ", "CLEAN", "BEGIN-REMOVAL", "RESET")
"""Requests that move something and are answered at their end."""
Fields = dict[str, Any]


class Requests:
    """`unit` is the device; its lock is held in do(), and not in carry_out()."""

    def __init__(self, unit: Any) -> None:
        self._unit = unit
        self._table: dict[str, Callable[[Line], Fields | None]] = {
            "HELLO": self._hello, "STATE": self._state, "BEGIN-INSERTION": self._begin_insertion,
            "END-INSERTION": self._end_insertion, "END-REMOVAL": self._end_removal, "SET-TRACK": self._set_track,
            "TEXT": lambda line: self._buffer("text", line), "RASTER": lambda line: self._buffer("raster", line),
            "ROTATE": lambda line: unit.buffers.rotate(line["to"]), "CANCEL": lambda _: unit.end_all(),
            "VALIDATE": lambda line: self._buffer("validate", line), "CLEAR-INPUT": lambda _: unit.buffers.read.clear(),
            "CLEAR-OUTPUT": lambda _: unit.buffers.clear(), "LAST": self._last, "MEDIA": self._media,
            "STATISTICS": self._statistics, "DISPLAY": self._display,
        }  # fmt: skip

    def do(self, line: Line) -> Fields | None:
        """Fields of the OK; None when a long request has begun and answers later. Trouble otherwise."""
        if line.word in LONG:
            if line.word == "RESET":
                self._unit.end_all()
            if line.word == "READ":
                track_numbers(line["tracks"])
            self._unit.begin(Job(line.number, line.word), line)
            return None
        return self._table[line.word](line) or {}

    def carry_out(self, job: Job, line: Line) -> Fields:
        works = self._unit.works
        if job.word == "WORK":
            works.work(job, line)
        elif job.word == "READ":
            found: Fields = works.read(job, track_numbers(line["tracks"]))
            return found
        elif job.word == "CLEAN":
            works.clean(job)
        else:
            if job.word == "RESET":
                self._unit.buffers.clear()
            works.removal(job)
        return {}

    def _hello(self, line: Line) -> Fields:
        self._unit.begin_session()
        profile = self._unit.profile
        return {
            "model": profile.model, "firmware": profile.firmware,
            "capabilities": ",".join(profile["capabilities"]).replace("=", ":"),
        }  # fmt: skip

    def _state(self, line: Line) -> Fields:
        unit = self._unit
        blind = "no_card" in unit.faults
        fields = {
            "card": "NOCARD" if blind else unit.works.place, "buffers": ",".join(unit.buffers.held),
            "cover": "open" if "cover_open" in unit.faults else "closed",
            "head": "hot" if "head_temperature" in unit.faults else "ready",
            "running": unit.running(), "waiting": int(unit.works.armed), "uid": "" if blind else unit.chip(),
        }  # fmt: skip
        code = "JAM" if unit.works.jammed else "MOTOR" if "motor" in unit.faults else ""
        return fields | ({"trouble": 1, "code": code} if code else {})

    def _begin_insertion(self, line: Line) -> None:
        works = self._unit.works
        if works.jammed:
            raise Trouble("JAM")
        if works.place == REMOVAL:
            raise Trouble("RELEASE")
        if works.place != INRW:
            works.armed = True
            works.draw_in()

    def _end_insertion(self, line: Line) -> None:
        self._unit.works.armed = False
        self._unit.works.inside()

    def _end_removal(self, line: Line) -> None:
        if self._unit.works.place in (REMOVAL, REMAINING) or "release" in self._unit.faults:
            raise Trouble("RELEASE")

    def _set_track(self, line: Line) -> None:
        track, data = number(line, "track", 1, 6), line["data"]
        if len(data) > LONGEST or not data.isascii() or not data.isprintable():
            raise Trouble("ENCODE", f"a track holds up to {LONGEST} plain letters")
        self._unit.buffers.tracks[track] = data

    def _buffer(self, verb: str, line: Line) -> None:
        getattr(self._unit.buffers, verb)(line)

    def _last(self, line: Line) -> Fields:
        return {"done": ",".join(self._unit.last.done), "doing": self._unit.last.doing}

    def _media(self, line: Line) -> Fields:
        card = self._unit.works.inside()
        ghost = card.face.ghost.getextrema()[1]
        return {"cycles": card.face.cycles, "ghost": round(ghost * 100 / 255), "uid": card.uid}

    def _statistics(self, line: Line) -> Fields:
        told = dict(self._unit.counters)
        if line["reset"] == "1":
            self._unit.counters.update(dict.fromkeys(told, 0))
        return told

    def _display(self, line: Line) -> None:
        if "display" in self._unit.faults:
            raise Trouble("DISPLAY")
        self._unit.display = line["text"]

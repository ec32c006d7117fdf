"""The trials that a server runs for its pages: one at a time, each a process and a folder; the latest are kept."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from loyalty.campaigns.replay import NOTHING, Extra
from loyalty.campaigns.trial_work import DATABASE, put
from loyalty.clock import rfc3339
from loyalty.db.base import exact_json
from loyalty.errors import Conflict, NotFound
from loyalty.ids import new_id

KEPT = 20
"""Folders of trials that stay."""
SILENT_S = 60.0
"""A trial says several times a second how far it is; after so long it is taken for dead."""


@dataclass(frozen=True)
class Seen:
    """A trial as it stands. state: running, finished, refused (see `fault`), stopped. `result` as trial_json.py."""

    id: str
    state: str
    name: str
    text: str
    first: str | None
    last: str | None
    staff: str
    started_at: str
    done: int = 0
    all: int = 0
    fault: str = ""
    result: Mapping[str, Any] | None = None


class TrialDesk:
    """`folder` is made when the first trial starts. `address` is that of the database, only read. Thread-safe."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address = folder, address
        self._running: tuple[str, subprocess.Popen[bytes]] | None = None
        self._lock = threading.Lock()

    def start(
        self,
        document: Mapping[str, Any],
        text: str,
        first: date | None,
        last: date | None,
        staff: str,
        now: datetime,
        extra: Extra = NOTHING,
    ) -> str:
        """Its id. Conflict while another one runs."""
        with self._lock:
            if any(each.state == "running" for each in self.latest()):
                raise Conflict("Another trial is running; wait for it or stop it.")
            id = new_id("trial", now)
            place = self._folder / id
            place.mkdir(parents=True, mode=0o700)
            put(place / "job.json", {
                "document": exact_json(document), "text": text, "name": str(document.get("name") or ""),
                "first": first and first.isoformat(), "last": last and last.isoformat(),
                "staff": staff, "now": rfc3339(now),
                "tags": dict(extra.tags), "gifts": exact_json([[verb, dict(body)] for verb, body in extra.gifts]),
            })  # fmt: skip
            command = [sys.executable, "-m", "loyalty.campaigns.trial_work", str(place)]
            environment = {**os.environ, DATABASE: self._address}
            self._running = id, subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
            self._forget_old()
            return id

    def stop(self, id: str) -> None:
        """Ends at its next look, within a second or so. A finished one stays finished."""
        (self._place(id) / "stop").touch()

    def wait(self, timeout_s: float) -> None:
        """Until the running trial has ended."""
        if self._running is not None:
            self._running[1].wait(timeout_s)

    def look(self, id: str) -> Seen:
        """NotFound for one that is not kept."""
        place = self._place(id)
        job, progress = _read(place / "job.json"), _read(place / "progress.json")
        result, fault = _read(place / "result.json"), _read(place / "fault.json")
        ended = (place / "result.json").exists() or not self._is_alive(place)
        state = "finished" if result else "refused" if fault else "stopped" if ended else "running"
        return Seen(
            id, state, job["name"], job["text"], job["first"], job["last"], job["staff"], job["now"],
            progress.get("done", 0), progress.get("all", 0), fault.get("reason", ""), result or None,
        )  # fmt: skip

    def latest(self) -> list[Seen]:
        """Those kept, the newest first."""
        return [self.look(place.name) for place in self._places()[:KEPT]]

    def _is_alive(self, place: Path) -> bool:
        """Another process of this server may have started it: then its last word counts."""
        if self._running is not None and self._running[0] == place.name:
            return self._running[1].poll() is None
        files = [file.stat().st_mtime for file in (place / "job.json", place / "progress.json") if file.is_file()]
        return time.time() - max(files) < SILENT_S

    def _places(self) -> list[Path]:
        found = self._folder.glob("trial_*/job.json") if self._folder.is_dir() else ()
        return sorted((file.parent for file in found), key=lambda place: place.name, reverse=True)

    def _place(self, id: str) -> Path:
        place = self._folder / id
        if place.parent != self._folder or not id.startswith("trial_") or not (place / "job.json").is_file():
            raise NotFound("This trial is not kept any more.")
        return place

    def _forget_old(self) -> None:
        for place in self._places()[KEPT:]:
            shutil.rmtree(place, ignore_errors=True)


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}

"""A till that leaves files in a folder: each is taken whole, booked, and moved to done or failed with its outcome.

A file is taken by renaming it into `taking`, which is one step for the disk: what the till writes next under the same
name is another file. After a power cut what lies in `taking` is read again; receipts booked before get their first
outcome again.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from loyalty.clock import Clock
from loyalty.counter.tills.answers import REFUSED
from loyalty.counter.tills.files import looks_whole, read_file
from loyalty.counter.tills.mapping import Mapping
from loyalty.counter.tills.settings import TillSettings
from loyalty.counter.tills.unreadable import LONGEST, Report, as_text
from loyalty.errors import ConfigError, LoyaltyError

POLL_S = 0.5
LARGEST = 20 * 1024 * 1024
TAKING, DONE, FAILED = "taking", "done", "failed"
_NOT_YET = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~")
log = logging.getLogger(__name__)
Book = Callable[[dict[str, Any]], dict[str, Any]]
"""A receipt in the JSON form to its answer; LoyaltyError when it is refused."""


@dataclass(frozen=True)
class _Look:
    size: int
    changed_ns: int
    since_s: float


class FolderWatch:
    """One thread for one till. `book` is called for each receipt, in the order of the file."""

    def __init__(
        self, till: TillSettings, mapping: Mapping, zone: tzinfo | None, book: Book, clock: Clock,
        unread: Report = lambda sentence, text: None,
    ) -> None:  # fmt: skip
        assert till.folder is not None  # the settings have seen to it
        self._till, self._mapping, self._zone, self._book, self._clock = till, mapping, zone, book, clock
        self._folder, self._unread = till.folder, unread
        self._seen: dict[str, _Look] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"till {till.id}", daemon=True)
        try:
            for name in (TAKING, DONE, FAILED):
                (till.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The folder {till.folder} cannot be used: {error.strerror}; let this user write in it."
            ) from error

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(6)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except OSError as error:  # the folder's disk or share is away; it may come back
                log.error("the folder of the till %s cannot be read: %s", self._till.id, error)
            except Exception:  # one bad file must not end the watch; it stays in `taking` and is tried again
                log.exception("a file of the till %s failed", self._till.id)
            self._stopping.wait(POLL_S)

    def look(self) -> None:
        """Once through the folder, the oldest file first."""
        for path in sorted((self._folder / TAKING).iterdir()):
            self._work(path)
        present = set()
        for path, size, changed_ns in self._waiting():
            present.add(path.name)
            if self._settled(path, size, changed_ns):
                taken = _free(self._folder / TAKING / path.name)
                os.rename(path, taken)
                self._work(taken)
            if self._stopping.is_set():
                return
        self._seen = {name: look for name, look in self._seen.items() if name in present}

    def _waiting(self) -> Iterator[tuple[Path, int, int]]:
        found = []
        for path in self._folder.glob(self._mapping.pattern):
            if path.name.startswith(".") or path.name.lower().endswith(_NOT_YET) or not path.is_file():
                continue
            state = path.stat()
            found.append((state.st_mtime_ns, path, state.st_size))
        for changed_ns, path, size in sorted(found):
            yield path, size, changed_ns

    def _settled(self, path: Path, size: int, changed_ns: int) -> bool:
        """Unchanged for a while, and whole to look at or unchanged for long."""
        now, before = time.monotonic(), self._seen.get(path.name)
        if before is None or (before.size, before.changed_ns) != (size, changed_ns):
            self._seen[path.name] = before = _Look(size, changed_ns, now)
        still_s = now - before.since_s
        if still_s < self._till.settle_s:
            return False
        if still_s >= self._till.incomplete_s or size > LARGEST:
            return True
        return looks_whole(path.read_bytes(), self._mapping)

    def _work(self, path: Path) -> None:
        answers, fault = self._booked(path)
        if fault:
            self._unread(f"{path.name}: {fault}", self._beginning(path))
        bad = bool(fault) or any(answer["status"] == REFUSED for answer in answers)
        target = _free(self._folder / (FAILED if bad else DONE) / path.name)
        report = {"file": path.name, "at": self._clock().astimezone(self._zone).isoformat(timespec="seconds"),
                  **({"reason": fault} if fault else {}), "receipts": answers}  # fmt: skip
        _write_whole(target.with_name(target.name + ".outcome.json"), report)
        os.rename(path, target)
        log.info("till %s: %s, %d receipts, %s", self._till.id, path.name, len(answers), "failed" if bad else "done")

    def _beginning(self, path: Path) -> str:
        with path.open("rb") as file:
            return file.read(LONGEST).decode(self._mapping.encoding, "replace")

    def _booked(self, path: Path) -> tuple[list[dict[str, Any]], str]:
        """The answers, and why the file as a whole could not be read. A bad receipt does not keep the others back."""
        if path.stat().st_size > LARGEST:
            return [], f"The file has more than {LARGEST // 1024 // 1024} MB; let the till write smaller ones."
        try:
            bodies = read_file(path.read_bytes(), self._mapping, self._zone)
        except LoyaltyError as error:
            return [], str(error)
        answers = []
        for body in bodies:
            try:
                answers.append(self._book(body))
            except LoyaltyError as error:
                number = str(body.get("receipt", ""))
                answers.append({"receipt": number, "status": REFUSED, "code": error.code, "sentence": str(error)})
                self._unread(f"{path.name}: {error}", as_text(body))
        return answers, ""


def _free(path: Path) -> Path:
    """`path`, or a name beside it that nobody has."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found


def _write_whole(path: Path, report: dict[str, Any]) -> None:
    """Whoever reads the outcome never sees half of it."""
    half = path.with_name(f".{path.name}.tmp")
    half.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    os.replace(half, path)

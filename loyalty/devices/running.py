"""Simulated devices that run on this machine now: each leaves a note of its port and its control interface.

The notes lie in a folder of the user's own; simulators/announce.py writes them. A note whose program is gone counts for
nothing.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunningSimulator:
    """socket: where a PC/SC reader stands in for pcscd (PCSCLITE_CSOCK_NAME), or empty."""

    profile: str
    port: str
    control: str
    socket: str = ""


def notes_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"loyalty-simulators-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def running_simulators() -> Iterator[RunningSimulator]:
    """Those of this user. A folder that belongs to somebody else is not believed."""
    folder = notes_folder()
    try:
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return
        notes = sorted(folder.glob("*.json"))
    except OSError:
        return
    for note in notes:
        if note.stem.isdigit() and _lives(int(note.stem)) and (found := _read(note)):
            yield found


def simulator_at(port: str) -> RunningSimulator | None:
    """The simulated device whose driver is pointed at `port`; None for hardware."""
    return next((each for each in running_simulators() if each.port == port), None)


def _read(note: Path) -> RunningSimulator | None:
    try:
        told = json.loads(note.read_text("utf-8"))
        return RunningSimulator(told["profile"], told["port"], told["control"], told.get("socket", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it is being written, or is none of ours


def _lives(process: int) -> bool:
    if os.name == "nt":
        return True  # asking would end it there; a control interface that is gone tells as much
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

"""A note that this simulator runs: technicians' commands find its control interface by the port they are given.

loyalty/devices/running.py reads the notes.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def announced(ready: dict[str, Any]) -> Iterator[None]:
    """While within, the note lies in this user's folder. A machine without such a folder has no notes."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    note = Path(tempfile.gettempdir()) / f"loyalty-simulators-{user}" / f"{os.getpid()}.json"
    with contextlib.suppress(OSError):
        note.parent.mkdir(mode=0o700, exist_ok=True)
        half = note.with_suffix(".new")
        half.write_text(json.dumps(ready), "utf-8")
        half.replace(note)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)

"""When this database was last verified and last saved: a small file beside the data, for `loyalty doctor`."""

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from loyalty.clock import parse_rfc3339, rfc3339

NAME = "last-done.json"


def remember(folder: Path, what: str, now: datetime, **facts: Any) -> None:
    """Keeps that `what` (verify, backup) was done. Nobody's work fails because this cannot be written."""
    kept = _read(folder)
    kept[what] = {"at": rfc3339(now), **facts}
    part = folder / f"{NAME}.{os.getpid()}"
    with suppress(OSError):
        part.touch(mode=0o600)
        part.write_text(json.dumps(kept), encoding="utf-8")
        os.replace(part, folder / NAME)


def when(folder: Path, what: str) -> tuple[datetime, dict[str, Any]] | None:
    """The last time, and what was kept of it; None when it was never done here."""
    found = _read(folder).get(what)
    try:
        return (parse_rfc3339(found["at"]), found) if found else None
    except (KeyError, TypeError, ValueError):
        return None


def _read(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

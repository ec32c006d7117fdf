"""The conversation on the wire, kept in a ring: who spoke when, the bytes, and what they mean."""

import threading
from collections import deque
from datetime import UTC, datetime
from typing import Any


class WireLog:
    """Keeps the last `size` rows. `note` may be called from any thread."""

    def __init__(self, size: int = 5000) -> None:
        self._rows: deque[dict[str, Any]] = deque(maxlen=size)
        self._count = 0
        self._lock = threading.Lock()

    def note(self, direction: str, data: bytes, meaning: str = "") -> None:
        """direction is `>` from host to device, `<` back, `!` for something that befell the line."""
        with self._lock:
            self._count += 1
            self._rows.append({
                "n": self._count, "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "direction": direction, "hex": data.hex(), "meaning": meaning,
            })  # fmt: skip

    def after(self, number: int) -> list[dict[str, Any]]:
        with self._lock:
            return [row for row in self._rows if row["n"] > number]

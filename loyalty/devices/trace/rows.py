"""One piece of a conversation, as value, JSON and line of text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

HIDDEN = "??"
"""Stands for a byte that was hidden in an export."""
_SHOWN_BYTES = 24


@dataclass(frozen=True)
class Header:
    """What a trace is of. `redacted`: private bytes are hidden."""

    profile: str
    port: str
    at: str
    redacted: bool
    simulated: bool = False


@dataclass(frozen=True)
class Row:
    """direction: `>` from host to device, `<` back. hex: two digits for each byte, or HIDDEN. at: ISO 8601, UTC.

    private: the bytes carry, or may carry, what concerns a person. inside: they go on with a message that began in an
    earlier row. open: known to concern nobody, however many digits stand in them (a state, a firmware).
    """

    n: int
    at: str
    direction: str
    hex: str
    meaning: str = ""
    private: bool = False
    inside: bool = False
    open: bool = False

    def to_json(self) -> dict[str, Any]:
        """As GET /wire of a simulator gives its rows."""
        return {"n": self.n, "at": self.at, "direction": self.direction, "hex": self.hex, "meaning": self.meaning}

    def to_text(self) -> str:
        """For a terminal: time, arrow, bytes in groups of two digits, meaning."""
        pairs = [self.hex[at : at + 2] for at in range(0, len(self.hex), 2)]
        shown = " ".join(pairs[:_SHOWN_BYTES]) + (f" … ({len(pairs)} bytes)" if len(pairs) > _SHOWN_BYTES else "")
        return f"{self.at[11:23]} {self.direction} {shown}" + (f"   {self.meaning}" if self.meaning else "")


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")

"""A trace as turns: what the host said, and what the device answered to it. A hidden byte (`??`) fits any byte."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

HIDDEN = "??"
FORM = "loyalty-trace-1"


class TraceUnreadable(ValueError):
    """The file is no trace; the text says why."""


@dataclass(frozen=True)
class Piece:
    """Bytes of the device. pause_s: since what went before, on either side."""

    data: bytes
    pause_s: float
    meaning: str


@dataclass
class Turn:
    """host: one entry per byte, None where it was hidden. Empty for what the device said unasked at the start."""

    number: int
    at: str
    host: list[int | None] = field(default_factory=list)
    meaning: str = ""
    answer: list[Piece] = field(default_factory=list)
    hidden_answer: bool = False

    def fits(self, heard: bytes) -> bool:
        """Is `heard` the beginning of this turn, or does it begin with it?"""
        return all(want is None or want == got for want, got in zip(self.host, heard, strict=False))

    def differs_at(self, heard: bytes) -> int:
        """The first byte that differs, counted from 0; the shorter length when none does."""
        pairs = zip(self.host, heard, strict=False)
        return next((at for at, (want, got) in enumerate(pairs) if want not in (None, got)),
                    min(len(self.host), len(heard)))  # fmt: skip

    def expected(self) -> str:
        return " ".join(HIDDEN if byte is None else f"{byte:02X}" for byte in self.host)


@dataclass(frozen=True)
class Script:
    profile: str
    port: str
    redacted: bool
    turns: list[Turn]


def read_script(path: Path) -> Script:
    """TraceUnreadable in one sentence."""
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        head, rows = lines[0], lines[1:]
        if head["form"] != FORM:
            raise ValueError("its first line names another form")
        return Script(str(head["profile"]), str(head["port"]), bool(head["redacted"]), _turns(rows))
    except FileNotFoundError:
        raise TraceUnreadable(f"There is no file {path}; `loyalty devices trace --out FILE` writes one.") from None
    except (OSError, IndexError, KeyError, TypeError, ValueError) as error:
        raise TraceUnreadable(f"{path} is no trace that can be replayed: {error}.") from error


def _turns(rows: list[dict[str, Any]]) -> list[Turn]:
    """Rows of one speaker in a row belong together; a turn begins when the host speaks after the device."""
    turns: list[Turn] = []
    before: datetime | None = None
    for row in rows:
        at = datetime.fromisoformat(row["at"])
        pause_s = max(0.0, (at - before).total_seconds()) if before else 0.0
        before = at
        if row["direction"] == ">":
            if not turns or turns[-1].answer:
                turns.append(Turn(int(row["n"]), str(row["at"])))
            turns[-1].host += _pattern(row["hex"])
            turns[-1].meaning = "; ".join(word for word in (turns[-1].meaning, row.get("meaning", "")) if word)
        elif row["direction"] == "<":
            if not turns:
                turns.append(Turn(int(row["n"]), str(row["at"])))
            turns[-1].hidden_answer |= HIDDEN in row["hex"]
            data = bytes(byte or 0 for byte in _pattern(row["hex"]))
            turns[-1].answer.append(Piece(data, pause_s, str(row.get("meaning", ""))))
    return turns


def _pattern(text: str) -> list[int | None]:
    pairs = [text[at : at + 2] for at in range(0, len(text), 2)]
    return [None if pair == HIDDEN else int(pair, 16) for pair in pairs]

"""Who would move, a slice of the members at a time: how far it came, how long the rest takes, and stopped at will.

What was found so far travels with the page: nothing runs on the server while nobody asks.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from loyalty.points.sql_facts import SqlFacts
from loyalty.web.backoffice.programme_moves import MOST, Moves, kinds_of, moves_of, some_moves
from loyalty.web.services import services

SLICE_S = 0.8
Found = tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True)
class SoFar:
    """`found` names at most MOST moves, `kinds` counts all; `last` is the member it came to; `seconds` it took."""

    found: Found = ()
    kinds: tuple[tuple[str | None, str | None, int], ...] = ()
    looked_at: int = 0
    last: str = ""
    seconds: float = 0.0

    def as_text(self) -> str:
        """For a hidden field."""
        return json.dumps([self.found, self.kinds, self.looked_at, self.last, round(self.seconds, 3)])


@dataclass(frozen=True)
class Progress:
    """`left_s`: seconds that the rest takes at the pace so far; None when nothing is left."""

    moves: Moves
    so_far: SoFar
    over: bool
    left_s: int | None


def so_far_of(text: str) -> SoFar:
    """What a hidden field says; the beginning for anything that is none."""
    try:
        found, kinds, looked_at, last, seconds = json.loads(text)
        return SoFar(
            tuple((str(member), _level(old), _level(new)) for member, old, new in found[:MOST]),
            tuple((_level(old), _level(new), max(0, int(many))) for old, new, many in kinds[:500]),
            max(0, int(looked_at)), str(last)[:60], max(0.0, float(seconds)),
        )  # fmt: skip
    except (ValueError, TypeError):
        return SoFar()


def _level(name: Any) -> str | None:
    return None if name is None else str(name)[:500]


def moved_on(session: Session, document: Mapping[str, Any], before: SoFar) -> Progress:
    """The next slice of members."""
    began = time.monotonic()
    part = some_moves(session, document, services().now(), before.last, SLICE_S)
    kinds: dict[tuple[str | None, str | None], int] = {(old, new): many for old, new, many in before.kinds}
    for (old, new), many in kinds_of(part.found).items():
        kinds[old, new] = kinds.get((old, new), 0) + many
    found = (*before.found, *part.found)[:MOST]
    looked_at, seconds = before.looked_at + part.looked_at, before.seconds + time.monotonic() - began
    after = SoFar(found, tuple((*kind, many) for kind, many in kinds.items()), looked_at, part.last, seconds)
    moves = moves_of(session, found, kinds, looked_at)
    left = max(0, moves.members - looked_at)
    return Progress(moves, after, part.over, None if part.over else max(1, round(seconds * left / max(1, looked_at))))


def about_levels(session: Session, document: Mapping[str, Any] | None) -> bool:
    """Could this document change somebody's level? Only where its levels differ from those in force."""
    present = SqlFacts(session).version(services().now())
    return document is not None and present is not None and present.document.get("tiers") != document.get("tiers")

"""Which rows of a table of faults are tried at every run: each fault and each outcome once, the others on request."""

from collections.abc import Iterable
from typing import Any

import pytest


def some_of(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    """rows: fault, settings, verb, and what it ends in."""
    seen: set[Any] = set()
    chosen: list[Any] = []
    for row in rows:
        known = row[0] in seen and row[3:] in seen
        seen |= {row[0], row[3:]}
        chosen.append(pytest.param(*row, marks=pytest.mark.slow) if known else row)
    return chosen

"""Two programme documents side by side: line by line, with the words that differ marked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from loyalty.web.backoffice.document_view import document_lines

AROUND = 3
"""Unchanged lines that stay beside a change."""
_ALIKE = 0.5
_LARGEST_PAIRING = 40_000
_WORD = re.compile(r"\w+(?:\.\w+)*|\s+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    text: str
    marked: bool = False


@dataclass(frozen=True)
class Row:
    """kind: same, changed, added, removed, fold. Numbers of lines from 1; `hidden` lines stand behind a fold."""

    kind: str
    old_number: int | None = None
    new_number: int | None = None
    old: tuple[Part, ...] = ()
    new: tuple[Part, ...] = ()
    hidden: int = 0


@dataclass(frozen=True)
class Difference:
    """`added` and `removed` count lines; a changed line counts in both."""

    rows: tuple[Row, ...]
    added: int
    removed: int

    @property
    def empty(self) -> bool:
        return not self.added and not self.removed


def written_out(document: Mapping[str, Any]) -> str:
    """The document as text, always written the same way."""
    return "\n".join("".join(piece.text for piece in line) for line in document_lines(document)) + "\n"


def difference(old: Mapping[str, Any], new: Mapping[str, Any], whole: bool = False) -> Difference:
    """What differs between two documents, however they were typed: both are written out the same way first."""
    rows = list(_rows(written_out(old).splitlines(), written_out(new).splitlines()))
    added = sum(row.kind in ("added", "changed") for row in rows)
    removed = sum(row.kind in ("removed", "changed") for row in rows)
    return Difference(tuple(rows if whole else _folded(rows)), added, removed)


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for verb, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            for place in range(j - i):
                line = (Part(old[i + place]),)
                yield Row("same", i + place + 1, k + place + 1, line, line)
        else:
            yield from _pairs(old, new, range(i, j), range(k, m))


def _pairs(old: Sequence[str], new: Sequence[str], before: range, after: range) -> Iterator[Row]:
    """Lines of a changed stretch: those that are alike stand beside each other."""
    free = list(after)
    pairing = len(before) * len(after) <= _LARGEST_PAIRING
    for i in before:
        twin = next((k for k in free if _alike(old[i], new[k])), None) if pairing else None
        if twin is None:
            yield Row("removed", i + 1, None, old=(Part(old[i]),))
            continue
        while free[0] != twin:
            yield _added(new, free.pop(0))
        free.pop(0)
        yield _changed(i, twin, old[i], new[twin])
    yield from (_added(new, k) for k in free)


def _alike(one: str, other: str) -> bool:
    match = SequenceMatcher(None, one.strip(), other.strip(), autojunk=False)
    return match.quick_ratio() >= _ALIKE and match.ratio() >= _ALIKE


def _added(new: Sequence[str], k: int) -> Row:
    return Row("added", None, k + 1, new=(Part(new[k]),))


def _changed(i: int, k: int, old: str, new: str) -> Row:
    one, other = _WORD.findall(old), _WORD.findall(new)
    left: list[Part] = []
    right: list[Part] = []
    for verb, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left.append(Part("".join(one[a:b]), verb != "equal"))
        right.append(Part("".join(other[c:d]), verb != "equal"))
    return Row("changed", i + 1, k + 1, _filled(left), _filled(right))


def _filled(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.text)


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Without the unchanged lines that are far from every change."""
    changes = [place for place, row in enumerate(rows) if row.kind != "same"]
    near = {place + step for place in changes for step in range(-AROUND, AROUND + 1)}
    hidden = 0
    for place, row in enumerate(rows):
        if place in near or (hidden == 0 and place - 1 in near and place + 1 in near):
            if hidden:
                yield Row("fold", hidden=hidden)
            hidden = 0
            yield row
        else:
            hidden += 1
    if hidden and changes:
        yield Row("fold", hidden=hidden)

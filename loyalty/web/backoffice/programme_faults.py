"""A draft of the programme, read to its end: not only the first fault but every one, each with its line.

The reader stops at the first fault. What is wrong is taken out (or gives way to a stand-in, so that the numbers in
lists stay) and the rest is read again. A complaint about what was taken out is no further fault and is not shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loyalty.errors import LoyaltyError
from loyalty.points.programme import Programme
from loyalty.points.read_programme import read_document
from loyalty.points.yaml_core import Document, Path, load

LONGEST = 400_000
"""Characters; programmes of real shops have a few thousand."""
_MOST = 60
_LINE = re.compile(r" \(line (\d+)\)\.?\Z")
_STAND_INS: Mapping[str, Mapping[str, Any]] = {
    "earn": {"fixed": 1, "enabled": False},
    "rewards": {"cost": 1, "value": {"percent": 1}},
    "offers": {"percent": 1, "enabled": False},
    "topups": {"pay": 1},
}


@dataclass(frozen=True)
class Fault:
    """`line` from 1; None where the whole text is meant. `reason` in the reader's words, without place and line."""

    line: int | None
    place: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """`programme` and `document` are there when there is no fault."""

    text: str
    programme: Programme | None = None
    document: Mapping[str, Any] | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def marked(self) -> frozenset[int]:
        """The lines with faults."""
        return frozenset(fault.line for fault in self.faults if fault.line is not None)


def read_draft(text: str, before: Programme | None) -> Draft:
    """The draft and its faults in order of lines. `before`: the latest version, whose booked wallets must stay."""
    if len(text) > LONGEST:
        return Draft(text, faults=(Fault(None, "", f"the text is longer than {LONGEST:,} characters"),))
    try:
        document = load(text)
    except LoyaltyError as error:
        return Draft(text, faults=(fault_of(error),))
    search = _Search(document, before)
    programme = search.run()
    if search.found or programme is None:
        return Draft(text, faults=tuple(sorted(search.found, key=lambda fault: fault.line or 0)))
    return Draft(text, programme, document.value)


def fault_of(error: LoyaltyError, line: int | None = None) -> Fault:
    """A refusal in its parts; the line stands in its sentence where the caller knows none."""
    said = str(error)
    if written := _LINE.search(said):
        line, said = line or int(written.group(1)), said[: written.start()]
    place = error.pointer or ""
    return Fault(line, place, said.removeprefix(f"{place}: ").rstrip("."))


class _Search:
    def __init__(self, document: Document, before: Programme | None) -> None:
        self._document = document
        self._value = document.value
        self._before = before
        self._gone: list[Path] = []
        self.found: list[Fault] = []

    def run(self) -> Programme | None:
        """The programme when nothing is wrong; None otherwise."""
        for _ in range(_MOST):
            try:
                programme = read_document(Document(self._value, self._document.lines), self._before)
            except LoyaltyError as error:
                if not self._note(error):
                    return None
            else:
                return programme if not self.found else None
        return None

    def _note(self, error: LoyaltyError) -> bool:
        """Keeps the fault and takes it out; False when what follows could not be trusted."""
        path = path_of(self._value, error.pointer) if error.pointer else None
        if path is None or not self._follows(path):
            self.found.append(fault_of(error, self._document.line_of(path) if path else None))
        target = _target(path) if path else None
        if target is None:
            return False
        value = _without(self._value, target, len(self._gone))
        if value == self._value:
            return False
        self._value = value
        self._gone.append(target)
        return True

    def _follows(self, path: Path) -> bool:
        """Is this only because of what was taken out?"""
        levels_gone = ("tiers",) in self._gone and path[0] != "tiers" and bool({"tier", "tiers"} & set(path))
        return levels_gone or any(gone[: len(path)] == path for gone in self._gone)


def path_of(value: Any, place: str) -> Path | None:
    """The path of `earn[2].per_amount` in a document; keys may hold dots. None when it is not there."""
    if not place:
        return ()
    if isinstance(value, list):
        index = re.match(r"\[(\d+)\]\.?", place)
        if index is None or int(index.group(1)) >= len(value):
            return None
        key: str | int = int(index.group(1))
        rest = path_of(value[int(key)], place[index.end() :])
        return None if rest is None else (key, *rest)
    for key in sorted(value, key=lambda each: -len(str(each))) if isinstance(value, Mapping) else ():
        if place == key or place.startswith((f"{key}.", f"{key}[")):
            rest = path_of(value[key], place[len(str(key)) :].removeprefix("."))
            if rest is not None:
                return (key, *rest)
    return None


def _target(path: Path) -> Path | None:
    """What to take out so that the rest can be read; None for what everything else leans on."""
    if path in ((), ("wallets",)):
        return None
    if path[:2] == ("tiers", "levels") and len(path) <= 3:
        return ("tiers",)
    if isinstance(path[-1], int) and not (len(path) == 2 and path[0] in _STAND_INS):
        return _target(path[:-1])
    return path


def _without(value: Any, path: Path, number: int) -> Any:
    if len(path) == 2 and path[0] == "wallets":
        return {**value, "wallets": {**value["wallets"], path[1]: {}}}
    if len(path) == 2 and isinstance(path[1], int):
        section = str(path[0])
        items = list(value[section])
        items[path[1]] = {"name": f"\0{number}", **_STAND_INS[section]}
        return {**value, section: items}
    return _cut(value, path)


def _cut(value: Any, path: Path) -> Any:
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_cut(item, rest) if index == key else item for index, item in enumerate(value)]
    if not rest:
        return {name: item for name, item in value.items() if name != key}
    return {name: _cut(item, rest) if name == key else item for name, item in value.items()}

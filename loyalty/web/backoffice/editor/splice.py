"""A change written into the text of a document: only its own words are touched, comments and all else stay.

Whatever the splices below cannot do well (anchors, strange layouts) shows when the new text is read again: it must say
exactly what the changed document says. If it does not, the whole document is written out anew, without its comments.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from loyalty.errors import Invalid
from loyalty.points.read_programme import KEYS
from loyalty.points.yaml_core import Path, load, load_json
from loyalty.points.yaml_places import Entry, Place, places
from loyalty.web.backoffice.document_view import entry_text, flow_text, item_text
from loyalty.web.backoffice.editor.changes import Change, Cut, Insert, Move, Put, Rename, changed, value_at
from loyalty.web.backoffice.programme_difference import written_out


def edited(text: str, changes: Iterable[Change]) -> str:
    """The text after the changes. Invalid when the text as it stands cannot be read."""
    value = load(text).value or {}
    for change in changes:
        wanted = changed(value, change)
        if _same(wanted, value):
            continue
        text, value = _written(text, value, change, wanted)
    return text


def _written(text: str, value: Any, change: Change, wanted: Any) -> tuple[str, Any]:
    """The new text and what it says."""
    try:
        new = _Splice(text, value).after(change)
        said = load(new).value
        if _same(said, wanted, isinstance(change, Move | Rename)):
            return new, said
    except (Invalid, IndexError, ValueError):
        pass
    return _json(wanted) if _is_json(text) else written_out(wanted), wanted


def _same(one: Any, other: Any, ordered: bool = True) -> bool:
    """Equal, the order of keys included where it is asked for: a new key may stand where it belongs."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = list(one) == list(other) if ordered else one.keys() == other.keys()
        return keys and all(_same(one[key], other[key], ordered) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(a, b, ordered) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)


def _is_json(text: str) -> bool:
    try:
        load_json(text)
    except Invalid:
        return False
    return True


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    return int(value) if value == int(value) else float(value)


class _Splice:
    def __init__(self, text: str, value: Any) -> None:
        self.text = text if not text or text.endswith("\n") else text + "\n"
        self.value = value
        self.json = _is_json(text)
        self.root = places(self.text) if value else Place("map", len(self.text), len(self.text))

    def after(self, change: Change) -> str:
        if isinstance(change, Put):
            return self._put(change.path, change.value)
        if isinstance(change, Cut):
            return self._cut(change.path)
        if isinstance(change, Insert):
            return self._insert(change.path, change.index, change.value)
        if isinstance(change, Move):
            return self._move(change.path, change.by)
        return self._rename(change)

    # -- one change each

    def _put(self, path: Path, new: Any) -> str:
        parent, key = self._parent(path), path[-1]
        if parent is None or (parent.kind != "map" and self.root.at(path) is None):
            return self._put(path[:-1], {str(key): new})
        place = parent.at((key,))
        if place is None:
            return self._add(path[:-1], parent, str(key), new)
        entry = next(each for each in parent.entries if each.place is place)
        if parent.flow or place.flow or (place.kind != "scalar" and parent.kind == "list"):
            return self._swap(place.start, place.end, self._flow(new))
        if isinstance(new, dict | list) or place.kind != "scalar" or place.start == place.end:
            if parent.kind == "list":
                return self._swap(place.start, place.end, self._flow(new))
            return self._swap(entry.start, place.end, entry_text(str(key), new, self._column(entry.start)))
        return self._swap(place.start, place.end, self._flow(new))

    def _add(self, path: Path, parent: Place, key: str, new: Any) -> str:
        if parent.flow:
            words = f"{self._flow(key)}: {self._flow(new)}"
            if not parent.entries:
                return self._swap(parent.start, parent.end, "{" + words + "}")
            end = parent.entries[-1].place.end
            return self._swap(end, end, f", {words}")
        if not parent.entries:
            return self._swap(parent.start, parent.end, entry_text(key, new, 0) + "\n")
        column = self._column(parent.entries[0].start)
        before = _before(parent.entries, key) if not path else parent.entries[-1]
        lines = " " * column + entry_text(key, new, column) + "\n"
        at = self._line_end(before.place.end) if before else self._line_start(parent.entries[0].start)
        return self._swap(at, at, lines)

    def _cut(self, path: Path) -> str:
        parent, place = self._parent(path), self.root.at(path)
        if parent is None or place is None:
            return self.text
        if len(parent.entries) == 1:
            if parent.flow:
                return self._swap(parent.start, parent.end, "{}" if parent.kind == "map" else "[]")
            return self._put(path[:-1], {} if parent.kind == "map" else [])
        number = next(n for n, each in enumerate(parent.entries) if each.place is place)
        entry = parent.entries[number]
        if parent.flow:
            if number + 1 < len(parent.entries):
                return self._swap(entry.start, parent.entries[number + 1].start, "")
            return self._swap(parent.entries[number - 1].place.end, place.end, "")
        if parent.kind == "map" and self._opens_item(entry):  # `- name: x`: the dash stays
            return self._swap(entry.start, parent.entries[number + 1].start, "")
        start, end = self._lines(entry)
        return self._swap(start, end, "")

    def _insert(self, path: Path, index: int, new: Any) -> str:
        held = self.root.at(path)
        if held is None or held.kind != "list" or not held.entries:
            return self._put(path, [new])
        if held.flow:
            if index < len(held.entries):
                at = held.entries[index].start
                return self._swap(at, at, f"{self._flow(new)}, ")
            end = held.entries[-1].place.end
            return self._swap(end, end, f", {self._flow(new)}")
        column = self._column(held.start)
        lines = " " * column + item_text(new, column) + "\n"
        at = self._lines(held.entries[index])[0] if index < len(held.entries) else self._lines(held.entries[-1])[1]
        return self._swap(at, at, lines)

    def _move(self, path: Path, by: int) -> str:
        parent = self._parent(path)
        if parent is None:
            return self.text
        number = next(n for n, each in enumerate(parent.entries) if each.place is parent.at((path[-1],)))
        low, high = sorted((number, number + by))
        one, other = parent.entries[low], parent.entries[high]
        (a, b), (c, d) = (_span(one), _span(other)) if parent.flow else (self._lines(one), self._lines(other))
        text = self.text
        return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]

    def _rename(self, change: Rename) -> str:
        parent = self._parent(change.path)
        assert parent is not None
        entry = next(each for each in parent.entries if each.key == change.path[-1])
        return self._swap(entry.start, entry.key_end, self._flow(change.key))

    # -- the text

    def _parent(self, path: Path) -> Place | None:
        place = self.root.at(path[:-1])
        return None if place is None or place.kind not in ("map", "list") else place

    def _flow(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, default=_plain) if self.json else flow_text(value)

    def _swap(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new + self.text[end:]

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """The start of the line after the one that `at` ends in."""
        if at and self.text[at - 1] == "\n":
            return at
        return self.text.find("\n", at) + 1 or len(self.text)

    def _column(self, at: int) -> int:
        return at - self._line_start(at)

    def _opens_item(self, entry: Entry) -> bool:
        """Does this key stand behind the dash of its list?"""
        return "-" in self.text[self._line_start(entry.start) : entry.start].strip()

    def _lines(self, entry: Entry) -> tuple[int, int]:
        """The whole lines of an entry of a block, with the comment lines right above it."""
        start = self._line_start(entry.start)
        while start and re.match(r"[ ]*#", self.text[self._line_start(start - 1) : start]):
            start = self._line_start(start - 1)
        return start, self._line_end(entry.place.end)


def _span(entry: Entry) -> tuple[int, int]:
    return entry.start, entry.place.end


def _before(entries: tuple[Entry, ...], key: str) -> Entry | None:
    """The entry of a programme after which `key` belongs; None for the very beginning."""
    if key not in KEYS:
        return entries[-1]
    earlier = KEYS[: KEYS.index(key)]
    return next((entry for entry in reversed(entries) if entry.key in earlier), None)


def text_value(text: str, path: Path) -> Any:
    """What the text says at `path`; None when it says nothing there or cannot be read."""
    try:
        return value_at(load(text).value, path)
    except Invalid:
        return None

"""Where each value of a YAML text stands, so that one of them can be changed without touching the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from loyalty.errors import Invalid
from loyalty.points.yaml_core import Path, events


@dataclass(frozen=True)
class Entry:
    """One entry of a map or list. `start`: where its key begins, in a list where its value does."""

    key: str | None
    start: int
    key_end: int
    place: "Place"


@dataclass(frozen=True)
class Place:
    """A value from `start` up to `end` (offsets in characters). kind: map, list, scalar, alias. flow: in braces."""

    kind: str
    start: int
    end: int
    flow: bool = False
    entries: tuple[Entry, ...] = ()

    def at(self, path: Path) -> "Place | None":
        """The value at `path` below this one; None when there is none."""
        place: Place = self
        for key in path:
            found = [entry for n, entry in enumerate(place.entries) if (entry.key if place.kind == "map" else n) == key]
            if not found:
                return None
            place = found[0].place
        return place


def places(text: str) -> Place:
    """The only document of a text. Invalid for one that `yaml_core.load` refuses too, or that holds no value."""
    stream = events(text)
    for event in stream:
        if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            return _place(event, stream)
    raise Invalid("There is nothing in this text.")


def _place(event: Any, stream: Iterator[Any]) -> Place:
    start = event.start_mark.index
    if isinstance(event, AliasEvent):
        return Place("alias", start, event.end_mark.index)
    if isinstance(event, ScalarEvent):
        return Place("scalar", start, event.end_mark.index)
    kind = "map" if isinstance(event, MappingStartEvent) else "list"
    flow = bool(event.flow_style)
    entries: list[Entry] = []
    while not isinstance(following := next(stream), MappingEndEvent | SequenceEndEvent):
        entries.append(_entry(kind, following, stream))
    # the parser ends a block only at whatever follows it, comments and all
    end = following.end_mark.index if flow or not entries else entries[-1].place.end
    return Place(kind, start, end, flow, tuple(entries))


def _entry(kind: str, event: Any, stream: Iterator[Any]) -> Entry:
    if kind == "list":
        place = _place(event, stream)
        return Entry(None, place.start, place.start, place)
    return Entry(event.value, event.start_mark.index, event.end_mark.index, _place(next(stream), stream))

"""Changes of a document, as values: what is put, cut, inserted or moved where. Nothing here knows of text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loyalty.points.yaml_core import Path


@dataclass(frozen=True)
class Put:
    """Sets what is at `path`; maps on the way are made."""

    path: Path
    value: Any


@dataclass(frozen=True)
class Cut:
    """Takes out what is at `path`; nothing happens when there is nothing."""

    path: Path


@dataclass(frozen=True)
class Insert:
    """A new item in the list at `path`, before the one that has `index` now. The list is made when there is none."""

    path: Path
    index: int
    value: Any


@dataclass(frozen=True)
class Move:
    """The entry at `path` (the last part is its number or key) changes places with the one `by` further (1 or -1)."""

    path: Path
    by: int


@dataclass(frozen=True)
class Rename:
    """The key at the end of `path` is called `key` from now on, in its place."""

    path: Path
    key: str


Change = Put | Cut | Insert | Move | Rename


def value_at(value: Any, path: Path, default: Any = None) -> Any:
    """What is at `path`, or the default."""
    for key in path:
        held = value if isinstance(value, Mapping) else dict(enumerate(value)) if isinstance(value, list) else {}
        if key not in held:
            return default
        value = held[key]
    return value


def changed(value: Any, change: Change) -> Any:
    """The document after a change; the one given stays as it is."""
    if isinstance(change, Put):
        return _put(value, change.path, change.value)
    if isinstance(change, Cut):
        return _cut(value, change.path) if value_at(value, change.path, _GONE) is not _GONE else value
    if isinstance(change, Insert):
        items = list(value_at(value, change.path) or [])
        items.insert(change.index, change.value)
        return _put(value, change.path, items)
    if isinstance(change, Move):
        return _put(value, change.path[:-1], _moved(value_at(value, change.path[:-1]), change.path[-1], change.by))
    held = value_at(value, change.path[:-1])
    old = change.path[-1]
    renamed = {change.key if key == old else key: each for key, each in held.items()}
    return _put(value, change.path[:-1], renamed)


_GONE = object()


def _put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        return [_put(item, rest, new) if index == key else item for index, item in enumerate(value)]
    held = dict(value) if isinstance(value, Mapping) else {}
    held[str(key)] = _put(held.get(str(key)), rest, new)
    return held


def _cut(value: Any, path: Path) -> Any:
    key, rest = path[0], path[1:]
    if isinstance(value, list):
        if not rest:
            return [item for index, item in enumerate(value) if index != key]
        return [_cut(item, rest) if index == key else item for index, item in enumerate(value)]
    if not rest:
        return {name: item for name, item in value.items() if name != key}
    return {name: _cut(item, rest) if name == key else item for name, item in value.items()}


def _moved(held: Any, key: str | int, by: int) -> Any:
    order = list(held) if isinstance(held, Mapping) else list(range(len(held)))
    place = order.index(key)
    other = place + by
    if not 0 <= other < len(order):
        return held
    order[place], order[other] = order[other], order[place]
    return {name: held[name] for name in order} if isinstance(held, Mapping) else [held[index] for index in order]

"""YAML by the 1.2 core rules, and JSON of the same shape: nothing is guessed.

Only `true` and `false` are booleans, numbers are digits with or without decimals (Decimal from their text), dates and
times stay text, the order of keys is kept. A key written twice is an error. Every value's line is kept.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from loyalty.errors import Invalid

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_TEXT_TAG = "tag:yaml.org,2002:str"
_DEEPEST = 60
_LONGEST_NUMBER = 60
_MOST_NODES = 2_000_000

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One document's value, and the line (from 1) of each value by its path."""

    value: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """The line of the value at `path`, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def load_all(text: str) -> list[Document]:
    """Every document of a YAML text. Invalid with the line for text that is none."""
    stream = events(text)
    documents = []
    try:
        for event in stream:
            if isinstance(event, DocumentStartEvent):
                documents.append(_Builder(stream).document())
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise Invalid(f"This is not YAML: {error.problem or error.context}{_at(line)}.") from None
    except YAMLError as error:
        raise Invalid(f"This is not YAML: {str(error).splitlines()[0]}.") from None
    return documents


def load(text: str) -> Document:
    """The only document of a text, YAML or JSON (every JSON text is YAML). Invalid when there are several."""
    documents = load_all(text)
    if len(documents) > 1:
        raise Invalid("There are several documents in this text; only one is wanted.")
    return documents[0] if documents else Document(None)


def load_json(text: str) -> Any:
    """JSON by the same rules: decimals exact, no NaN, no key twice."""
    try:
        return json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid(f"This is not JSON: {error}.") from None


def _number(text: str) -> int | Decimal:
    if len(text) > _LONGEST_NUMBER or not _NUMBER.match(text):
        raise Invalid(f"The number {text[:40]} is not written as plain digits.")
    return Decimal(text) if "." in text else int(text)


def _no_constant(text: str) -> Any:
    raise Invalid(f"{text} is not a number.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Invalid(f"The key {key!r} is there twice.", pointer=key)
        found[key] = value
    return found


def _at(line: int | None) -> str:
    return f" (line {line})" if line else ""


def events(text: str) -> Iterator[Any]:
    """The parser's events of a text, each with its marks; YAMLError where it is none."""
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    return iter(parser.parse(text))


class _Builder:
    """Makes one document's value from the events that follow its start."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._lines: dict[Path, int] = {}
        self._anchors: dict[str, Any] = {}
        self._nodes = 0

    def document(self) -> Document:
        value = self._value(next(self._events), ())
        next(self._events)  # the end of the document
        return Document(value, self._lines)

    def _value(self, event: Any, path: Path) -> Any:
        line = event.start_mark.line + 1
        self._lines.setdefault(path, line)
        self._nodes += 1
        if len(path) > _DEEPEST or self._nodes > _MOST_NODES:
            raise Invalid(f"The document is nested too deeply or too large{_at(line)}.")
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise Invalid(f"There is no anchor {event.anchor!r} before this place{_at(line)}.")
            return self._anchors[event.anchor]
        value = self._new(event, path, line)
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _new(self, event: Any, path: Path, line: int) -> Any:
        if isinstance(event, ScalarEvent):
            return _scalar(event, line)
        if event.tag is not None and not event.implicit:
            raise Invalid(f"The tag {event.tag} has no meaning here{_at(line)}.")
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, MappingStartEvent)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, ScalarEvent):
                raise Invalid(f"A key must be a word{_at(line)}.")
            key = event.value
            if key in found:
                raise Invalid(f"The key {key!r} is there twice{_at(line)}.", pointer=".".join(map(str, (*path, key))))
            self._lines[(*path, key)] = line
            found[key] = self._value(next(self._events), (*path, key))
        return found


def _scalar(event: ScalarEvent, line: int) -> Any:
    text = event.value
    if event.tag is not None and str(event.tag) not in ("!", _TEXT_TAG):
        raise Invalid(f"The tag {event.tag} has no meaning here{_at(line)}.")
    if event.tag is not None or event.style in ("'", '"', "|", ">"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER and _NUMBER.match(text):
        return Decimal(text) if "." in text else int(text)
    return text

"""A programme document as the text a person would write, each word with its role, for colouring."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_SHORT = 60
_PLAIN = re.compile(r"[^\W\d][\w ./·'’+-]*\Z")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_WORDS = {"true", "false", "null"}


@dataclass(frozen=True)
class Piece:
    """role: key, text, number, word (true, false, null), sign."""

    role: str
    text: str


Line = tuple[Piece, ...]


def document_lines(document: Mapping[str, Any]) -> list[Line]:
    """YAML that reads back as the same document: short parts in braces on one line, long ones indented."""
    return [tuple(line) for line in _mapping(document, 0)]


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[list[Piece]]:
    for key, item in value.items():
        yield from _entry([Piece("sign", " " * indent), *_scalar(key, "key"), Piece("sign", ":")], item, indent)


def _entry(head: list[Piece], item: Any, indent: int) -> Iterator[list[Piece]]:
    flow = _flow(item)
    if not isinstance(item, Mapping | list) or not item or _fits(item, head, flow):
        yield [*head, Piece("sign", " "), *flow]
    elif isinstance(item, Mapping):
        yield head
        yield from _mapping(item, indent + 2)
    else:
        yield head
        yield from _list(item, indent + 2)


def _list(items: Sequence[Any], indent: int) -> Iterator[list[Piece]]:
    for item in items:
        dash = [Piece("sign", " " * indent + "- ")]
        flow = _flow(item)
        if not isinstance(item, Mapping) or not item or _length(flow) + indent + 2 <= _SHORT:
            yield [*dash, *flow]
            continue
        lines = list(_mapping(item, indent + 2))
        yield [dash[0], *lines[0][1:]]
        yield from lines[1:]


def _fits(item: Any, head: list[Piece], flow: list[Piece]) -> bool:
    """Lists of parts stand below each other; all else goes on one line while there is room."""
    if isinstance(item, list) and any(isinstance(each, Mapping) for each in item):
        return False
    return _length(head) + _length(flow) <= _SHORT


def _flow(value: Any) -> list[Piece]:
    if isinstance(value, Mapping):
        parts = [[*_scalar(key, "key"), Piece("sign", ": "), *_flow(item)] for key, item in value.items()]
        return [Piece("sign", "{"), *_joined(parts), Piece("sign", "}")]
    if isinstance(value, list):
        return [Piece("sign", "["), *_joined([_flow(item) for item in value]), Piece("sign", "]")]
    return _scalar(value)


def _joined(parts: Sequence[list[Piece]]) -> Iterator[Piece]:
    for i, part in enumerate(parts):
        if i:
            yield Piece("sign", ", ")
        yield from part


def _scalar(value: Any, role: str = "text") -> list[Piece]:
    if value is None or isinstance(value, bool):
        return [Piece("word", {None: "null", True: "true", False: "false"}[value])]
    if isinstance(value, int | float | Decimal):
        return [Piece("number", f"{value:f}" if isinstance(value, Decimal) else str(value))]
    text = str(value)
    plain = _PLAIN.match(text) and text.casefold() not in _WORDS and text == text.strip()
    return [Piece(role, text if plain and not _NUMBER.match(text) else json.dumps(text, ensure_ascii=False))]


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def entry_text(key: str, item: Any, indent: int) -> str:
    """An entry of a map as lines of text, the first one without its indentation."""
    head = [Piece("sign", " " * indent), *_scalar(key, "key"), Piece("sign", ":")]
    return _text(_entry(head, item, indent)).lstrip(" ")


def item_text(item: Any, indent: int) -> str:
    """An item of a list as lines of text with its dash, the first one without its indentation."""
    return _text(_list([item], indent)).lstrip(" ")


def flow_text(value: Any) -> str:
    """A value on one line: a scalar, or `{…}` and `[…]`."""
    return "".join(piece.text for piece in _flow(value))


def _text(lines: Iterable[list[Piece]]) -> str:
    return "\n".join("".join(piece.text for piece in line) for line in lines)

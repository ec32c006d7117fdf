"""A typed programme, line by line, each word with its role for colouring: whatever was typed, also what is no YAML."""

import re
from collections.abc import Iterator

from loyalty.web.backoffice.document_view import Line, Piece

_LONG = 1000
_QUOTED = r'"(?:[^"\\]|\\.)*"' + r"|'[^']*'"
_TOKEN = re.compile(
    rf"""(?P<comment>(?:(?<=\s)|^)\#.*)
    |(?P<key>(?:{_QUOTED}|[^\s\-\#,{{}}\[\]:"'][^,{{}}\[\]:\#]*?)(?=:(?:\s|$)))
    |(?P<text>{_QUOTED})
    |(?P<sign>[{{}}\[\],:]|-(?=\s|$)|\s+)
    |(?P<plain>[^\s,{{}}\[\]"'\#](?:[^,{{}}\[\]\#:]|:(?!\s|$)|(?<!\s)\#)*)
    |(?P<rest>.)""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


def typed_lines(text: str) -> list[Line]:
    """One tuple of pieces for each line; put together they are the line again."""
    return [tuple(_pieces(line)) for line in text.splitlines()]


def _pieces(line: str) -> Iterator[Piece]:
    if len(line) > _LONG:
        yield Piece("text", line)
        return
    for found in _TOKEN.finditer(line):
        role, text = found.lastgroup or "rest", found.group()
        if role == "plain":
            role = _role(text.strip())
        yield Piece("sign" if role == "rest" else role, text)


def _role(text: str) -> str:
    if _NUMBER.match(text):
        return "number"
    return "word" if text in ("true", "false", "null", "~") else "text"

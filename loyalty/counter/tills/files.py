"""A till's file to receipts in the JSON form: CSV, JSON, a receipt's text or EDIFACT, as its mapping says."""

import csv
import json
from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from loyalty.counter.tills.composing import Found, compose, pick
from loyalty.counter.tills.edifact import read_edifact
from loyalty.counter.tills.lines import LineReader
from loyalty.counter.tills.mapping import CSV, EDIFACT, JSON, TEXT, Mapping
from loyalty.errors import Invalid

Body = dict[str, Any]


class CutOff(Invalid):
    """The file ends in the middle: perhaps it is still being written."""


def read_file(data: bytes, mapping: Mapping, zone: tzinfo | None) -> list[Body]:
    """The receipts in the order in which they stand. Invalid in one sentence; CutOff when the end is missing."""
    try:
        text = data.decode(mapping.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise CutOff(f"The file is not written in {mapping.encoding}; see encoding in the mapping.") from error
    if mapping.format == EDIFACT:
        if "UNZ" not in text[-200:]:
            raise CutOff("The interchange has no UNZ at its end.")
        return read_edifact(text, mapping, zone)
    if mapping.format == JSON:
        return _json(text, mapping, zone)
    if mapping.format == CSV:
        return _csv(text, mapping, zone)
    return _text(text, mapping, zone)


def looks_whole(data: bytes, mapping: Mapping) -> bool:
    """Does the file end as such a file should? Where not, the till may still be writing."""
    end = data.rstrip(b" \t\x00\x1a")
    if mapping.format in (CSV, TEXT):
        return end.endswith((b"\n", b"\r", b"\f"))
    if mapping.format == EDIFACT:
        return b"UNZ" in end[-200:]
    try:
        json.loads(data.decode(mapping.encoding).removeprefix("\ufeff"))
    except ValueError:
        return False
    return True


def _json(text: str, mapping: Mapping, zone: tzinfo | None) -> list[Body]:
    try:
        document = json.loads(text, parse_float=str, parse_int=str)
    except ValueError as error:
        raise CutOff(f"The file is no JSON: {error}.") from error
    rows = _inside(document, mapping.json.receipts)
    bodies = []
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, dict):
            raise Invalid("A receipt in the file is no object; see json.receipts in the mapping.")
        lines = _inside(row, mapping.json.lines) if mapping.json.lines else []
        if not isinstance(lines, list):
            raise Invalid("The lines of a receipt are no list; see json.lines in the mapping.")
        picked = [pick(mapping.line, _flat(line)) for line in lines if isinstance(line, dict)]
        bodies.append(compose(pick(mapping.receipt, _flat(row)), picked, mapping, zone))
    return [body for body in bodies if body is not None]


def _csv(text: str, mapping: Mapping, zone: tzinfo | None) -> list[Body]:
    rows = [row for row in csv.reader(text.splitlines(), delimiter=mapping.csv.separator) if any(map(str.strip, row))]
    if not rows:
        return []
    names = [name.strip() for name in rows.pop(0)] if mapping.csv.header else [str(n + 1) for n in range(len(rows[0]))]
    found: dict[str, tuple[Found, list[Found]]] = {}
    for number, row in enumerate(rows, start=2 if mapping.csv.header else 1):
        theirs = dict(zip(names, row, strict=False))
        head = pick(mapping.receipt, theirs)
        if "receipt" not in head:
            raise Invalid(f"Row {number} has no receipt number; see [receipt] in the mapping.")
        fields, lines = found.setdefault(head["receipt"], (head, []))
        if mapping.line:
            lines.append(pick(mapping.line, theirs))
        elif fields is not head:
            raise Invalid(f"Row {number} has the receipt number of an earlier row, and the mapping has no [line].")
    bodies = (compose(fields, lines, mapping, zone) for fields, lines in found.values())
    return [body for body in bodies if body is not None]


def _text(text: str, mapping: Mapping, zone: tzinfo | None) -> list[Body]:
    reader = LineReader(mapping, zone)
    found = [body for line in _lines(text) for body in reader.feed(line)]
    return found + reader.finish()


def _lines(text: str) -> Iterable[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _inside(value: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        if not isinstance(value, dict) or name not in value:
            raise Invalid(f"The file has nothing at {path!r}; see [json] in the mapping.")
        value = value[name]
    return value


def _flat(value: dict[str, Any], before: str = "") -> Found:
    """`{"customer": {"card": 1}}` as `{"customer.card": "1"}`; lists are left out."""
    found: Found = {}
    for name, part in value.items():
        if isinstance(part, dict):
            found |= _flat(part, f"{before}{name}.")
        elif isinstance(part, str | int):
            found[before + name] = str(part)
    return found

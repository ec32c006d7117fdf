"""Receipts out of lines of text: a printed receipt in a file, a printer's or display's line, what a till types."""

import re
from datetime import tzinfo
from typing import Any

from loyalty.counter.tills.composing import Found, compose
from loyalty.counter.tills.mapping import LINE_FIELDS, Mapping

LONGEST_LINE = 512
"""The rest of a longer line is passed over: no receipt is that wide, and a pattern must not work on it for ever."""


class LineReader:
    """Any lines in, whole receipts out, in the JSON form. Invalid when what was found cannot be read."""

    def __init__(self, mapping: Mapping, zone: tzinfo | None) -> None:
        self._mapping, self._zone = mapping, zone
        text = mapping.text
        self._patterns = [re.compile(pattern) for pattern in text.patterns]
        self._end, self._void = (re.compile(one) if one else None for one in (text.end, text.void))
        self._forget()

    def feed(self, line: str) -> list[dict[str, Any]]:
        """The receipts that this line completes."""
        line = line[:LONGEST_LINE]
        done: list[dict[str, Any]] = []
        if self._void and self._void.search(line):
            self._called_off = True
            return done
        for pattern in self._patterns:
            if match := pattern.search(line):
                done += self._take({name: text.strip() for name, text in match.groupdict().items() if text})
        if self._end and self._end.search(line):
            done += self.finish()
        return done

    def finish(self) -> list[dict[str, Any]]:
        """No more lines: what has come so far, if it is a receipt."""
        found, lines, called_off = self._found, self._lines, self._called_off
        self._forget()
        if called_off or "receipt" not in found:
            return []
        body = compose(found, lines, self._mapping, self._zone)
        return [body] if body else []

    def _take(self, found: Found) -> list[dict[str, Any]]:
        number, done = found.get("receipt"), []
        if number and "receipt" in self._found and number != self._found["receipt"]:
            done = self.finish()
        if "line_amount" in found:
            self._lines.append({name: found[name] for name in LINE_FIELDS if name in found})
        self._found.update({name: text for name, text in found.items() if name not in LINE_FIELDS})
        return done

    def _forget(self) -> None:
        self._found: Found = {}
        self._lines: list[Found] = []
        self._called_off = False

"""Receipts out of lines of text: a printed receipt in a file, a printer's or display's line, what a till types."""

import re
from datetime import tzinfo
from typing import Any

from loyalty.counter.tills.composing import Found, compose
from loyalty.counter.tills.mapping import LINE_FIELDS, Mapping
from loyalty.counter.tills.unreadable import Report, Unread
from loyalty.errors import Invalid

LONGEST_LINE = 512
"""The rest of a longer line is passed over: no receipt is that wide, and a pattern must not work on it for ever."""
MOST_LINES = 200
"""So many of a receipt's lines are kept, in case that it cannot be read."""


class LineReader:
    """Any lines in, whole receipts out, in the JSON form. What was found and cannot be read is told to `unread`;
    without one it raises Unread, an Invalid."""

    def __init__(self, mapping: Mapping, zone: tzinfo | None, unread: Report | None = None) -> None:
        self._mapping, self._zone, self._unread = mapping, zone, unread
        text = mapping.text
        self._patterns = [re.compile(pattern) for pattern in text.patterns]
        self._end, self._void = (re.compile(one) if one else None for one in (text.end, text.void))
        self._raw: list[str] = []
        self._forget()

    def feed(self, line: str) -> list[dict[str, Any]]:
        """The receipts that this line completes."""
        line = line[:LONGEST_LINE]
        self._raw = [*self._raw[-MOST_LINES:], line]
        done: list[dict[str, Any]] = []
        if self._void and self._void.search(line):
            self._called_off = True
            return done
        for pattern in self._patterns:
            if match := pattern.search(line):
                done += self._take({name: text.strip() for name, text in match.groupdict().items() if text})
        if self._end and self._end.search(line):
            done += self._ended(complete=True)
        return done

    def finish(self) -> list[dict[str, Any]]:
        """No more lines: what has come so far, if it is a receipt."""
        return self._ended(complete=False)

    def _ended(self, complete: bool, before: int = 0) -> list[dict[str, Any]]:
        """`complete`: the till itself said that here is an end. `before`: lines that belong to what comes next."""
        found, lines, called_off = self._found, self._lines, self._called_off
        raw, rest = self._raw[: len(self._raw) - before], self._raw[len(self._raw) - before :]
        self._forget()
        self._raw = rest
        if called_off or ("receipt" not in found and not (complete and (found or lines))):
            return []
        try:
            if "receipt" not in found:
                raise Invalid("A receipt came to its end without a number that could be read.", pointer="/receipt")
            body = compose(found, lines, self._mapping, self._zone)
        except Invalid as error:
            return self._not_read(Unread(error, "\n".join(raw)))
        return [body] if body else []

    def _not_read(self, error: Unread) -> list[dict[str, Any]]:
        if self._unread is None:
            raise error
        self._unread(str(error), error.text)
        return []

    def _take(self, found: Found) -> list[dict[str, Any]]:
        number, done = found.get("receipt"), []
        if number and "receipt" in self._found and number != self._found["receipt"]:
            done = self._ended(complete=False, before=1)
        if "line_amount" in found:
            self._lines.append({name: found[name] for name in LINE_FIELDS if name in found})
        self._found.update({name: text for name, text in found.items() if name not in LINE_FIELDS})
        return done

    def _forget(self) -> None:
        self._found: Found = {}
        self._lines: list[Found] = []
        self._called_off = False
        self._raw = []

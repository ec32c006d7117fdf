"""Walks a document and names the place of whatever is wrong in it: `earn[2].per_amount.per: ... (line 14)`."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any, NoReturn

from loyalty.errors import Invalid
from loyalty.points import exact
from loyalty.points.facts import Duration, Exact
from loyalty.points.yaml_core import Document, Path

_LONGEST = {"days": 36525, "months": 1200, "years": 100}
_LONGEST_TEXT = 500


class Node:
    """A value in a document, with its path. Every reader raises Invalid with path, reason and line."""

    def __init__(self, value: Any, path: Path = (), document: Document | None = None) -> None:
        self.value = value
        self.path = path
        self.document = document

    def __getitem__(self, key: str | int) -> "Node":
        return Node(self.value[key], (*self.path, key), self.document)

    @property
    def place(self) -> str:
        text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return text.removeprefix(".")

    def fail(self, reason: str) -> NoReturn:
        line = self.document.line_of(self.path) if self.document else None
        where = f"{self.place}: " if self.path else ""
        raise Invalid(f"{where}{reason}{f' (line {line})' if line else ''}.", pointer=self.place or None)

    # -- maps and lists

    def map(self, *known: str, needs: tuple[str, ...] = ()) -> Mapping[str, "Node"]:
        """The entries by key. Fails on a key that is not in `known` and on a missing one of `needs`."""
        entries = self.entries()
        for key, node in entries.items():
            if key not in known:
                node.fail(f"unknown key {key!r}; known here: {', '.join(known)}")
        for key in needs:
            if key not in entries:
                self.fail(f"{key!r} is missing")
        return entries

    def entries(self) -> Mapping[str, "Node"]:
        if not isinstance(self.value, Mapping):
            self.fail("a map of keys and values is wanted")
        for key in self.value:
            if not isinstance(key, str):
                self.fail(f"the key {key!r} is not text")
        return {key: self[key] for key in self.value}

    def items(self) -> Iterator["Node"]:
        """The elements of a list."""
        if not isinstance(self.value, list | tuple):
            self.fail("a list is wanted")
        return (self[index] for index in range(len(self.value)))

    def one_or_list(self) -> Iterator["Node"]:
        return self.items() if isinstance(self.value, list | tuple) else iter((self,))

    def only_one(self, *keys: str) -> str:
        """The one key of `keys` that is there."""
        found = [key for key in keys if key in self.value]
        if len(found) != 1:
            self.fail(f"exactly one of {', '.join(keys)} is wanted, not {' and '.join(found) or 'none'}")
        return found[0]

    # -- words

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.fail("text is wanted; put numbers and true/false in quotes")
        if len(self.value) > _LONGEST_TEXT:
            self.fail(f"the text is longer than {_LONGEST_TEXT} characters")
        return self.value

    def name(self) -> str:
        if not self.text().strip():
            self.fail("a name is wanted")
        return self.text()

    def texts(self) -> tuple[str, ...]:
        """One text or a list of them."""
        return tuple(node.text() for node in self.one_or_list())

    def choice(self, *words: str) -> str:
        if self.value not in words or not isinstance(self.value, str):
            self.fail(f"one of {', '.join(words)} is wanted")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail("true or false is wanted")
        return self.value

    # -- numbers

    def number(self) -> Exact:
        if not exact.is_number(self.value):
            self.fail("a number is wanted")
        try:
            return exact.exact(self.value, self.place)
        except Invalid as error:
            self.fail(str(error).rstrip("."))

    def at_least(self, least: Exact) -> Exact:
        value = self.number()
        if value < least:
            self.fail(f"a number of at least {exact.as_text(least)} is wanted")
        return value

    def above_zero(self) -> Exact:
        value = self.number()
        if value <= 0:
            self.fail("a number above zero is wanted")
        return value

    def percent(self) -> Exact:
        value = self.at_least(0)
        if value > 100:
            self.fail("a percentage from 0 to 100 is wanted")
        return value

    def whole(self, least: int = 0, most: int = exact.LARGEST) -> int:
        value = self.number()
        if not isinstance(value, int) or not least <= value <= most:
            self.fail(f"a whole number from {least} to {most} is wanted")
        return value

    def units(self, decimals: int, least: int = 0) -> int:
        """An amount as whole smallest units."""
        value = self.at_least(least)
        try:
            return exact.to_units(value, decimals, self.place)
        except Invalid as error:
            self.fail(str(error).rstrip("."))

    # -- time

    def duration(self, *units: str, least: int = 0) -> Duration:
        """`{days: N}` or another of `units` (default: days, months, years)."""
        units = units or ("days", "months", "years")
        entries = self.map(*units)
        unit = self.only_one(*units)
        return Duration(unit, entries[unit].whole(least, _LONGEST[unit]))

    def day(self) -> date:
        if isinstance(self.value, str) and len(self.value) == 10:
            try:
                return date.fromisoformat(self.value)
            except ValueError:
                pass
        self.fail('a date such as "2026-12-31" is wanted')

    def time_of_day(self) -> time:
        if isinstance(self.value, str) and 4 <= len(self.value) <= 8:
            try:
                return time.fromisoformat(self.value)
            except ValueError:
                pass
        self.fail('a time such as "18:00" is wanted, in quotes')

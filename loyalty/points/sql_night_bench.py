"""Where the night's statements are made ready: built and compiled once for a night, run on every chunk of members.

Building a statement costs SQLAlchemy more than the database needs for a chunk.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor, Prepared

Build = Callable[..., sa.ClauseElement]


class Bench:
    """The statements of one night. `on` takes them to the transaction of a chunk."""

    def __init__(self) -> None:
        self._ready: dict[tuple[Any, ...], Prepared] = {}
        self._alive: list[tuple[Any, ...]] = []  # so that no id comes again
        self._cursor: Cursor | None = None

    def on(self, session: Session) -> "Bench":
        self._cursor = Cursor(session)
        return self

    @property
    def cursor(self) -> Cursor:
        assert self._cursor is not None, "a bench works in a transaction"
        return self._cursor

    def do(self, build: Build, *of: Any, **values: Any) -> int:
        """Runs what `build(*of)` gives, which must say the same all night; how many rows it touched."""
        return self.cursor.change(self._statement(build, of), **values)

    def value(self, build: Build, *of: Any, **values: Any) -> Any:
        return self.cursor.value(self._statement(build, of), **values)

    def rows(self, build: Build, *of: Any, **values: Any) -> list[Sequence[Any]]:
        return self.cursor.rows(self._statement(build, of), **values)

    def many(self, build: Build, rows: list[dict[str, Any]], *of: Any) -> None:
        """Once for each row of values."""
        self.cursor.run(self._statement(build, of), rows)

    def make(self, table: sa.Table) -> None:
        """A temporary table, empty."""
        self.cursor.define(table)
        self.do(sa.delete, table)

    def _statement(self, build: Build, of: tuple[Any, ...]) -> Prepared:
        key = (build, *map(_sign, of))
        if key not in self._ready:
            self._ready[key] = Prepared(build(*of))
            self._alive.append(of)
        return self._ready[key]


def _sign(value: Any) -> Any:
    """Plain values stand for themselves, parts of the programme for that very object, a tuple for what is in it."""
    if isinstance(value, tuple):
        return tuple(map(_sign, value))
    return value if isinstance(value, str | int | date | sa.Table) else id(value)

"""Statements of the hot path: written with SQLAlchemy's constructs, compiled once, run on the driver's own cursor.

A purchase is some twenty statements; building and interpreting constructs would cost several times what the database
itself needs. The types of the columns still convert every value, so rows mean the same as through SQLAlchemy.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Convert = Callable[[Any], Any]


class _Compiled:
    """One statement for one dialect: its text, how to bind each value, how to read each column."""

    def __init__(self, statement: sa.ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self.constants = {name: value for name, value in compiled.params.items() if value is not None}
        self.binds = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()  # type: ignore[attr-defined]
        }
        names = compiled.positiontup if dialect.positional else None  # type: ignore[attr-defined]
        self.positions = None if names is None else [(name, self.binds[name]) for name in names]
        columns = list(getattr(statement, "exported_columns", ()))  # selected or returned
        self.results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.converts = [(i, convert) for i, convert in enumerate(self.results) if convert is not None]

    def parameters(self, values: dict[str, Any]) -> Any:
        given = {**self.constants, **values} if self.constants else values
        if self.positions is not None:
            return [given[name] if convert is None else convert(given[name]) for name, convert in self.positions]
        return {name: given[name] if convert is None else convert(given[name]) for name, convert in self.binds.items()}

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.converts:
            return row
        cells = list(row)
        for i, convert in self.converts:
            cells[i] = convert(cells[i])
        return cells


class Prepared:
    """A statement that is compiled when it is first run on a dialect. No expanding IN lists: their text varies."""

    def __init__(self, statement: sa.ClauseElement) -> None:
        self.statement = statement
        self._by_dialect: dict[str, _Compiled] = {}

    def compiled(self, dialect: Dialect) -> _Compiled:
        found = self._by_dialect.get(dialect.name)
        if found is None:
            found = self._by_dialect[dialect.name] = _Compiled(self.statement, dialect)
        return found


_OPEN = "loyalty.cursor"


class Cursor:
    """Runs prepared statements inside the transaction of `session`. One for each transaction, one thread.

    Made as often as one likes: those of one transaction share the driver's cursor, which the session remembers.
    """

    def __init__(self, session: Session) -> None:
        transaction, known = session.get_transaction(), session.info.get(_OPEN)
        if known is None or transaction is None or known[0] is not transaction:
            connection = session.connection()
            made = (connection.dialect, connection.engine.url, connection.connection.cursor())
            known = session.info[_OPEN] = (session.get_transaction(), *made)
        self.dialect: Dialect = known[1]
        self.address: Any = known[2]
        self._cursor: Any = known[3]

    def rows(self, prepared: Prepared, **values: Any) -> list[Sequence[Any]]:
        """All rows, each with its columns in the order selected."""
        compiled = prepared.compiled(self.dialect)
        self._run(self._cursor.execute, compiled.text, compiled.parameters(values))
        found: list[Sequence[Any]] = self._cursor.fetchall()
        return [compiled.read(row) for row in found] if compiled.converts else found

    def row(self, prepared: Prepared, **values: Any) -> Sequence[Any] | None:
        """The first row or None."""
        compiled = prepared.compiled(self.dialect)
        self._run(self._cursor.execute, compiled.text, compiled.parameters(values))
        found = self._cursor.fetchall()
        return compiled.read(found[0]) if found else None

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.row(prepared, **values)
        return None if row is None else row[0]

    def run(self, prepared: Prepared, rows: Iterable[dict[str, Any]]) -> None:
        """The statement once for each row of values."""
        compiled = prepared.compiled(self.dialect)
        batch = [compiled.parameters(row) for row in rows]
        if len(batch) == 1:
            self._run(self._cursor.execute, compiled.text, batch[0])
        elif batch:
            self._run(self._cursor.executemany, compiled.text, batch)

    def _run(self, act: Callable[[str, Any], object], text: str, values: Any) -> None:
        driver = self.dialect.loaded_dbapi
        try:
            act(text, values)
        except driver.Error as error:  # the same classes of error as everything else of SQLAlchemy
            raise DBAPIError.instance(text, None, error, driver.Error, dialect=self.dialect) from error

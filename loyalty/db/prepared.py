"""Statements of the hot path: written with SQLAlchemy's constructs, compiled once, run on the driver's own cursor.

A purchase is some twenty statements; building and interpreting constructs would cost several times what the database
itself needs. The types of the columns still convert every value, so rows mean the same as through SQLAlchemy. This is
the one place that knows how the drivers mark places in a statement: both are given values by position.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

Convert = Callable[[Any], Any]
KEY = "key_"
"""Marks the names of values that find a row, where the row's own new values have the plain names."""


class _Compiled:
    """One statement for one dialect: its text, how to bind each value, how to read each column."""

    def __init__(self, statement: sa.ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=_by_position(dialect))
        self.text = str(compiled)
        self.names: list[str] = list(compiled.positiontup or ())  # type: ignore[attr-defined]
        self.constants = {name: value for name, value in compiled.params.items() if value is not None}
        types = {name: bind.type for bind, name in compiled.bind_names.items()}  # type: ignore[attr-defined]
        found = [_binding(types[name], dialect) for name in self.names]
        self.bindings = [(i, convert) for i, convert in enumerate(found) if convert is not None]
        self._cells = _getter(itemgetter, self.names)
        self._attributes = _getter(attrgetter, [name.removeprefix(KEY) for name in self.names])
        columns = list(getattr(statement, "exported_columns", ()))  # selected or returned
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.converts = [(i, convert) for i, convert in enumerate(results) if convert is not None]

    def parameters(self, values: dict[str, Any]) -> Sequence[Any]:
        """Values by their names, as the driver takes them."""
        return self._bound(self._cells({**self.constants, **values} if self.constants else values))

    def of_row(self, row: Any) -> Sequence[Any]:
        """Values from a row's attributes of those names."""
        return self._bound(self._attributes(row))

    def _bound(self, given: tuple[Any, ...]) -> Sequence[Any]:
        if not self.bindings:
            return given
        cells = list(given)
        for i, convert in self.bindings:
            cells[i] = convert(cells[i])
        return cells

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.converts:
            return row
        cells = list(row)
        for i, convert in self.converts:
            cells[i] = convert(cells[i])
        return cells


def _getter(kind: Any, names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Always a tuple, also of one or none."""
    if len(names) > 1:
        several: Callable[[Any], tuple[Any, ...]] = kind(*names)
        return several
    one = kind(names[0]) if names else None
    return lambda values: () if one is None else (one(values),)


def _by_position(dialect: Dialect) -> Dialect:
    return dialect if dialect.positional else type(dialect)(paramstyle="format")  # type: ignore[call-arg]


def _binding(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """How a value is handed to the driver; None: as it is."""
    if dialect.name == "sqlite" and type(kind) is sa.Date:
        return _day_text  # the same text as SQLAlchemy's, several times faster
    if dialect.name == "sqlite" and type(kind) is sa.Boolean:
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


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


_DEFINED: dict[tuple[sa.Table, str], str] = {}
"""How tables are made, by table and dialect: a night makes the same few for each of its chunks."""
_OPEN = "loyalty.cursor"
_LENT = "loyalty.lent"


def lend_cursor(session: Session, connection: Connection, cursor: Any) -> None:
    """For who opened a transaction on `connection` beneath the session: its cursor serves as long as the session."""
    session.info[_LENT] = (connection.dialect, _address_of(connection), cursor, {})


class Cursor:
    """Runs prepared statements inside the transaction of `session`. One for each transaction, one thread.

    Made as often as one likes: those of one transaction share the driver's cursor, which the session remembers.
    """

    def __init__(self, session: Session) -> None:
        lent = session.info.get(_LENT)
        if lent is None:
            lent = _own_cursor(session)
        self.dialect: Dialect = lent[0]
        self.address: str = lent[1]
        self._cursor: Any = lent[2]
        self.remembered: dict[str, Any] = lent[3]
        """What was read in this transaction and is the same until somebody writes it, see sql_facts.py."""
        self._name = self.dialect.name

    def rows(self, prepared: Prepared, **values: Any) -> list[Sequence[Any]]:
        """All rows, each with its columns in the order selected."""
        compiled, found = self._ask(prepared, values)
        return [compiled.read(row) for row in found] if compiled.converts else found

    def row(self, prepared: Prepared, **values: Any) -> Sequence[Any] | None:
        """The first row or None."""
        compiled, found = self._ask(prepared, values)
        return compiled.read(found[0]) if found else None

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.row(prepared, **values)
        return None if row is None else row[0]

    def change(self, prepared: Prepared, **values: Any) -> int:
        """The statement once; how many rows it touched."""
        compiled = prepared.compiled(self.dialect)
        self._run_all(compiled, [compiled.parameters(values)])
        return int(self._cursor.rowcount)

    def run(self, prepared: Prepared, rows: Iterable[dict[str, Any]]) -> None:
        """The statement once for each row of values."""
        compiled = prepared.compiled(self.dialect)
        self._run_all(compiled, [compiled.parameters(row) for row in rows])

    def run_rows(self, prepared: Prepared, rows: Iterable[Any]) -> None:
        """The statement once for each object whose attributes are the values (those of `KEY` without the mark)."""
        compiled = prepared.compiled(self.dialect)
        self._run_all(compiled, [compiled.of_row(row) for row in rows])

    def define(self, table: sa.Table) -> None:
        """Makes a table of this transaction's own, unless it is there."""
        key = (table, self._name)
        if key not in _DEFINED:
            made = sa.schema.CreateTable(table, if_not_exists=True)
            _DEFINED[key] = str(made.compile(dialect=self.dialect))
        self._cursor.execute(_DEFINED[key])

    def _ask(self, prepared: Prepared, values: dict[str, Any]) -> tuple[_Compiled, list[Sequence[Any]]]:
        compiled = prepared._by_dialect.get(self._name) or prepared.compiled(self.dialect)
        try:
            self._cursor.execute(compiled.text, compiled.parameters(values))
            return compiled, self._cursor.fetchall()
        except self.dialect.loaded_dbapi.Error as error:
            raise self._named(error, compiled.text) from error

    def _run_all(self, compiled: _Compiled, batch: list[Sequence[Any]]) -> None:
        try:
            if len(batch) == 1:
                self._cursor.execute(compiled.text, batch[0])
            elif batch:
                self._cursor.executemany(compiled.text, batch)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._named(error, compiled.text) from error

    def _named(self, error: Exception, text: str) -> DBAPIError:
        """The same classes of error as everything else of SQLAlchemy."""
        driver = self.dialect.loaded_dbapi
        named: DBAPIError = DBAPIError.instance(text, None, error, driver.Error, dialect=self.dialect)  # type: ignore[assignment]
        return named


def _address_of(connection: Connection) -> str:
    """The database, in words that are quick to compare: SQLAlchemy's address writes itself out for every comparison."""
    engine = connection.engine
    known = _ADDRESSES.get(engine.pool)
    if known is None:
        known = _ADDRESSES[engine.pool] = engine.url.render_as_string(hide_password=False)
    return known


_ADDRESSES: WeakKeyDictionary[Pool, str] = WeakKeyDictionary()
"""By the pool of connections: nothing else of an engine is one database's alone, dialects may be taken for the same."""


def _own_cursor(session: Session) -> tuple[Any, Any, Any, dict[str, Any]]:
    transaction, known = session.get_transaction(), session.info.get(_OPEN)
    if known is None or transaction is None or known[0] is not transaction:
        connection = session.connection()
        made: tuple[Any, ...] = (
            connection.dialect,
            _address_of(connection),
            connection.connection.cursor(),
            {},
        )
        known = session.info[_OPEN] = (session.get_transaction(), *made)
    return known[1], known[2], known[3], known[4]

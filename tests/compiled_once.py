"""A statement compiled for one test's SQLite engine serves those of all others: each test opens an engine of its own.

SQLAlchemy keeps what it has compiled with the engine and by its dialect. Here engines have one store in common, and
two dialects that differ in nothing that shows in a statement count as the same.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_STATEMENTS: LRUCache[Any, Any] = LRUCache(4_000)
_open = Engine.__init__


def _sort(dialect: SQLiteDialect_pysqlite) -> tuple[object, ...]:
    return type(dialect), dialect._json_serializer, dialect._json_deserializer, dialect.paramstyle


def _same(dialect: SQLiteDialect_pysqlite, other: object) -> bool:
    return dialect is other or (isinstance(other, SQLiteDialect_pysqlite) and _sort(dialect) == _sort(other))


def _hash(dialect: SQLiteDialect_pysqlite) -> int:
    return hash(SQLiteDialect_pysqlite)


def _open_sharing(engine: Engine, *given: Any, **named: Any) -> None:
    _open(engine, *given, **named)
    if isinstance(engine.dialect, SQLiteDialect_pysqlite):
        engine._compiled_cache = _STATEMENTS


SQLiteDialect_pysqlite.__eq__ = _same  # type: ignore[method-assign, assignment]
SQLiteDialect_pysqlite.__hash__ = _hash  # type: ignore[method-assign, assignment]
Engine.__init__ = _open_sharing  # type: ignore[method-assign]

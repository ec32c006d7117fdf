"""What all tables share: one metadata, and column types that mean the same on SQLite and PostgreSQL."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from loyalty.clock import rfc3339

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the server hangs on this metadata, typed classes and plain tables alike."""

    metadata = MetaData(naming_convention=NAMES)


Processor = Callable[[Any], Any] | None
"""How a driver's value is made or read, as SQLAlchemy asks a column's type for it."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, given back in UTC. SQLite keeps it as `2026-11-21T19:20:22.123456Z`, which sorts as text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String(27) if dialect.name == "sqlite" else DateTime(timezone=True)

    def bind_processor(self, dialect: Dialect) -> Processor:
        return _moment_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _moment_of if dialect.name == "sqlite" else _in_utc

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return _moment_text(value) if dialect.name == "sqlite" else _in_utc(value)


@lru_cache(maxsize=256)  # a sale writes the same moment a dozen times
def _moment_text(value: datetime | None) -> str | None:
    return None if value is None else rfc3339(value)


@lru_cache(maxsize=4096)
def _moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class ExactNumber(TypeDecorator[Any]):
    """An int or a Fraction, kept as text: `12`, `1/3`. Not for columns that SQL adds up."""

    impl = String
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Processor:
        return _exact_text

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _exact_of


def _exact_text(value: int | Fraction | None) -> str | None:
    return None if value is None else str(value)


def _exact_of(text: str | None) -> int | Fraction | None:
    return None if text is None else exact(text)


def exact(text: str) -> int | Fraction:
    """`12` -> 12, `1/3` -> Fraction(1, 3)."""
    return Fraction(text) if "/" in text else int(text)


def plain_text(length: int | None = None) -> String:
    """Text compared byte by byte on both databases, so that prefix ranges and unique keys mean the same."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Document = JSON
"""Plain JSON, never JSONB: the order of keys has meaning and must come back as it went in."""


class ExactDocument(TypeDecorator[Any]):
    """JSON kept as text, in which numbers keep their digits: `12.50` comes back as Decimal("12.50")."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else exact_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value, parse_float=Decimal)


def exact_json(value: Any) -> str:
    """JSON text of maps, lists, text, numbers (Decimal too, digit by digit), booleans and None."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{exact_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(exact_json(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, allow_nan=False)

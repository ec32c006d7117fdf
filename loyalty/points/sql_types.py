"""Column types for the small values inside facts: consumed parts, shares of lines, durations, explanations."""

from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.types import TypeDecorator

from loyalty.db.base import exact
from loyalty.points.facts import Duration, LotMove
from loyalty.points.facts_sale import AwardEntry


def _number(value: int | Fraction) -> int | str:
    return value if isinstance(value, int) else str(value)


def _back(value: int | str) -> int | Fraction:
    return value if isinstance(value, int) else exact(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of text."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else tuple(value)


class Moves(TypeDecorator[tuple[LotMove, ...]]):
    """Parts of lots with the cost they carry: `[[lot, amount, cost], …]`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return [[move.lot, move.amount, move.cost] for move in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return tuple(LotMove(*move) for move in value)


class Exacts(TypeDecorator[tuple[Any, ...]]):
    """Exact numbers: `[1, "1/3"]`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return [_number(item) for item in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return tuple(_back(item) for item in value)


class LotPoints(TypeDecorator[tuple[Any, ...]]):
    """Exact points of lots: `[[lot, "1/3"], …]`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return [[lot, _number(points)] for lot, points in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return tuple((lot, _back(points)) for lot, points in value)


class Entries(TypeDecorator[tuple[AwardEntry, ...]]):
    """An explanation: `[[rule, points, why], …]`."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return [[entry.rule, _number(entry.points), entry.why] for entry in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return tuple(AwardEntry(rule, _back(points), why) for rule, points, why in value)


class Span(TypeDecorator[Duration]):
    """A duration: `months:3`."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Duration | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value.unit}:{value.count}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Duration | None:
        if value is None:
            return None
        unit, _, count = value.partition(":")
        return Duration(unit, int(count))

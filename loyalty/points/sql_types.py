"""Column types for the small values inside facts: consumed parts, shares of lines, durations, explanations."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.types import TypeDecorator

from loyalty.db.base import Processor, exact
from loyalty.db.json_text import as_json
from loyalty.points.facts import Duration, LotMove
from loyalty.points.facts_sale import Award, AwardEntry


def _number(value: int | Fraction) -> int | str:
    return value if isinstance(value, int) else str(value)


def _back(value: int | str) -> int | Fraction:
    return value if isinstance(value, int) else exact(value)


class _Short(TypeDecorator[Any]):
    """JSON of a few small values, most often none. `plain` and `made` go between the fact's value and JSON's."""

    impl = JSON
    cache_ok = True

    def plain(self, value: Any) -> Any:
        raise TypeError("each type says its own")

    def made(self, value: Any) -> Any:
        raise TypeError("each type says its own")

    def bind_processor(self, dialect: Dialect) -> Processor:
        last = self.impl_instance.dialect_impl(dialect).bind_processor(dialect)
        write: Callable[[Any], Any] = as_json if dialect.name == "sqlite" or last is None else last
        nothing = write([])
        plain = self.plain
        return lambda value: None if value is None else write(plain(value)) if value else nothing

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        first = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)
        made = self.made

        def read(value: Any) -> Any:
            if value is None or value == "[]":
                return None if value is None else ()
            return made(value if first is None else first(value))

        return read


class Words(_Short):
    """A tuple of text."""

    cache_ok = True

    def plain(self, value: Any) -> Any:
        return list(value)

    def made(self, value: Any) -> Any:
        return tuple(value)


class Moves(_Short):
    """Parts of lots with the cost they carry: `[[lot, amount, cost], …]`."""

    cache_ok = True

    def plain(self, value: Any) -> Any:
        return [[move.lot, move.amount, move.cost] for move in value]

    def made(self, value: Any) -> Any:
        return tuple(LotMove(*move) for move in value)


class Exacts(_Short):
    """Exact numbers: `[1, "1/3"]`."""

    cache_ok = True

    def plain(self, value: Any) -> Any:
        return [_number(item) for item in value]

    def made(self, value: Any) -> Any:
        return tuple(_back(item) for item in value)


class LotPoints(_Short):
    """Exact points of lots: `[[lot, "1/3"], …]`."""

    cache_ok = True

    def plain(self, value: Any) -> Any:
        return [[lot, _number(points)] for lot, points in value]

    def made(self, value: Any) -> Any:
        return tuple((lot, _back(points)) for lot, points in value)


class Entries(_Short):
    """An explanation: `[[rule, points, why], …]`."""

    cache_ok = True

    def plain(self, value: Any) -> Any:
        return [[entry.rule, _number(entry.points), entry.why] for entry in value]

    def made(self, value: Any) -> Any:
        return tuple(AwardEntry(rule, _back(points), why) for rule, points, why in value)


def award_cells(award: Award) -> list[Any]:
    """An award inside its booking, which says the rest: `[number, member, wallet, points, lots, entries]`."""
    entries = [[entry.rule, _number(entry.points), entry.why] for entry in award.entries]
    return [award.number, award.member, award.wallet, award.points, list(award.lots), entries]


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

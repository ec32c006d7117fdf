"""Compares what a scenario expects with what is: only what is written, numbers by value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from loyalty.clock import rfc3339
from loyalty.errors import Invalid
from loyalty.points.exact import as_text, is_number

Moment = Callable[[str], datetime]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as expected, with the path to it."""

    path: str
    expected: Any
    actual: Any


def differences(expected: Any, actual: Any, moment: Moment, path: str = "") -> list[Difference]:
    """Where `actual` (JSON with decimal text) is not as `expected` (from a document). `moment` reads a time."""
    if isinstance(expected, Mapping):
        return _maps(expected, actual, moment, path)
    if isinstance(expected, list | tuple):
        return _lists(list(expected), actual, moment, path)
    return [] if _same(expected, actual, moment, path) else [Difference(path, expected, _shown(actual, expected))]


def _maps(expected: Mapping[str, Any], actual: Any, moment: Moment, path: str) -> list[Difference]:
    if actual is None:
        actual = {}
    if not isinstance(actual, Mapping):
        return [Difference(path, expected, actual)]
    if not expected and path.endswith("free_items") and any(actual.values()):
        return [Difference(path, expected, actual)]
    found = []
    for key, value in expected.items():
        found += differences(value, actual.get(key), moment, f"{path}.{key}" if path else key)
    return found


def _lists(expected: list[Any], actual: Any, moment: Moment, path: str) -> list[Difference]:
    if actual is None:
        actual = []
    if not isinstance(actual, list | tuple) or len(actual) != len(expected):
        return [Difference(path, expected, actual)]
    found = []
    for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
        found += differences(one, other, moment, f"{path}[{index}]")
    return found


def _same(expected: Any, actual: Any, moment: Moment, path: str) -> bool:
    if expected is None or isinstance(expected, bool):
        return bool(expected == actual) and isinstance(actual, bool) == isinstance(expected, bool)
    if is_number(expected):
        return actual != "" and _rounded(expected) == _rounded(0 if actual is None else actual)
    if path.endswith("expires_at") and isinstance(actual, str):
        try:
            return rfc3339(moment(expected)) == actual
        except Invalid:
            return False
    return bool(expected == actual)


def _rounded(value: Any) -> str | None:
    """By value, with 6 decimals; None for what is no number."""
    if isinstance(value, bool):
        return None
    try:
        return as_text(Fraction(Decimal(value) if isinstance(value, str) else value))
    except (ArithmeticError, TypeError, ValueError):
        return None


def _shown(actual: Any, expected: Any) -> Any:
    return 0 if actual is None and is_number(expected) else actual

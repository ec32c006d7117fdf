"""Scores of surveys with their range: how sure one can be of them, given how many answered."""

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

Z = 1.959964
"""Of a 95 % range."""
SCALES = {"nps": range(11), "csat": range(1, 6)}


@dataclass(frozen=True)
class Score:
    """`value` with the ends of its 95 % range, None while nobody has answered. NPS: -100 to 100; CSAT: percent."""

    answers: int
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def score_of(kind: str, counts: dict[int, int]) -> Score:
    """Of how often each mark was given. KeyError for a kind that there is not."""
    number = sum(counts.values())
    if not number:
        return Score(0)
    if kind == "nps":
        good = sum(count for mark, count in counts.items() if mark >= 9)
        bad = sum(count for mark, count in counts.items() if mark <= 6)
        return _nps(number, good, bad)
    assert kind == "csat"
    return _csat(number, sum(count for mark, count in counts.items() if mark >= 4))


def _nps(number: int, good: int, bad: int) -> Score:
    """Share of 9 and 10 less share of 0 to 6. Range: adjusted Wald (Rocks 2016): as if three more had answered, 3/4
    for and 3/4 against, so that a few answers of one mind do not look certain.
    """
    n, p, q = number + 3, (good + 0.75) / (number + 3), (bad + 0.75) / (number + 3)
    half = Z * sqrt((p + q - (p - q) ** 2) / n)
    value = 100 * (good - bad) / number
    low, high = max(-100.0, 100 * (p - q - half)), min(100.0, 100 * (p - q + half))
    return Score(number, _round(value), _round(min(low, value)), _round(max(high, value)))


def _csat(number: int, content: int) -> Score:
    """Share of 4 and 5 in percent. Range: Wilson's, which stays inside 0 to 100 and holds for few answers."""
    share, square = content / number, Z * Z
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = Z * sqrt(share * (1 - share) / number + square / (4 * number * number)) / (1 + square / number)
    return Score(number, _round(100 * share), _round(100 * (middle - half)), _round(100 * (middle + half)))


def _round(value: float) -> Decimal:
    return round(Decimal(str(value)), 1) + Decimal(0)  # never -0.0

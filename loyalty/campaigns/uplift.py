"""How much more a group bought than the one that got nothing, and how sure that is.

Method: the difference of the two means per member, with Welch's interval for unequal variances (B. L. Welch, The
generalization of "Student's" problem when several different population variances are involved, Biometrika 34, 1947);
members who bought nothing count with zero. The quantile of Student's t by the series of Abramowitz and Stegun, 26.7.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
"""Of a hundred such intervals about 95 hold the true difference."""
FEWEST = 5
"""Members of a group below which nothing is said."""


@dataclass(frozen=True)
class Uplift:
    """Per member, in the unit of the values: the difference and its interval. `sure` when zero lies outside."""

    difference: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        return self.low > 0 or self.high < 0


def uplift(treated: Sequence[float], held: Sequence[float], level: float = LEVEL) -> Uplift | None:
    """None where a group is smaller than FEWEST. One value for each member of a group."""
    if min(len(treated), len(held)) < FEWEST:
        return None
    (mean, square), (base, noise) = _mean_and_error(treated), _mean_and_error(held)
    difference, error = mean - base, square + noise
    if error == 0:
        return Uplift(difference, difference, difference)
    freedom = error**2 / (square**2 / (len(treated) - 1) + noise**2 / (len(held) - 1))
    reach = t_quantile((1 + level) / 2, freedom) * sqrt(error)
    return Uplift(difference, difference - reach, difference + reach)


def t_quantile(probability: float, freedom: float) -> float:
    """Of Student's t; within 0.001 for 5 degrees of freedom, closer for more."""
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def _mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Mean, and the square of its standard error."""
    many = len(values)
    mean = sum(values) / many
    return mean, sum((value - mean) ** 2 for value in values) / (many - 1) / many

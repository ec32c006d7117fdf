"""The interval of an uplift beside printed tables, another way to compute it, and how often it holds the truth."""

import random
from fractions import Fraction
from math import isclose, sqrt

import pytest

from loyalty.campaigns.uplift import t_quantile, uplift

# Student's t, two-sided 95 % (W. S. Gosset's table as printed in any book of statistics)
TABLE = {5: 2.571, 6: 2.447, 8: 2.306, 10: 2.228, 15: 2.131, 20: 2.086, 30: 2.042, 60: 2.000, 120: 1.980}


@pytest.mark.parametrize("freedom", TABLE)
def test_the_quantile_is_the_printed_one(freedom: int) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(TABLE[freedom], abs=0.0015)


def test_the_interval_is_the_one_computed_in_fractions_with_the_printed_quantile() -> None:
    """Two samples of six with the same spread: Welch's degrees of freedom are then exactly ten."""
    held = [0, 1000, 2500, 4000, 4500, 6000]
    found = uplift([each + 700 for each in held], held)
    mean = Fraction(sum(held), 6)
    variance = sum((each - mean) ** 2 for each in held) / 5
    reach = TABLE[10] * sqrt(variance / 6 + variance / 6)
    assert found is not None
    assert isclose(found.difference, 700)
    assert found.low == pytest.approx(700 - reach, rel=0.002)
    assert found.high == pytest.approx(700 + reach, rel=0.002)
    assert not found.sure


def test_drawing_anew_from_the_same_members_gives_the_same_interval() -> None:
    """The bootstrap knows nothing of Student: 95 of 100 fresh draws lie within about the same bounds."""
    luck = random.Random(7)
    treated = [luck.choice((0, 0, luck.uniform(1000, 9000))) for _ in range(120)]
    held = [luck.choice((0, 0, 0, luck.uniform(1000, 9000))) for _ in range(60)]
    found = uplift(treated, held)
    fresh = sorted(sum(luck.choices(treated, k=120)) / 120 - sum(luck.choices(held, k=60)) / 60 for _ in range(3000))
    assert found is not None
    width = found.high - found.low
    assert abs(found.low - fresh[75]) < 0.08 * width
    assert abs(found.high - fresh[2925]) < 0.08 * width


def test_it_holds_the_truth_in_about_95_of_100_campaigns() -> None:
    luck, inside = random.Random(11), 0
    for _ in range(1500):
        found = uplift([luck.gauss(130, 60) for _ in range(30)], [luck.gauss(100, 20) for _ in range(12)])
        assert found is not None
        inside += found.low <= 30 <= found.high
    assert 0.935 < inside / 1500 < 0.965


def test_nothing_is_said_of_too_few_and_no_spread_is_no_fault() -> None:
    assert uplift([1, 2, 3, 4], [1, 2, 3, 4, 5]) is None
    found = uplift([5.0] * 5, [3.0] * 6)
    assert found is not None
    assert (found.low, found.high, found.sure) == (2.0, 2.0, True)

"""The models of lifetime value against published results on the buyers of CDNOW, and against their own definitions."""

import csv
import math
from datetime import date, timedelta
from pathlib import Path

import pytest

from loyalty.insight.backtest import look_back
from loyalty.insight.prediction import predict
from loyalty.insight.purchase_model import History, Purchases, errors_of, fit_purchases, hypergeometric
from loyalty.insight.simplex import lowest
from loyalty.insight.spend_model import Spending, fit_spending

CDNOW = Path(__file__).parents[1] / "data" / "cdnow" / "customers.csv"
PUBLISHED = Purchases(0.243, 4.414, 0.793, 2.426)
"""Fader, Hardie and Lee 2005, table 2."""


@pytest.fixture(scope="module")
def buyers() -> list[dict[str, str]]:
    with CDNOW.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def histories(buyers: list[dict[str, str]]) -> list[History]:
    return [History(int(row["x"]), float(row["t_x"]), float(row["T"])) for row in buyers]


def test_purchases_fit_as_published(histories: list[History]) -> None:
    found, likely = fit_purchases(histories)
    for name in ("r", "alpha", "a", "b"):
        assert getattr(found, name) == pytest.approx(getattr(PUBLISHED, name), rel=0.005)
    assert round(likely, 1) == -9582.4 and likely == pytest.approx(-9582.43, abs=0.01)
    errors = errors_of(found, histories)
    assert all(0 < error < getattr(found, name) for error, name in zip(errors, ("r", "alpha", "a", "b"), strict=True))


def test_amounts_fit_as_published(buyers: list[dict[str, str]]) -> None:
    """Fader and Hardie 2013, section 5: p 6.25, q 3.74, gamma 15.44."""
    found, _likely = fit_spending([(int(row["x"]), float(row["zbar"])) for row in buyers if int(row["x"])])
    assert (found.p, found.q, found.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


def test_one_customer_as_in_the_published_sheet() -> None:
    """Hardie's spreadsheet of 2005: 1.226 purchases in the 39 weeks to come."""
    assert PUBLISHED.expected(History(2, 30.43, 38.86), 39) == pytest.approx(1.226, abs=0.001)
    assert PUBLISHED.alive(History(0, 0, 30)) == 1
    assert Spending(6.25, 3.74, 15.44).mean(2, 22.35) == pytest.approx(24.66, abs=0.01)


@pytest.mark.parametrize("who", [History(2, 30.43, 38.86), History(12, 10, 38), History(0, 0, 20), History(60, 50, 52)])
def test_draws_meet_the_formula(who: History) -> None:
    """Mean purchases of many drawn futures against the closed form: two ways that share nothing but the parameters."""
    drawn = predict(PUBLISHED, Spending(6.25, 3.74, 15.44), who, 22.35, 39, "seed", draws=4000)
    expected = PUBLISHED.expected(who, 39)
    spread = max(0.06, 4 * math.sqrt(6 * expected / 4000))
    assert drawn.purchases.mean == pytest.approx(expected, abs=spread)
    assert drawn.purchases.low <= expected <= drawn.purchases.high or expected < 0.3
    again = predict(PUBLISHED, Spending(6.25, 3.74, 15.44), who, 22.35, 39, "seed", draws=4000)
    assert again == drawn


def test_the_longer_silent_the_less_alive() -> None:
    chances = [PUBLISHED.alive(History(5, 20, until)) for until in (20, 25, 40, 80, 5000)]
    assert chances == sorted(chances, reverse=True) and chances[0] > 0.8 and chances[-1] < 0.01


def test_the_series_and_the_simplex_find_what_is_known() -> None:
    assert hypergeometric(1, 1, 2, 0.5) == pytest.approx(2 * math.log(2))
    assert hypergeometric(0.5, 1, 1.5, 0.25) == pytest.approx(math.atanh(0.5) / 0.5)
    best, value = lowest(lambda at: (1 - at[0]) ** 2 + 100 * (at[1] - at[0] ** 2) ** 2, [-1.2, 1.0])
    assert best == pytest.approx([1, 1], abs=1e-3) and value == pytest.approx(0, abs=1e-6)


def test_looking_back_holds_the_model_against_what_happened() -> None:
    """Half of the members buy each week and stay, half came once: 13 more purchases of each who stays in 90 days."""
    then, first = date(2026, 8, 1), date(2026, 1, 3)
    weekly = [(f"w{n}", first, then - timedelta(days=n % 7), 30) for n in range(30)]
    once = [(f"o{n}", first, first, 1) for n in range(30)]
    check = look_back([*weekly, *once], {name: 43 for name, *_rest in weekly}, then)
    assert check is not None and check.happened == 30 * 13
    assert check.expected == pytest.approx(check.happened, rel=0.1)
    assert look_back(weekly[:29], {}, then) is None

"""BG/NBD and gamma-gamma a second time: fitted with scipy, and the coming year's sales under given parameters."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

WEEKS = 365 / 7


def model_answers(sales: pd.DataFrame, today: pd.Timestamp, given: dict[str, float]) -> dict[str, Any]:
    """Highest log-likelihood; sales to be expected in 365 days (cents) and who has probably gone, by `given`."""
    people = customers(sales, today)
    x, tx, until = people.x.to_numpy(), people.tx.to_numpy(), people.until.to_numpy()
    starts = ((0.3, 4.0, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0))
    best = max((fit(start, x, tx, until) for start in starts), key=lambda each: each[0])
    own = tuple(given[name] for name in ("r", "alpha", "a", "b"))
    gone = alive(own, x, tx, until)
    count = expected(own, x, tx, until, WEEKS)
    p, q, gamma = (given[name] for name in ("p", "q", "gamma"))
    mean = p * (gamma + people.days * people.average) / (q + p * people.days - 1)
    return {
        "log_likelihood": best[0],
        "at_given": likelihood(np.log(own), x, tx, until),
        "expected": int(np.round(count * mean * 100).sum()),
        "risk": int((np.round(1000 * gone) < 500).sum()),
        "fitted": list(best[1]),
    }


def customers(sales: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    each = sales.groupby("household_id")
    found = pd.DataFrame({"first": each.day.min(), "last": each.day.max(), "days": each.day.nunique()})
    found["average"] = (each.cents.sum() // found.days) / 100
    found["x"] = found.days - 1
    found["tx"] = (found["last"] - found["first"]).dt.days / 7
    found["until"] = (today - found["first"]).dt.days / 7
    return found


def likelihood(logs: Any, x: Any, tx: Any, until: Any) -> float:
    r, alpha, a, b = np.exp(logs)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + gammaln(a + b) + gammaln(b + x)
    common -= gammaln(b) + gammaln(a + b + x)
    stays = -(r + x) * np.log(alpha + until)
    leaves = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + tx)
    return float((common + np.where(x > 0, np.logaddexp(stays, leaves), stays)).sum())


def fit(start: tuple[float, ...], x: Any, tx: Any, until: Any) -> tuple[float, tuple[float, ...]]:
    options = {"maxiter": 20_000, "maxfev": 20_000, "xatol": 1e-9, "fatol": 1e-9}
    found = minimize(lambda logs: -likelihood(logs, x, tx, until), np.log(start), method="Nelder-Mead", options=options)
    return -float(found.fun), tuple(float(each) for each in np.exp(found.x))


def alive(own: tuple[float, ...], x: Any, tx: Any, until: Any) -> Any:
    r, alpha, a, b = own
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + until) / (alpha + tx)) ** (r + x)
    return np.where(x > 0, 1 / (1 + odds), 1.0)


def expected(own: tuple[float, ...], x: Any, tx: Any, until: Any, weeks: float) -> Any:
    """Fader, Hardie and Lee 2005, equation 10."""
    r, alpha, a, b = own
    front = (a + b + x - 1) / (a - 1)
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + until + weeks))
    top = front * (1 - ((alpha + until) / (alpha + until + weeks)) ** (r + x) * series)
    return top * alive(own, x, tx, until)

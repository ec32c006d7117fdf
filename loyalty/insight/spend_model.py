"""Gamma-gamma: what a customer spends at a purchase.

Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013): one's purchases vary around a mean of one's own
(shape p); the means vary between customers (q, gamma). Amounts in whole units of the currency.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.insight.simplex import lowest


@dataclass(frozen=True)
class Spending:
    """`gamma` in the currency."""

    p: float
    q: float
    gamma: float

    def mean(self, purchases: int, average: float) -> float:
        """The mean to be expected of someone who spent `average` at each of some purchases: between that and all's."""
        px = self.p * purchases
        if px + self.q <= 1:
            return average
        return self.p * (self.gamma + purchases * average) / (px + self.q - 1)


def fit_spending(customers: Sequence[tuple[int, float]]) -> tuple[Spending, float]:
    """From (purchases, average) with both above zero (equation 1a of the note); and the log-likelihood."""
    counted = list(Counter(customers).items())

    def loss(logs: Sequence[float]) -> float:
        if any(abs(each) > 12 for each in logs):
            return math.inf
        p, q, gamma = (math.exp(each) for each in logs)
        fixed, by_count, total = q * math.log(gamma) - math.lgamma(q), dict[int, float](), 0.0
        for (x, z), times in counted:
            if x not in by_count:
                by_count[x] = math.lgamma(p * x + q) - math.lgamma(p * x) + p * x * math.log(x) + fixed
            each = by_count[x] + (p * x - 1) * math.log(z) - (p * x + q) * math.log(gamma + x * z)
            total += times * each
        return -total

    mean = sum(z for _x, z in customers) / len(customers)
    best, value = lowest(loss, [0.5, 1.0, math.log(mean)])
    return Spending(*(math.exp(each) for each in best)), -value

"""BG/NBD: how often a customer will buy, and whether one still is a customer.

Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005) 275-284: while active a
customer buys at a rate of their own (gamma with r, alpha); after each purchase one leaves with a probability of their
own (beta with a, b). x repeat purchases, the last at t_x, looked at until T, all in weeks since the first purchase.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loyalty.insight.simplex import lowest


@dataclass(frozen=True)
class History:
    """repeats: purchases after the first; last, until: weeks from the first purchase to the last one, and to now."""

    repeats: int
    last: float
    until: float


@dataclass(frozen=True)
class Purchases:
    """The four parameters; alpha in weeks."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, who: History) -> float:
        """Probability that one is still a customer; 1 for those who bought once."""
        if who.repeats == 0:
            return 1.0
        odds = self.a / (self.b + who.repeats - 1)
        power = (self.r + who.repeats) * math.log((self.alpha + who.until) / (self.alpha + who.last))
        return 1 / (1 + odds * math.exp(min(power, 700)))

    def expected(self, who: History, weeks: float) -> float:
        """Purchases to be expected in the coming `weeks` (equation 10 of the paper)."""
        x, a, b = who.repeats, self.a, self.b
        z = weeks / (self.alpha + who.until + weeks)
        left: float = (1 - z) ** (self.r + x) * hypergeometric(self.r + x, b + x, a + b + x - 1, z)
        factor = (a + b + x - 1) / (a - 1) if abs(a - 1) > 1e-9 else (b + x) * 1e9
        return max(0.0, factor * (1 - left)) * self.alive(who)


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Gauss' 2F1 by its series, for 0 <= z < 1."""
    term = total = 1.0
    for n in range(100_000):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if term < 1e-17 * total:
            break
    return total


def log_likelihood(model: Purchases, counted: Iterable[tuple[History, int]]) -> float:
    """Of histories with how often each occurs (section 4.1 of the paper)."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    fixed = -math.lgamma(r) + r * math.log(alpha)
    leaving = math.lgamma(a + b) - math.lgamma(b)
    parts: dict[int, float] = {}
    total = 0.0
    for who, times in counted:
        x = who.repeats
        if x not in parts:
            parts[x] = math.lgamma(r + x) + fixed + leaving + math.lgamma(b + x) - math.lgamma(a + b + x)
        stays = -(r + x) * math.log(alpha + who.until)
        if x:
            left = math.log(a / (b + x - 1)) - (r + x) * math.log(alpha + who.last)
            high = max(stays, left)
            stays = high + math.log(math.exp(stays - high) + math.exp(left - high))
        total += times * (parts[x] + stays)
    return total


def fit_purchases(histories: Sequence[History]) -> tuple[Purchases, float]:
    """The parameters under which these histories are likeliest, and their log-likelihood."""
    counted = list(Counter(histories).items())
    mean = sum(who.until for who in histories) / len(histories) or 1.0

    def loss(logs: Sequence[float]) -> float:
        if any(abs(each) > 12 for each in logs):
            return math.inf
        return -log_likelihood(Purchases(*(math.exp(each) for each in logs)), counted)

    best, value = lowest(loss, [0.0, math.log(max(mean / 4, 0.5)), 0.0, 0.5])
    return Purchases(*(math.exp(each) for each in best)), -value


def errors_of(model: Purchases, histories: Sequence[History]) -> tuple[float, float, float, float]:
    """Standard errors of the four parameters, from the curvature of the log-likelihood; infinite where it is flat."""
    counted, point = list(Counter(histories).items()), [model.r, model.alpha, model.a, model.b]
    steps = [max(abs(each) * 1e-3, 1e-6) for each in point]

    def at(*moves: tuple[int, float]) -> float:
        moved = list(point)
        for place, sign in moves:
            moved[place] += sign * steps[place]
        return -log_likelihood(Purchases(*moved), counted)

    curve = [
        [
            (at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1)))
            / (4 * steps[i] * steps[j])
            for j in range(4)
        ]
        for i in range(4)
    ]
    found = [math.sqrt(each) if each > 0 else math.inf for each in inverse_diagonal(curve)]
    return found[0], found[1], found[2], found[3]


def inverse_diagonal(matrix: Sequence[Sequence[float]]) -> list[float]:
    """The diagonal of the inverse (Gauss and Jordan); zeros where there is none."""
    size = len(matrix)
    rows = [[*row, *(1.0 if i == j else 0.0 for j in range(size))] for i, row in enumerate(matrix)]
    for place in range(size):
        pivot = max(range(place, size), key=lambda i: abs(rows[i][place]))
        if abs(rows[pivot][place]) < 1e-12:
            return [0.0] * size
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [each / rows[place][place] for each in rows[place]]
        for i in range(size):
            if i != place:
                rows[i] = [each - rows[i][place] * base for each, base in zip(rows[i], rows[place], strict=True)]
    return [rows[i][size + i] for i in range(size)]

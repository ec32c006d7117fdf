"""What one customer may do: not only the mean, but between what and what, drawn from the models."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.insight.purchase_model import History, Purchases
from loyalty.insight.spend_model import Spending

DRAWS = 1_000
MOST_PURCHASES = 10_000


@dataclass(frozen=True)
class Range:
    """Mean of the draws, and between what nine of ten lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Prediction:
    purchases: Range
    money: Range


def predict(
    model: Purchases, spending: Spending, who: History, average: float, weeks: float, seed: str, draws: int = DRAWS
) -> Prediction:
    """Purchases and money, in the currency's whole units, of the coming `weeks`. The same seed gives the same ranges.

    Given a history one is still a customer with the probability `alive`, and then the own rate is gamma with r + x and
    alpha + T, the own chance of leaving beta with a and b + x; the own mean of spending is p over a gamma with
    q + p n and gamma + n z, n purchases of z on average.
    """
    dice, alive = random.Random(seed), model.alive(who)
    counts, sums = [], []
    for _ in range(draws):
        number = _purchases(model, who, weeks, dice) if dice.random() < alive else 0
        counts.append(float(number))
        sums.append(_money(spending, who.repeats + 1, average, number, dice))
    return Prediction(_range(counts), _range(sums))


def _purchases(model: Purchases, who: History, weeks: float, dice: random.Random) -> int:
    rate = dice.gammavariate(model.r + who.repeats, 1 / (model.alpha + who.until))
    leaves = dice.betavariate(model.a, model.b + who.repeats)
    number, at = 0, 0.0
    while rate > 0 and number < MOST_PURCHASES:
        at += dice.expovariate(rate)
        if at > weeks:
            break
        number += 1
        if dice.random() < leaves:
            break
    return number


def _money(spending: Spending, purchases: int, average: float, number: int, dice: random.Random) -> float:
    if not number:
        return 0.0
    scale = dice.gammavariate(spending.q + spending.p * purchases, 1 / (spending.gamma + purchases * average))
    return dice.gammavariate(spending.p * number, 1 / scale) if scale > 0 else 0.0


def _range(values: Sequence[float]) -> Range:
    ordered = sorted(values)
    low, high = ordered[math.floor(len(ordered) * 0.05)], ordered[math.ceil(len(ordered) * 0.95) - 1]
    return Range(sum(ordered) / len(ordered), low, high)

"""Would the model have told? Fitted to what was known some weeks ago, held against what happened since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.insight.purchase_model import History, fit_purchases

DAYS = 90


@dataclass(frozen=True)
class Check:
    """Days of purchase of the members known `days` ago: what was to be expected, and what happened."""

    days: int
    expected: float
    happened: int


def look_back(before: Sequence[tuple[str, date, date, int]], after: Mapping[str, int], then: date) -> Check | None:
    """before: (member, first, last, days of purchase) until the day `then`, which lies DAYS back; after: days of
    purchase until today. None when there was too little to go by.
    """
    histories = [History(days - 1, (last - first).days / 7, (then - first).days / 7) for _, first, last, days in before]
    if len(histories) < 30 or sum(who.repeats > 0 for who in histories) < 15:
        return None
    model, _likely = fit_purchases(histories)
    expected = sum(model.expected(who, DAYS / 7) for who in histories)
    return Check(DAYS, expected, sum(after.get(member, days) - days for member, _, _, days in before))


def day_of_check(today: date) -> date:
    return today - timedelta(days=DAYS)

"""From when to when a new lot lives: pending, policy, or dates given in a step."""

from datetime import date, datetime

from loyalty.errors import Invalid
from loyalty.points.calendar import DAY, day_of, end_of_day, last_day, start_of_day
from loyalty.points.posting import Terms
from loyalty.points.programme import Expiry, Wallet
from loyalty.points.step import Step


def by_policy(step: Step, wallet: Wallet, expiry: Expiry | None = None, pending: int = 0) -> Terms:
    """Terms of the wallet; a rule may replace its expiry. `pending`, in days, is for earned points only."""
    if not pending:
        return from_start(step, wallet, step.at, step.day, expiry)
    start = step.day + DAY * pending
    return from_start(step, wallet, start_of_day(start, step.zone), start, expiry)


def from_start(step: Step, wallet: Wallet, active_at: datetime, start: date, expiry: Expiry | None = None) -> Terms:
    policy = expiry or wallet.expiry
    if policy.kind == "inactivity":
        return Terms(active_at, start, follows_activity=True)
    last = last_day(policy, start)
    gone = None if last is None else end_of_day(last, step.zone)
    return Terms(active_at, start, gone, last)


def given(step: Step, wallet: Wallet, active_at: datetime | None, expires: date | datetime | None) -> Terms:
    """Terms with an expiry named in the step: a last day, an exact moment, or None for never."""
    start = step.at if active_at is None else active_at
    day = day_of(start, step.zone)
    if expires is None:
        return Terms(start, day)
    exact_moment = isinstance(expires, datetime)
    gone = expires if isinstance(expires, datetime) else end_of_day(expires, step.zone)
    if gone <= step.now or gone <= start:
        raise Invalid("The expiry is not in the future, or not after the points become active.", pointer="expires_at")
    return Terms(start, day, gone, None if exact_moment or isinstance(expires, datetime) else expires)

"""The shop's limits for counters that cannot ask: among its settings, told to every counter."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.contract.offline import OfflinePolicy
from loyalty.db.shop_settings import all_set

POINTS, DAYS = "offline_redeem_points", "offline_days"
"""Names of the settings; a whole number, or empty: the shop says nothing."""
MOST_POINTS, MOST_DAYS = 1_000_000_000, 365


def offline_policy(session: Session) -> OfflinePolicy:
    found = all_set(session)
    return OfflinePolicy(_number(found.get(POINTS)), _number(found.get(DAYS)))


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

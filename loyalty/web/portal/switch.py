"""Whether the shop offers the portal, and codes on receipts: off until somebody switches it on in the settings."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from loyalty.db.shop_settings import all_set

SETTING, ADDRESS, CLAIM_DAYS = "portal", "portal_address", "claim_days"
"""Settings: whether it is on; how phones reach it (`https://club.example`); days that a code is good, 0 for none."""
DEFAULT_DAYS, MOST_DAYS = 7, 90


def is_on(session: Session) -> bool:
    """True once switched on."""
    return all_set(session).get(SETTING) is True


@dataclass(frozen=True)
class Offer:
    """Codes on the receipts of sales without a card. `address`: what stands before the code; empty: none are given."""

    address: str
    days: int


def claims_offered(session: Session, public_url: str = "") -> Offer:
    """None are given while the portal is off or nobody said how phones reach it, here or by `public_url`."""
    found = all_set(session)
    days, base = claim_days(session), str(found.get(ADDRESS) or public_url).rstrip("/")
    offered = found.get(SETTING) is True and days and base
    return Offer(f"{base}/claim/" if offered else "", days)


def claim_days(session: Session) -> int:
    """For how long a code is taken."""
    days = all_set(session).get(CLAIM_DAYS)
    return int(days) if isinstance(days, int) else DEFAULT_DAYS

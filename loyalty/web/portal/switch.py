"""Whether the shop offers the portal: off until somebody switches it on in the settings."""

from sqlalchemy.orm import Session

from loyalty.db.shop_settings import all_set

SETTING = "portal"


def is_on(session: Session) -> bool:
    """True once switched on."""
    return all_set(session).get(SETTING) is True

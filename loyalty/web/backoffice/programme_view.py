"""Which versions of the programme there are, and how many members stand on each level."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points.tables import standings
from loyalty.points.tables_sale import programme_versions


@dataclass(frozen=True)
class Version:
    number: int
    at: datetime
    """From this moment on it is in force."""


def version_list(session: Session) -> tuple[Version, ...]:
    """All versions, the latest first."""
    row = programme_versions.c
    found = session.execute(sa.select(row.number, row.at).order_by(row.number.desc()))
    return tuple(Version(number, at) for number, at in found)


def members_by_level(session: Session) -> dict[str, int]:
    """How many members have each level now."""
    rows = session.execute(sa.select(standings.c.tier, sa.func.count()).group_by(standings.c.tier))
    return {level: int(count) for level, count in rows if level}

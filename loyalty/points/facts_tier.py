"""What the ledger knows of levels, and of the programme's versions. Units and *kept*/*replaced* as in facts.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from loyalty.points.quick_rows import quick


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Replaced (an ended one may be deleted, and is put anew when it starts again: write it as an upsert).

    One level of one member. The member's tier is the highest one running (or in grace).
    """

    member: str
    level: str
    status: str  # scheduled, running, grace, ended
    start: date  # first day of the present term (of the future one while scheduled)
    until: date | None = None  # last day of the term without `extend`; None = open
    last_day: date | None = None  # with `extend`
    grace_until: date | None = None
    after: int = 0  # number of the booking that led to the upgrade: `keep_from` counts only later ones

    @property
    def key(self) -> tuple[str, str]:
        return self.member, self.level


@dataclass(frozen=True, slots=True)
class TierSpell:
    """Kept. From this moment on the member's tier was `tier` (None = none), until the next spell."""

    number: int
    member: str
    tier: str | None
    since: date
    at: datetime

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class VersionRow:
    """Kept. A programme document and the moment from which it is in force. Numbers go up from 1."""

    number: int
    at: datetime
    document: Mapping[str, Any]
    booking: str | None = None

    @property
    def key(self) -> int:
        return self.number


@dataclass(frozen=True, slots=True)
class ReviewAll:
    """An order over all members: due_at = min(due_at, at), so that the clock looks at each (a new version)."""

    at: datetime


for _kind in (Entitlement, TierSpell, VersionRow, ReviewAll):
    quick(_kind)

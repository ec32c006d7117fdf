"""What happened, as far as it is the member's own business: no notes, edits or tasks of the staff."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty.clock import rfc3339
from loyalty.members.tables import Member
from loyalty.web.backoffice.event_words import event_icon, event_sentence, points_word
from loyalty.web.backoffice.timeline_view import Event, PointsRow, read_timeline
from loyalty.web.shop import shop

SHOWN = ("purchase", "booking", "clock", "level", "joined")


@dataclass(frozen=True)
class Told:
    """One event in words."""

    icon: str
    sentence: str
    at: datetime
    rows: tuple[tuple[PointsRow, str], ...]
    """Movements of points with what each was."""


@dataclass(frozen=True)
class History:
    events: tuple[Told, ...]
    older: str
    """Where the next page begins, RFC 3339; empty when nothing is older."""


def read_history(session: Session, member: Member, before: datetime | None) -> History:
    """One page, the latest first."""
    levels = shop().levels
    lowest = levels[0].name if levels and not levels[0].threshold else None
    page = read_timeline(session, member, before, lowest)
    mine = [replace(event, rows=_own(event, member)) for event in page.events if event.kind in SHOWN]
    return History(tuple(_told(event) for event in mine), rfc3339(page.older) if page.older else "")


def _own(event: Event, member: Member) -> tuple[PointsRow, ...]:
    """Movements that can be explained here; those of a record that became part of this one only count in its sum."""
    return tuple(row for row in event.rows if row.member == member.id)


def _told(event: Event) -> Told:
    rows = tuple((row, points_word(row)) for row in event.rows)
    return Told(event_icon(event), event_sentence(event), event.at, rows)

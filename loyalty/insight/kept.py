"""Reports kept under a name, by the person who reads them, and those that are written as a file again and again."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.insight.standard import DAYS, REPORTS
from loyalty.members.care_tables import report_views

EVERY = ("", "day", "week", "month")
MOST = 30
_LONGEST_NAME = 60


def keep(
    session: Session, staff: str, name: str, report: str, days: tuple[date | None, date | None], every: str,
    now: datetime, today: date, *, mail: bool = False,
) -> str:  # fmt: skip
    """Its id; the same name again replaces it. With `every` the days move on: as many as they were, up to each day.

    `mail`: each file goes to its owner by e-mail too.
    """
    name, (first, last) = name.replace("\x00", "").strip()[:_LONGEST_NAME], days
    if not name:
        raise Invalid("Give the view a name.", pointer="/name")
    if report not in REPORTS:
        raise NotFound(f"There is no report {report[:60]!r}.")
    if every not in EVERY:
        raise Invalid("Choose never, every day, every week or every month.", pointer="/every")
    at = report_views.c
    session.execute(sa.delete(report_views).where(at.staff == staff, at.name == name))
    if len(kept_of(session, staff)) >= MOST:
        raise Conflict(f"You keep {MOST} views already; take one away first.")
    row = {
        "id": new_id("rvw", now), "staff": staff, "name": name, "report": report, "days": _length(first, last, today),
        "first": first if not every else None, "last": last if not every else None, "every": every,
        "next_on": today + timedelta(days=1) if every else None, "made_at": now,
        "mail": mail and bool(every),
    }  # fmt: skip
    session.execute(sa.insert(report_views), [row])
    return str(row["id"])


def _length(first: date | None, last: date | None, today: date) -> int:
    if first is None:
        return DAYS
    if (last or today) < first:
        raise Invalid("The last day lies before the first; mend the days.", pointer="/days")
    return ((last or today) - first).days + 1


def kept_of(session: Session, staff: str) -> list[Row[Any]]:
    """A person's own, by name."""
    at = report_views.c
    return list(session.execute(sa.select(report_views).where(at.staff == staff).order_by(at.name)))


def drop(session: Session, staff: str, id: str) -> Row[Any] | None:
    """Takes one of one's own away and gives it; None when it is gone already."""
    mine = (report_views.c.id == id, report_views.c.staff == staff)
    gone = session.execute(sa.select(report_views).where(*mine)).first()
    session.execute(sa.delete(report_views).where(*mine))
    return gone


def due(session: Session, today: date) -> list[Row[Any]]:
    """Those whose file is to be written on this local day or was missed before."""
    return list(session.execute(sa.select(report_views).where(report_views.c.next_on <= today)))


def days_of(view: Row[Any], today: date) -> tuple[date, date]:
    """First and last day of a scheduled view on `today`: up to yesterday, which is whole."""
    last = today - timedelta(days=1)
    return last - timedelta(days=view.days - 1), last


def written(session: Session, view: Row[Any], today: date) -> None:
    """Sets the next day after `today`; a server that stood still for a week writes one file, not seven."""
    session.execute(sa.update(report_views).where(report_views.c.id == view.id).values(next_on=_next(view, today)))


def _next(view: Row[Any], today: date) -> date:
    if view.every == "day":
        return today + timedelta(days=1)
    if view.every == "week":
        return today + timedelta(days=7 - (today - view.next_on).days % 7)
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)

"""The standard reports by name, and how one is read."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from loyalty.errors import LoyaltyError, NotFound
from loyalty.insight.device_wear import WEAR
from loyalty.insight.devices import DEVICES
from loyalty.insight.flows import FLOWS
from loyalty.insight.owed import OWED
from loyalty.insight.report import Books, Definition, Report, Span
from loyalty.insight.settlement import SETTLEMENT
from loyalty.insight.watch import WATCH
from loyalty.insight.who_brings import FRIENDS
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.sql_facts import SqlFacts

_ALL = (*OWED, *FLOWS, *SETTLEMENT, *FRIENDS, *WATCH, *DEVICES, *WEAR)
REPORTS: dict[str, Definition] = {each.name: each for each in _ALL}
DAYS = 28
"""How far back a report goes when nobody says."""


def read_report(session: Session, name: str, now: datetime, first: date | None, last: date | None) -> Report:
    """NotFound for an unknown name; `not_ready` while the shop has no programme. Default: the last 28 days."""
    if name not in REPORTS:
        raise NotFound(f"There is no report {name[:60]!r}; there are {', '.join(REPORTS)}.")
    version = SqlFacts(session).version(now)
    if version is None:
        raise LoyaltyError("The shop has no programme yet, so there is nothing to report.", code="not_ready")
    today = day_of(now, zone_of(version.programme.timezone))
    end = last or today
    span = Span(first or end - timedelta(days=DAYS - 1), end)
    return Report(REPORTS[name], span, REPORTS[name].read(Books(session, version.programme, span, today)))

"""Devices over a time: which stood still, how often and for how long, from what their counters told."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from loyalty.contract.fleet import IN_USE
from loyalty.db.fleet_tables import device_events, fleet_devices
from loyalty.insight.marked import N_
from loyalty.insight.report import Books, Cell, Column, Definition
from loyalty.points.calendar import end_of_day, start_of_day

ILL = ("needs_person", "fault", "offline")


def is_ill(event: Any) -> bool:
    """Whether a row of device_events says that a person has to do something."""
    return event.health in ILL and event.cause not in IN_USE


def devices(books: Books) -> list[tuple[Cell, ...]]:
    """Every device that is told of now or was in the time, the one that stood still longest first."""
    low, high = start_of_day(books.span.first, books.zone), end_of_day(books.span.last, books.zone)
    at, known = device_events.c, fleet_devices.c
    events: dict[tuple[str, str], list[Any]] = defaultdict(list)
    past = sa.select(at.counter, at.device, at.at, at.health, at.cause).where(at.at < high)
    for row in books.session.execute(past.order_by(at.counter, at.device, at.at)):
        events[row.counter, row.device].append(row)
    now = {(row.counter, row.device): row for row in books.session.execute(
        sa.select(known.counter, known.device, known.model, known.health, known.heard_at))}  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for place in sorted({*now, *events}):
        own = now.get(place)
        until = min(high, own.heard_at) if own else high
        times, hours, cause = _still(events.get(place, ()), low, until)
        if own or times:
            told = own.model if own and own.model else "–"
            rows.append((f"{place[0]} · {place[1]}", told, times, hours, cause or "–", own.health if own else "–"))
    return sorted(rows, key=lambda row: (-Decimal(str(row[3])), -int(str(row[2])), str(row[0])))


def _still(events: Sequence[Any], low: datetime, high: datetime) -> tuple[int, Decimal, str]:
    """Times that it fell ill in the time, hours that it stood still, and the commonest cause. A device that was ill
    already counts with its hours; after the last word of its counter nobody knows, and nothing is counted.
    """
    times, seconds, causes, since = 0, 0.0, Counter[str](), None
    for row in events:
        ill = is_ill(row)
        if since is not None and not ill:
            seconds += max(0.0, (row.at - max(since, low)).total_seconds())
            since = None
        elif since is None and ill:
            since = row.at
            if row.at >= low:
                times += 1
                causes[row.cause or row.health] += 1
    if since is not None:
        seconds += max(0.0, (high - max(since, low)).total_seconds())
    return times, round(Decimal(seconds) / 3600, 1), causes.most_common(1)[0][0] if causes else ""


DEVICES = (
    Definition(
        "devices",
        N_("Which devices stood still, and why?"),
        (
            Column("device", "text", N_("The counter and the device's name there.")),
            Column("model", "text", N_("As the device or its profile says.")),
            Column("stops", "count", N_("How often it came into a state that a person has to mend; one that"
                                        " waits for a card does not count.")),
            Column("hours", "ratio", N_("Hours in such a state in this time, up to the counter's last word. The last"
                                        " 300 changes of a device are known.")),
            Column("cause", "text", N_("The commonest cause in this time.")),
            Column("health", "text", N_("How it is now.")),
        ),
        devices,
        "hours",
    ),
)  # fmt: skip

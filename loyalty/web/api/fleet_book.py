"""What counters tell of their devices is kept: the present state of each, and every state it came into.

A report that says nothing new is noted once a minute only, so that the fleet costs sales nothing.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.contract.fleet import CounterReport, DeviceTold, StateTold
from loyalty.db.fleet_tables import counter_reports, device_events, device_wear, fleet_devices
from loyalty.db.session import read, write

NOTED_EVERY = timedelta(minutes=1)
KEPT_EVENTS = 300
"""Of each device: a loose cable must not fill the disk."""


def take_report(engine: Engine, counter: str, report: CounterReport, now: datetime) -> None:
    """Keeps what is new in the report; told twice it changes nothing."""
    with read(engine) as session:
        if not _says_anything_new(session, counter, report, now):
            return
    with write(engine) as session:
        _note_counter(session, counter, report, now)
        _note_devices(session, counter, report.devices, now)
        for told in report.devices:
            _note_wear(session, counter, told, now)
        for device in {change.device for change in report.changes}:
            _note_changes(session, counter, device, [one for one in report.changes if one.device == device])


def _says_anything_new(session: Session, counter: str, report: CounterReport, now: datetime) -> bool:
    known = session.execute(sa.select(counter_reports).where(counter_reports.c.counter == counter)).first()
    if known is None or report.changes or now - known.heard_at >= NOTED_EVERY:
        return True
    if (known.version, known.waiting) != (report.version, report.waiting):
        return True
    rows = session.execute(sa.select(fleet_devices).where(fleet_devices.c.counter == counter)).mappings()
    stands = {row["device"]: {key: row[key] for key in row if key not in ("counter", "heard_at")} for row in rows}
    return stands != {device.id: _row(device) for device in report.devices}


def _row(device: DeviceTold) -> dict[str, Any]:
    told = asdict(device)
    return {"device": told.pop("id"), **told}


def _note_counter(session: Session, counter: str, report: CounterReport, now: datetime) -> None:
    values = {"heard_at": now, "version": report.version, "waiting": report.waiting}
    known = sa.update(counter_reports).where(counter_reports.c.counter == counter).values(values)
    if not session.execute(known).rowcount:  # type: ignore[attr-defined]
        session.execute(sa.insert(counter_reports), [{"counter": counter, **values}])


def _note_devices(session: Session, counter: str, devices: tuple[DeviceTold, ...], now: datetime) -> None:
    session.execute(sa.delete(fleet_devices).where(fleet_devices.c.counter == counter))
    rows = {device.id: {"counter": counter, "heard_at": now, **_row(device)} for device in devices}
    if rows:
        session.execute(sa.insert(fleet_devices), list(rows.values()))


def _note_wear(session: Session, counter: str, device: DeviceTold, now: datetime) -> None:
    """Once a day at most where it stands still: a day without a row counts as the one before."""
    if not device.figures:
        return
    kept, today = device_wear.c, now.astimezone(UTC).date()
    of_device = sa.and_(kept.counter == counter, kept.device == device.id)
    latest = session.execute(sa.select(kept.day, kept.figures).where(of_device).order_by(kept.day.desc())).first()
    if latest is not None and latest.figures == device.figures:
        return
    if latest is not None and latest.day >= today:
        change = sa.update(device_wear).where(of_device, kept.day == latest.day)
        session.execute(change.values(figures=device.figures))
    else:
        row = {"counter": counter, "device": device.id, "day": today, "figures": device.figures}
        session.execute(sa.insert(device_wear), [row])


def _note_changes(session: Session, counter: str, device: str, changes: list[StateTold]) -> None:
    event = device_events.c
    of_device = sa.and_(event.counter == counter, event.device == device)
    stand = set(session.scalars(sa.select(event.at).where(of_device, event.at >= min(one.at for one in changes))))
    fresh = {one.at: one for one in changes if one.at not in stand}
    rows = [{"counter": counter, **asdict(one)} for one in fresh.values()]
    if rows:
        session.execute(sa.insert(device_events), rows)
    newest = sa.select(event.at).where(of_device).order_by(event.at.desc()).offset(KEPT_EVENTS).limit(1)
    if (oldest_gone := session.scalar(newest)) is not None:
        session.execute(sa.delete(device_events).where(of_device, event.at <= oldest_gone))

"""What the pages about counters and devices show: who is there, how each device is, what needs a hand first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.contract.fleet import IN_USE
from loyalty.db.fleet_tables import counter_reports, device_errands, device_events, fleet_devices
from loyalty.web.api.enrolments import FleetRow, fleet
from loyalty.web.api.errands import is_stale

SILENT_AFTER = timedelta(minutes=3)
"""A counter that is well is heard of at least every minute."""
CLOCK_OFF_S = 60
HISTORY, ERRANDS = 50, 6
_ILL = ("needs_person", "fault", "offline")


@dataclass(frozen=True)
class Device:
    """As its counter told last. `trouble`: somebody has to do something about it."""

    counter: str
    id: str
    role: str
    profile: str
    vendor: str
    model: str
    firmware: str
    health: str
    cause: str
    advice: str
    since: datetime
    simulated: bool
    figures: Mapping[str, int]
    heard_at: datetime

    @property
    def trouble(self) -> bool:
        return self.health in _ILL and self.cause not in IN_USE


@dataclass(frozen=True)
class Counter:
    """`state`: here, silent, expected (a code waits), new (a key, not heard of yet), or revoked."""

    id: str
    state: str
    heard_at: datetime | None
    version: str = ""
    waiting: int = 0
    clock_off_s: int = 0
    enrolled: bool = False
    devices: tuple[Device, ...] = field(default=())

    @property
    def troubles(self) -> int:
        """Devices that need a hand. A silent counter's are not known to."""
        return sum(device.trouble for device in self.devices) if self.state == "here" else 0

    @property
    def clock_is_off(self) -> bool:
        return self.state == "here" and abs(self.clock_off_s) >= CLOCK_OFF_S

    @property
    def urgency(self) -> int:
        """0 first: devices in trouble, silent, a wrong clock, all well, expected, revoked."""
        if self.troubles:
            return 0
        order = {"silent": 1, "here": 2 if self.clock_is_off else 3, "new": 4, "expected": 4, "revoked": 5}
        return order[self.state]

    @property
    def needs_a_hand(self) -> bool:
        return self.urgency <= 2


@dataclass(frozen=True)
class Errand:
    """One that was asked for, as far as it is. `status` is `late` for one not taken in time, or broken off."""

    id: str
    verb: str
    status: str
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None
    progress: Mapping[str, Any]
    has_file: bool

    @property
    def open(self) -> bool:
        return self.status in ("waiting", "taken")


def read_counters(session: Session, now: datetime) -> list[Counter]:
    """All of them, what needs a hand first; those of one urgency by name."""
    reports = {row.counter: row for row in session.execute(sa.select(counter_reports))}
    devices: dict[str, list[Device]] = {}
    for device in _devices(session):
        devices.setdefault(device.counter, []).append(device)
    known = {row.id: row for row in fleet(session, now)}
    found = [
        _counter(id, known.get(id), reports.get(id), devices.get(id, []), now) for id in sorted({*known, *reports})
    ]
    return sorted(found, key=lambda counter: counter.urgency)


def _counter(id: str, known: FleetRow | None, report: Any, devices: list[Device], now: datetime) -> Counter:
    heard = [at for at in (report and report.heard_at, known and known.last_seen_at) if at]
    heard_at = max(heard, default=None)
    if known and known.state == "revoked":
        state = "revoked"
    elif heard_at is None:
        state = "expected" if known and known.state == "code_waiting" else "new"
    else:
        state = "here" if now - heard_at < SILENT_AFTER else "silent"
    return Counter(
        id, state, heard_at, report.version if report else "", report.waiting if report else 0,
        known.clock_off_s if known else 0, bool(known and known.state == "enrolled"),
        tuple(sorted(devices, key=lambda device: (not device.trouble, device.id))),
    )  # fmt: skip


def _devices(session: Session, *where: sa.ColumnElement[bool]) -> Iterator[Device]:
    for row in session.execute(sa.select(fleet_devices).where(*where)).mappings():
        yield Device(**{("id" if key == "device" else key): value for key, value in row.items()})


def read_device(session: Session, counter: str, id: str) -> Device | None:
    """None for a device that its counter does not name (any more)."""
    here = (fleet_devices.c.counter == counter, fleet_devices.c.device == id)
    return next(_devices(session, *here), None)


def read_history(session: Session, counter: str, id: str) -> list[Any]:
    """States that the device came into (at, health, cause, advice), the latest first."""
    event = device_events.c
    of_device = sa.select(device_events).where(event.counter == counter, event.device == id)
    return list(session.execute(of_device.order_by(event.at.desc()).limit(HISTORY)).all())


def read_errands(session: Session, counter: str, id: str, now: datetime) -> list[Errand]:
    """The last that were asked for, the latest first."""
    errand = device_errands.c
    columns = [column for column in errand if column.name != "file"]
    asked = sa.select(*columns, errand.file.is_not(None).label("has_file"))
    of_device = asked.where(errand.counter == counter, errand.device == id).order_by(errand.id.desc()).limit(ERRANDS)
    return [
        Errand(row.id, row.verb, "late" if is_stale(row, now) else row.status, row.asked_at, row.asked_by,
               row.ended_at, row.progress, row.has_file)
        for row in session.execute(of_device)
    ]  # fmt: skip


def count_needing_a_hand(session: Session, now: datetime) -> tuple[int, int]:
    """Devices in trouble, and counters that fell silent."""
    found = read_counters(session, now)
    return sum(counter.troubles for counter in found), sum(counter.state == "silent" for counter in found)

"""Errands: what the back office asks of a device from afar. The counter fetches them with its report and tells how far.

An errand that no counter took within a quarter of an hour is late: nobody wants a card printed the next morning.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.contract.fleet import BUNDLE, CHECK, DROPPED, LATE, OPEN, TAKEN, WAITING, Errand, ErrandReport
from loyalty.db.fleet_tables import device_errands as errands
from loyalty.db.fleet_tables import fleet_devices
from loyalty.db.session import write
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id

TAKEN_WITHIN, SILENT_AFTER = timedelta(minutes=15), timedelta(minutes=5)
KEPT_FILES = 3
"""Support bundles of each device."""


def ask(session: Session, counter: str, device: str, verb: str, by: str, now: datetime) -> str:
    """The errand's id. NotFound for a device that its counter does not name; Conflict while the same one is open."""
    if verb not in (CHECK, BUNDLE):
        raise Invalid(f"A device can be asked for {CHECK} or {BUNDLE}.", pointer="/verb")
    device_row = sa.and_(fleet_devices.c.counter == counter, fleet_devices.c.device == device)
    if session.execute(sa.select(fleet_devices.c.role).where(device_row)).first() is None:
        raise NotFound("The counter does not name this device any more; look at the list of devices.")
    drop_stale(session, now)
    of_device = sa.and_(errands.c.counter == counter, errands.c.device == device)
    if session.execute(sa.select(errands.c.id).where(of_device, errands.c.verb == verb, is_open())).first():
        raise Conflict("This is being done already; wait for the result.")
    id = new_id("err", now)
    row = {"id": id, "counter": counter, "device": device, "verb": verb, "status": WAITING, "asked_at": now,
           "asked_by": by[:255], "progress": {}}  # fmt: skip
    session.execute(sa.insert(errands), [row])
    return id


def is_open() -> sa.ColumnElement[bool]:
    return errands.c.status.in_(OPEN)


def open_errands(session: Session, counter: str, now: datetime) -> list[Errand]:
    """Those that this counter is to do, the oldest first; one that it began before and lost is among them."""
    rows = session.execute(sa.select(errands).where(errands.c.counter == counter, is_open()).order_by(errands.c.id))
    return [Errand(row.id, row.device, row.verb) for row in rows if not is_stale(row, now)]


def is_stale(row: Any, now: datetime) -> bool:
    """Not taken in time, or its counter fell silent over it."""
    if row.status == WAITING:
        return bool(now - row.asked_at > TAKEN_WITHIN)
    return bool(row.status == TAKEN and now - (row.heard_at or row.asked_at) > SILENT_AFTER)


def drop(session: Session, id: str, now: datetime) -> tuple[str, str]:
    """Nobody wants it any more: its counter and device. Conflict when the counter has begun, NotFound without one."""
    row = session.execute(sa.select(errands.c.counter, errands.c.device).where(errands.c.id == id)).first()
    if row is None:
        raise NotFound("There is no such errand.")
    waiting = sa.and_(errands.c.id == id, errands.c.status == WAITING)
    ended = session.execute(sa.update(errands).where(waiting).values(status=DROPPED, ended_at=now))
    if not ended.rowcount:  # type: ignore[attr-defined]
        raise Conflict("The counter has begun already, or this is over.")
    return row.counter, row.device


def drop_stale(session: Session, now: datetime) -> None:
    for row in session.execute(sa.select(errands).where(is_open())).all():
        if is_stale(row, now):
            session.execute(sa.update(errands).where(errands.c.id == row.id).values(status=LATE, ended_at=now))


def take_errand_report(engine: Engine, counter: str, id: str, report: ErrandReport, now: datetime) -> str:
    """The errand's status afterwards. What comes after its end changes nothing; NotFound when there is none."""
    with write(engine) as session:
        row = session.execute(sa.select(errands).where(errands.c.id == id, errands.c.counter == counter)).first()
        if row is None:
            raise NotFound("This counter has no such errand.")
        if row.status not in OPEN:
            return str(row.status)
        told = asdict(report)
        packed = _unpacked(told.pop("file"))
        over = report.status not in OPEN
        values = {"status": report.status, "heard_at": now, "ended_at": now if over else None, "progress": told,
                  "file": packed or None}  # fmt: skip
        session.execute(sa.update(errands).where(errands.c.id == id).values(values))
        if packed:
            _forget_old_files(session, row)
    return report.status


def _unpacked(file: str) -> bytes:
    try:
        packed = b64decode(file, validate=True)
    except NotBase64 as error:
        raise Invalid("The file is not in base64.", pointer="/file") from error
    if packed and not packed.startswith(b"PK"):
        raise Invalid("The file is no zip archive.", pointer="/file")
    return packed


def _forget_old_files(session: Session, row: Any) -> None:
    with_file = sa.and_(errands.c.counter == row.counter, errands.c.device == row.device, errands.c.file.is_not(None))
    files = list(session.scalars(sa.select(errands.c.id).where(with_file).order_by(errands.c.id.desc())))
    session.execute(sa.update(errands).where(errands.c.id.in_(files[KEPT_FILES:])).values(file=None))


def bundle_of(session: Session, id: str) -> tuple[str, bytes]:
    """The device's name and the zip file of a done errand; NotFound when there is none (any more)."""
    row = session.execute(sa.select(errands.c.device, errands.c.file).where(errands.c.id == id)).first()
    if row is None or row.file is None:
        raise NotFound("There is no such support bundle (any more); ask the counter for a new one.")
    return row.device, row.file

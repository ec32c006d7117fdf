"""Endpoints: who is told, of what, and with which secret. Everything here runs in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Invalid, LimitExceeded, NotFound
from loyalty.ids import new_id
from loyalty.webhooks.happenings import TYPES, Place, present
from loyalty.webhooks.sealing import opened, sealed
from loyalty.webhooks.signature import new_secret
from loyalty.webhooks.tables import deliveries, endpoints
from loyalty.webhooks.way_out import checked_url

MOST = 20
BOTH_GOOD = timedelta(hours=24)
"""After a rotation messages carry the signature of the former secret too."""


@dataclass(frozen=True)
class Endpoint:
    """`types` empty: all. `stopped`: why nothing is sent any more; empty while it is."""

    id: str
    url: str
    types: tuple[str, ...]
    name: str
    made_at: datetime
    stopped: str
    place: Place


def add(session: Session, url: str, types: Sequence[str], name: str, key: str, inside: bool, now: datetime) -> Endpoint:
    """A new one; it is told what happens from now on. `key`: of the installation."""
    count = session.scalar(sa.select(sa.func.count()).select_from(endpoints)) or 0
    if count >= MOST:
        raise LimitExceeded(f"There are {MOST} endpoints already; delete one first.")
    for type in types:
        if type not in TYPES:
            raise Invalid(f"There is no type {type[:40]!r}; there are: {', '.join(TYPES)}.", pointer="/types")
    place = present(session)
    row = {
        "id": new_id("whe", now),
        "url": checked_url(url, inside),
        "types": sorted(set(types)),
        "name": name,
        "sealed": sealed(new_secret(), key),
        "former": "",
        "former_until": None,
        "made_at": now,
        "stopped": "",
        "ledger": place.ledger,
        "audit": place.audit,
    }
    session.execute(sa.insert(endpoints), [row])
    return get(session, str(row["id"]))


def get(session: Session, id: str) -> Endpoint:
    """NotFound when there is none."""
    row = session.execute(sa.select(endpoints).where(endpoints.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no endpoint {id[:60]!r}.")
    return _of(row)


def every(session: Session) -> list[Endpoint]:
    """All of them, the oldest first."""
    return [_of(row) for row in session.execute(sa.select(endpoints).order_by(endpoints.c.id))]


def drop(session: Session, id: str) -> Endpoint:
    """It is told nothing more; what still waits for it goes too."""
    gone = get(session, id)
    session.execute(sa.delete(deliveries).where(deliveries.c.endpoint == id))
    session.execute(sa.delete(endpoints).where(endpoints.c.id == id))
    return gone


def resume(session: Session, id: str) -> Endpoint:
    """Sends again to one that was stopped: what happened meanwhile too."""
    get(session, id)
    session.execute(sa.update(endpoints).where(endpoints.c.id == id).values(stopped=""))
    return get(session, id)


def stop(session: Session, id: str, why: str) -> None:
    """Nothing is sent until somebody resumes it."""
    session.execute(sa.update(endpoints).where(endpoints.c.id == id).values(stopped=why[:400]))


def rotate(session: Session, id: str, key: str, now: datetime) -> Endpoint:
    """A new secret; the present one is good for BOTH_GOOD more."""
    get(session, id)
    former = session.scalar(sa.select(endpoints.c.sealed).where(endpoints.c.id == id))
    change = {"sealed": sealed(new_secret(), key), "former": former, "former_until": now + BOTH_GOOD}
    session.execute(sa.update(endpoints).where(endpoints.c.id == id).values(**change))
    return get(session, id)


def secrets_of(session: Session, id: str, key: str, now: datetime) -> list[str]:
    """The present one, then the one before it as long as that is good."""
    c = endpoints.c
    row = session.execute(sa.select(c.sealed, c.former, c.former_until).where(c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no endpoint {id[:60]!r}.")
    good = [row.sealed, *([row.former] if row.former and row.former_until > now else [])]
    return [opened(each, key) for each in good]


def _of(row: sa.Row[tuple[object, ...]]) -> Endpoint:
    place = Place(row.ledger, row.audit)
    return Endpoint(row.id, row.url, tuple(row.types), row.name, row.made_at, row.stopped, place)

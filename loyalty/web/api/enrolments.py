"""Counters come in by a one-time code: made here, typed there, changed into a key of that counter alone.

The code works once and for half an hour; only its hash is kept. A counter that is enrolled again (its machine was
replaced) loses its former key; one that is stolen or given up is revoked, and its key stops at once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.tables import counters
from loyalty.errors import Conflict, Invalid, LoyaltyError, NotFound
from loyalty.ids import new_id
from loyalty.web.api.keys import create_key, hash_of, revoke_key
from loyalty.web.api.tables import api_keys
from loyalty.web.api.tables import counter_enrolments as enrolments

VALID_FOR = timedelta(minutes=30)
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are taken for one another."""
_LENGTH = 10


@dataclass(frozen=True)
class MadeCode:
    """`code` is shown this once."""

    counter: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Enrolled:
    """`key` is told this once."""

    counter: str
    key: str


@dataclass(frozen=True)
class FleetRow:
    """One counter as the server knows it. `state`: enrolled, code_waiting, revoked, or by_key (a key made by hand)."""

    id: str
    state: str
    last_seen_at: datetime | None
    last_seq: int
    clock_off_s: int
    enrolled_at: datetime | None


def make_code(session: Session, counter: str, by: str, now: datetime) -> MadeCode:
    """A code for this counter; one made before and not used is void. Invalid for a name that is none."""
    counter = counter.strip()
    if not 1 <= len(counter) <= 60 or ":" in counter or not counter.isprintable() or not counter.isascii():
        raise Invalid("A counter's name has 1 to 60 plain characters without a colon, such as till-1.", pointer="/id")
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    open_ones = sa.and_(enrolments.c.counter == counter, enrolments.c.used_at.is_(None))
    session.execute(sa.update(enrolments).where(open_ones, enrolments.c.expires_at > now).values(expires_at=now))
    row = {
        "id": new_id("enr", now),
        "counter": counter,
        "code_hash": hash_of(code),
        "made_at": now,
        "made_by": by[:120],
        "expires_at": now + VALID_FOR,
    }
    session.execute(sa.insert(enrolments), [row])
    return MadeCode(counter, f"{code[:5]}-{code[5:]}", now + VALID_FOR)


def enrol(session: Session, code: str, now: datetime) -> Enrolled:
    """Changes a code into the counter's key. `unauthorized` in one sentence for one that does not work (any more)."""
    row = refuse_unknown(session, code, now)
    _stop_keys(session, row.counter, now)
    made = create_key(session, ["counter"], now, name=row.counter)
    session.execute(sa.update(enrolments).where(enrolments.c.id == row.id).values(used_at=now, key=made.id))
    return Enrolled(row.counter, made.key)


def refuse_unknown(session: Session, code: str, now: datetime) -> sa.Row[tuple[Any, ...]]:
    """The row of a code that is good now. `unauthorized` for any other; only reads."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    row = session.execute(sa.select(enrolments).where(enrolments.c.code_hash == hash_of(plain))).first()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise LoyaltyError(
            "This code is unknown, was used already or is older than half an hour; make a new one.", code="unauthorized"
        )
    return row


def revoke(session: Session, counter: str, now: datetime) -> None:
    """The counter's key and waiting code stop at once; what it has not sent yet stays on its disk. NotFound if none."""
    stopped = _stop_keys(session, counter, now)
    waiting = sa.and_(enrolments.c.counter == counter, enrolments.c.used_at.is_(None), enrolments.c.expires_at > now)
    ended = session.execute(sa.update(enrolments).where(waiting).values(expires_at=now, revoked_at=now))
    if not stopped and not ended.rowcount:  # type: ignore[attr-defined]
        raise NotFound(f"No counter {counter[:60]!r} is enrolled; look at the list of counters.")


def restore(session: Session, counter: str, now: datetime) -> None:
    """Takes a revocation back while that is fresh: the same key works again. Conflict when it is too late."""
    latest = sa.select(enrolments).where(enrolments.c.counter == counter).order_by(enrolments.c.id.desc()).limit(1)
    row = session.execute(latest).first()
    if row is None or row.key is None or row.revoked_at is None or now - row.revoked_at > VALID_FOR:
        raise Conflict("This cannot be taken back any more; make a code and enrol the counter again.")
    session.execute(sa.update(enrolments).where(enrolments.c.id == row.id).values(revoked_at=None))
    session.execute(sa.update(api_keys).where(api_keys.c.id == row.key).values(revoked_at=None))


def _stop_keys(session: Session, counter: str, now: datetime) -> bool:
    of_counter = sa.and_(
        enrolments.c.counter == counter, enrolments.c.key.is_not(None), enrolments.c.revoked_at.is_(None)
    )
    keys = list(session.scalars(sa.select(enrolments.c.key).where(of_counter)))
    for key in keys:
        revoke_key(session, key, now)
    session.execute(sa.update(enrolments).where(of_counter).values(revoked_at=now))
    return bool(keys)


def fleet(session: Session, now: datetime) -> list[FleetRow]:
    """Every counter that was ever heard of or that a code was made for, by name."""
    seen = {row.id: row for row in session.execute(sa.select(counters))}
    latest = {row.counter: row for row in session.execute(sa.select(enrolments).order_by(enrolments.c.id))}
    rows = []
    for id in sorted({*seen, *latest}):
        known, one = seen.get(id), latest.get(id)
        if one is None:
            state = "by_key"
        elif one.key is not None:
            state = "revoked" if one.revoked_at else "enrolled"
        else:
            state = "code_waiting" if one.expires_at > now else "revoked"
        rows.append(FleetRow(
            id, state, known.last_seen_at if known else None, known.last_seq if known else 0,
            (known.clock_off_s or 0) if known else 0, one.used_at if one else None,
        ))  # fmt: skip
    return rows

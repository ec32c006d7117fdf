"""A member's PIN: 4 to 8 digits, kept as an argon2id hash, tried a few times only.

A PIN has few digits, so the limit on tries is what protects it: after five wrong ones in a row nobody can try for a
quarter of an hour, after ten only staff can open it again by setting a new one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Session

from loyalty.db.base import Base, Moment
from loyalty.errors import Invalid
from loyalty.members.tables import KEY

TRIES, LAST_TRY, REST = 5, 10, timedelta(minutes=15)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's lower setting for argon2id (19 MiB, 2 rounds): about 20 ms, at a kiosk's pace no burden."""

member_pins = Table(
    "member_pins",
    Base.metadata,
    Column("member_id", KEY, ForeignKey("members.id"), primary_key=True),
    Column("hash", String(255), nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("closed_until", Moment),
    Column("set_at", Moment, nullable=False),
)


@dataclass(frozen=True)
class PinAnswer:
    """`status`: ok, wrong, closed (too many wrong ones), none (no PIN was ever set). `left`: tries before it closes."""

    status: str
    left: int = 0


def set_pin(session: Session, member: str, pin: str, now: datetime) -> None:
    """The member's PIN from now on; also opens one that was closed. Invalid unless 4 to 8 digits that nobody guesses
    first."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise Invalid("A PIN is 4 to 8 digits.", pointer="/pin")
    steps = {int(second) - int(first) for first, second in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise Invalid("This PIN is too easy to guess (1111, 1234); choose another.", pointer="/pin")
    session.execute(sa.delete(member_pins).where(member_pins.c.member_id == member))
    session.execute(
        sa.insert(member_pins).values(member_id=member, hash=_HASHER.hash(pin), wrong=0, closed_until=None, set_at=now)
    )


def try_pin(session: Session, member: str, pin: str, now: datetime) -> PinAnswer:
    """Is it the member's PIN? A wrong one is counted; the caller must commit whatever the answer is."""
    row = session.execute(
        sa.select(member_pins).where(member_pins.c.member_id == member).with_for_update()
    ).one_or_none()  # fmt: skip
    if row is None:
        return PinAnswer("none")
    if row.wrong >= LAST_TRY or (row.closed_until is not None and now < row.closed_until):
        return PinAnswer("closed")
    right = _fits(row.hash, pin)
    wrong = 0 if right else row.wrong + 1
    closed = now + REST if wrong and wrong % TRIES == 0 else None
    session.execute(
        sa.update(member_pins).where(member_pins.c.member_id == member).values(wrong=wrong, closed_until=closed)
    )
    if right:
        return PinAnswer("ok")
    return PinAnswer("closed") if closed else PinAnswer("wrong", TRIES - wrong % TRIES)


def _fits(kept: str, pin: str) -> bool:
    try:
        return _HASHER.verify(kept, pin)
    except VerificationError:
        return False

"""Takes messages out of the outbox and hands them to their gateways: one after the other, never faster than agreed.

A message is marked before it is handed over and settled afterwards. Whoever is killed in between leaves it marked; it
becomes `unsure` and is never sent again by itself, because a member should rather miss an offer than get it twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.clock import Clock
from loyalty.db.session import read, write
from loyalty.members.message_tables import message_stops, message_templates, messages
from loyalty.members.tables import Member
from loyalty.messages.allowed import address_hash, verdict
from loyalty.messages.gateways import Gateway, Handed
from loyalty.messages.mail import Parcel
from loyalty.messages.post import address_of
from loyalty.messages.rules import Rules, rules_of
from loyalty.messages.unsubscribe import Links

BACK_OFF_MIN = (2, 8, 32, 128, 512)
"""Minutes before the second, third … try; after the last one it has failed."""
FORGOTTEN = timedelta(minutes=15)
"""A message handed over so long ago without a word was cut off in the middle."""


@dataclass(frozen=True)
class Post:
    """What a round needs. shop: the name to sign with. per_minute: most that leave in a minute over all channels.

    pause: waits so many seconds; True ends the round.
    """

    gateways: Mapping[str, Gateway]
    links: Links
    shop: Callable[[Session], str]
    clock: Clock
    pause: Callable[[float], object]
    per_minute: int = 120


def deliver(engine: Engine, post: Post) -> dict[str, int]:
    """Hands over everything that is due now; how many met which fate."""
    _free_forgotten(engine, post.clock())
    found: dict[str, int] = {}
    for channel, gateway in post.gateways.items():
        while (id := _next(engine, channel, post.clock())) is not None:
            taken = _take(engine, id, post)
            fate = taken if isinstance(taken, str) else _hand_over(engine, gateway, taken, post)
            found[fate] = found.get(fate, 0) + 1
            if not isinstance(taken, str) and post.pause(60 / post.per_minute):
                return found
    return found


def _next(engine: Engine, channel: str, now: datetime) -> str | None:
    at = messages.c
    due = sa.select(at.id).where(at.status == "waiting", at.channel == channel, at.not_before <= now)
    with read(engine) as session:
        return session.scalar(due.order_by(at.not_before, at.id).limit(1))


def _take(engine: Engine, id: str, post: Post) -> Parcel | str:
    """Marks it as on its way. The fate instead when it may no longer be sent, must wait, or somebody else has it."""
    now = post.clock()
    with write(engine) as session:
        row = session.execute(sa.select(messages).where(messages.c.id == id)).one()
        if row.status != "waiting" or row.not_before > now:
            return "taken"
        member = session.get_one(Member, row.member_id)
        address = address_of(session, member, row.channel)
        said = verdict(session, member, row.channel, row.purpose, address, now, rules_of(session, now), id)
        if not said.allowed:
            _settle(session, id, status="withheld", reason=said.reason, ended_at=now)
            return "withheld"
        if said.not_before > now:
            _settle(session, id, not_before=said.not_before)
            return "postponed"
        _settle(session, id, status="sending", tries=row.tries + 1, ended_at=now)
        look = session.scalar(sa.select(message_templates.c.look).where(message_templates.c.id == row.template_id))
        return Parcel(
            id, address, member.name, row.language, row.subject, row.body, post.shop(session), look or "plain",
            post.links.url(id),
        )  # fmt: skip


def _hand_over(engine: Engine, gateway: Gateway, parcel: Parcel, post: Post) -> str:
    handed = gateway.hand_over(parcel)
    with write(engine) as session:
        return settle(session, parcel, handed, post.clock())


def settle(session: Session, parcel: Parcel, handed: Handed, now: datetime) -> str:
    """Writes down what came of it; the message's status now."""
    at = messages.c
    row = session.execute(sa.select(at.tries, at.member_id, at.channel).where(at.id == parcel.id)).one()
    if handed.fate == "again" and row.tries <= len(BACK_OFF_MIN):
        later = now + timedelta(minutes=BACK_OFF_MIN[row.tries - 1])
        _settle(session, parcel.id, status="waiting", not_before=later, error=handed.said)
        return "waiting"
    status = "failed" if handed.fate == "again" else handed.fate
    reason = {"bounced": "address_gone", "failed": "not_taken", "unsure": "line_broke"}.get(status, "")
    _settle(session, parcel.id, status=status, reason=reason, error=handed.said, ended_at=now)
    if status == "bounced":
        stop(session, row.member_id, row.channel, parcel.address, handed.said, now)
    return status


def stop(session: Session, member: str, channel: str, address: str, said: str, now: datetime) -> None:
    """Nothing more is sent to this address of the member."""
    at = message_stops.c
    session.execute(sa.delete(message_stops).where(at.member_id == member, at.channel == channel))
    row = {"member_id": member, "channel": channel, "address_hash": address_hash(address), "at": now, "said": said}
    session.execute(sa.insert(message_stops), [row])


def leaving(
    session: Session, channel: str, now: datetime, rules: Rules, *, member: str = "", until: str = "", limit: int = 100
) -> list[sa.Row[Any]]:
    """Letters or hints that may leave now, the oldest first; those that may no longer are withheld.

    Only of one member, only up to the message `until`, where these are given. Call it inside `write`.
    """
    at = messages.c
    due = sa.select(messages).where(at.status == "waiting", at.channel == channel).order_by(at.id).limit(limit)
    due = due.where(at.member_id == member) if member else due
    due = due.where(at.id <= until) if until else due
    found = []
    for row in session.execute(due).all():
        person = session.get_one(Member, row.member_id)
        address = address_of(session, person, channel)
        said = verdict(session, person, channel, row.purpose, address, now, rules, row.id)
        if said.allowed:
            found.append(row)
        else:
            _settle(session, row.id, status="withheld", reason=said.reason, ended_at=now)
    return found


def finish(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Letters that were printed, hints that were said: they count as sent."""
    due = sa.update(messages).where(messages.c.id.in_(ids), messages.c.status == "waiting")
    session.execute(due.values(status="sent", ended_at=now))


def _free_forgotten(engine: Engine, now: datetime) -> None:
    at = messages.c
    old = sa.and_(at.status == "sending", at.ended_at < now - FORGOTTEN)
    with read(engine) as session:
        if session.scalar(sa.select(at.id).where(old).limit(1)) is None:
            return
    with write(engine) as session:
        session.execute(sa.update(messages).where(old).values(status="unsure", reason="line_broke", ended_at=now))


def _settle(session: Session, id: str, **values: Any) -> None:
    session.execute(sa.update(messages).where(messages.c.id == id).values(**values))

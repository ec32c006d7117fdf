"""From happenings to messages, and messages to their endpoints: again after a fault, given up after days.

A message is claimed before it is sent, so that two servers on one database do not send it twice at once; a server that
dies meanwhile leaves it to the next turn. Receivers tell doubles by `webhook-id`.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.clock import Clock, rfc3339
from loyalty.db.session import read, write
from loyalty.errors import LoyaltyError, NotFound
from loyalty.webhooks import endpoints as book
from loyalty.webhooks.happenings import TEST, Happening, Place, since
from loyalty.webhooks.signature import headers
from loyalty.webhooks.tables import deliveries, endpoints
from loyalty.webhooks.way_out import GONE, Answered, post

AT_ONCE, READ_AT_ONCE = 100, 500
"""Messages of one turn; happenings that are written down in one transaction."""
AFTER_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pauses after the first, second … fault, those of the Standard Webhooks specification; then it is given up."""
CLAIM = timedelta(minutes=2)
KEPT = timedelta(days=30)
LINES = 4
"""Endpoints that are sent to at the same time: a slow one must not delay the others."""

Send = Callable[[str, bytes, dict[str, str], bool], Answered]


@dataclass(frozen=True)
class Way:
    """`key`: the installation's, opens the secrets. `inside`: the shop's own network is allowed."""

    key: str
    inside: bool
    clock: Clock
    send: Send = post


@dataclass(frozen=True)
class Message:
    id: str
    endpoint: str
    url: str
    body: bytes
    attempts: int


def body_of(type: str, at: datetime, data: Any) -> str:
    """The message as it is signed and sent: `{type, timestamp, data}`."""
    return json.dumps(
        {"type": type, "timestamp": rfc3339(at), "data": data},
        ensure_ascii=False,
        separators=(",", ":"),
        default=_plain,
    )


def fan_out(engine: Engine, now: datetime) -> int:
    """Writes a message for each happening that an endpoint wants and was not told. Once more until it gives 0."""
    with read(engine) as session:
        waiting = [each for each in book.every(session) if not each.stopped]
        moves = [(each, *since(session, each.place, each.types, READ_AT_ONCE)) for each in waiting]
    return sum(_write_down(engine, each, told, place, now) for each, told, place in moves if place != each.place)


def _write_down(engine: Engine, endpoint: book.Endpoint, told: Sequence[Happening], place: Place, now: datetime) -> int:
    """1, or 0 where another server was quicker."""
    c, former = endpoints.c, endpoint.place
    here = sa.and_(c.id == endpoint.id, c.ledger == former.ledger, c.audit == former.audit)
    with write(engine) as session:
        moved = sa.update(endpoints).where(here).values(ledger=place.ledger, audit=place.audit)
        if session.execute(moved).rowcount == 0:  # type: ignore[attr-defined]
            return 0
        if told:
            session.execute(sa.insert(deliveries), [_row(endpoint.id, each, now) for each in told])
    return 1


def _row(endpoint: str, happening: Happening, now: datetime) -> dict[str, Any]:
    return {
        "id": f"{happening.id}.{endpoint.removeprefix('whe_')}",
        "endpoint": endpoint,
        "event": happening.id,
        "type": happening.type,
        "body": body_of(happening.type, happening.at, happening.data),
        "made_at": now,
        "due_at": now,
        "attempts": 0,
        "state": "waiting",
        "said": "",
    }


def try_out(session: Session, endpoint: str, event: str, now: datetime) -> str:
    """A message of the type webhook.test for one endpoint; its id."""
    book.get(session, endpoint)
    row = {
        **dict.fromkeys(("id", "event"), event), "endpoint": endpoint, "type": TEST, "state": "waiting", "said": "",
        "body": body_of(TEST, now, {"endpoint": endpoint}), "made_at": now, "due_at": now, "attempts": 0,
    }  # fmt: skip
    session.execute(sa.insert(deliveries), [row])
    return event


def resend(session: Session, id: str, now: datetime) -> None:
    """The message `id` is due once more, whatever came of it before. NotFound when it is not kept any more."""
    change = {"state": "waiting", "due_at": now, "attempts": 0}
    done = session.execute(sa.update(deliveries).where(deliveries.c.id == id).values(**change))
    if done.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound(f"There is no message {id[:60]!r}; messages are kept for 30 days.")


def send_due(engine: Engine, way: Way) -> int:
    """Sends what is due, each endpoint's messages one after the other; how many were tried."""
    messages = _claim(engine, way.clock())
    if not messages:
        return 0
    lanes: dict[str, list[Message]] = {}
    for each in messages:
        lanes.setdefault(each.endpoint, []).append(each)
    with ThreadPoolExecutor(LINES, thread_name_prefix="webhook") as pool:
        list(pool.map(lambda lane: _send_lane(engine, way, lane), lanes.values()))
    return len(messages)


def _claim(engine: Engine, now: datetime) -> Sequence[Message]:
    d, e = deliveries.c, endpoints.c
    due = sa.select(d.id, d.endpoint, d.body, d.attempts, e.url).join(endpoints, e.id == d.endpoint)
    due = due.where(d.due_at <= now, e.stopped == "").order_by(d.due_at, d.id).limit(AT_ONCE)
    with read(engine) as session:
        if session.execute(due.limit(1)).first() is None:
            return []
    with write(engine) as session:
        found = [
            Message(row.id, row.endpoint, row.url, row.body.encode(), row.attempts) for row in session.execute(due)
        ]
        taken = sa.update(deliveries).where(d.id.in_([each.id for each in found])).values(due_at=now + CLAIM)
        session.execute(taken)
    return found


def _send_lane(engine: Engine, way: Way, lane: Sequence[Message]) -> None:
    """To one endpoint. Where nobody answers, the rest waits too: each would only cost the same patience again."""
    silent: Answered | None = None
    for each in lane:
        answered = silent or _sent(engine, way, each)
        _keep(engine, each, answered, way.clock())
        if answered.status == 0 or answered.status == GONE:
            silent = answered


def _sent(engine: Engine, way: Way, message: Message) -> Answered:
    now = way.clock()
    try:
        with read(engine) as session:
            keys = book.secrets_of(session, message.endpoint, way.key, now)
    except LoyaltyError as fault:
        return Answered(0, str(fault))
    head = {"content-type": "application/json", "user-agent": "loyalty", **headers(keys, message.id, now, message.body)}
    return way.send(message.url, message.body, head, way.inside)


def _keep(engine: Engine, message: Message, answered: Answered, now: datetime) -> None:
    """What came of one attempt."""
    attempts = message.attempts + 1
    change: dict[str, Any] = {"attempts": attempts, "said": answered.said[:200]}
    if answered.fine:
        change |= {"state": "arrived", "due_at": None}
    elif attempts > len(AFTER_S):
        change |= {"state": "given_up", "due_at": None}
    else:
        change |= {"state": "waiting", "due_at": now + timedelta(seconds=AFTER_S[attempts - 1])}
    with write(engine) as session:
        session.execute(sa.update(deliveries).where(deliveries.c.id == message.id).values(**change))
        if answered.status == GONE:
            book.stop(session, message.endpoint, f"The endpoint answered {GONE}: it does not want to be told any more.")
        elif change["state"] == "given_up" and not _hears(session, message):
            book.stop(session, message.endpoint, f"A message did not arrive in {attempts} attempts: {answered.said}")


def _hears(session: Session, message: Message) -> bool:
    """Whether later messages arrived: then it is this one that the endpoint cannot take."""
    d = deliveries.c
    made = sa.select(d.made_at).where(d.id == message.id).scalar_subquery()
    later = sa.select(d.id).where(d.endpoint == message.endpoint, d.state == "arrived", d.made_at > made)
    return session.execute(later.limit(1)).first() is not None


def clear_old(engine: Engine, now: datetime) -> None:
    """Messages are kept for KEPT, arrived or not."""
    with write(engine) as session:
        session.execute(sa.delete(deliveries).where(deliveries.c.made_at < now - KEPT))


def _plain(value: Any) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)

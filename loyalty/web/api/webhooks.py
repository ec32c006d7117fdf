"""Calls about endpoints: programs elsewhere that are told what happened (Standard Webhooks)."""

from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Session

from loyalty.clock import rfc3339
from loyalty.ids import new_id
from loyalty.web.api.answers import Given, Moment
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.schemas import Name, PageQuery, Strict
from loyalty.web.secret import secret_key
from loyalty.webhooks import endpoints as book
from loyalty.webhooks.deliver import resend as send_again
from loyalty.webhooks.deliver import try_out
from loyalty.webhooks.tables import deliveries


class EndpointBody(Strict):
    """`types`: which happenings, all when left out."""

    url: Annotated[str, Field(min_length=1, max_length=2_000)]
    types: Annotated[tuple[Name, ...], Field(max_length=40)] = ()
    name: Annotated[str, Field(max_length=120)] = ""


class EndpointAnswer(Given):
    id: str
    url: str
    types: list[str]
    name: str
    made_at: Moment
    stopped: str = Field(description="Why nothing is sent any more; empty while it is.")


class EndpointsAnswer(Given):
    endpoints: list[EndpointAnswer]


class SecretAnswer(Given):
    secret: str


class DeliveryAnswer(Given):
    id: str
    event: str
    type: str
    made_at: Moment
    state: str
    attempts: int
    next_at: Moment | None
    said: str


class DeliveriesAnswer(Given):
    deliveries: list[DeliveryAnswer]
    next: str | None = Field(description="Ask again with this cursor; null at the end.")


class QueuedAnswer(Given):
    id: str


@call("POST", "/webhook-endpoints", scope="webhooks", body=EndpointBody, status=201, gives=EndpointAnswer,
      answer="The endpoint; its secret is asked for by a call of its own.")  # fmt: skip
def add(session: Session, asked: Asked[EndpointBody]) -> dict[str, Any]:
    """Somebody more is told what happens from now on."""
    body, config = asked.body, asked.services.config
    key = secret_key(config.data_dir)
    return _shown(book.add(session, body.url, body.types, body.name, key, config.webhooks_inside, asked.now))


@call("GET", "/webhook-endpoints", scope="webhooks", gives=EndpointsAnswer, answer="All of them.")
def every(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Who is told."""
    return {"endpoints": [_shown(each) for each in book.every(session)]}


@call("GET", "/webhook-endpoints/<id>", scope="webhooks", gives=EndpointAnswer, answer="The endpoint.")
def one(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """One of them."""
    return _shown(book.get(session, asked.path["id"]))


@call("GET", "/webhook-endpoints/<id>/secret", scope="webhooks", gives=SecretAnswer, answer="`secret`, as whsec_….")
def secret(session: Session, asked: Asked[Any]) -> dict[str, str]:
    """What its messages are signed with."""
    key = secret_key(asked.services.config.data_dir)
    return {"secret": book.secrets_of(session, asked.path["id"], key, asked.now)[0]}


@call("DELETE", "/webhook-endpoints/<id>", scope="webhooks", gives=EndpointAnswer, answer="The endpoint that was.")
def drop(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """It is told nothing more."""
    return _shown(book.drop(session, asked.path["id"]))


@call("POST", "/webhook-endpoints/<id>:rotate", scope="webhooks", gives=EndpointAnswer, answer="The endpoint.")
def rotate(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """A new secret; for 24 hours messages carry the signature of the former one too."""
    return _shown(book.rotate(session, asked.path["id"], secret_key(asked.services.config.data_dir), asked.now))


@call("POST", "/webhook-endpoints/<id>:resume", scope="webhooks", gives=EndpointAnswer, answer="The endpoint.")
def resume(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Sends again to one that was stopped, what happened meanwhile too."""
    return _shown(book.resume(session, asked.path["id"]))


@call("POST", "/webhook-endpoints/<id>:test", scope="webhooks", gives=QueuedAnswer, answer="`id` of the message.")
def test(session: Session, asked: Asked[Any]) -> dict[str, str]:
    """Sends a message of the type `webhook.test`, in a moment."""
    return {"id": try_out(session, asked.path["id"], new_id("evt", asked.now), asked.now)}


@call("GET", "/webhook-endpoints/<id>/deliveries", scope="webhooks", body=PageQuery, gives=DeliveriesAnswer,
      answer="`deliveries`, the latest first, and the cursor `next`.")  # fmt: skip
def told(session: Session, asked: Asked[PageQuery]) -> dict[str, Any]:
    """What was sent to it or will be, for 30 days."""
    d, query, endpoint = deliveries.c, asked.body, book.get(session, asked.path["id"])
    found = sa.select(deliveries).where(d.endpoint == endpoint.id).order_by(d.made_at.desc(), d.id.desc())
    if query.cursor:
        last = sa.select(d.made_at).where(d.id == query.cursor).scalar_subquery()
        found = found.where(sa.or_(d.made_at < last, sa.and_(d.made_at == last, d.id < query.cursor)))
    rows = session.execute(found.limit(query.limit + 1)).all()
    some = [_sent(row) for row in rows[: query.limit]]
    return {"deliveries": some, "next": some[-1]["id"] if len(rows) > query.limit else None}


@call("POST", "/webhook-deliveries/<id>:resend", scope="webhooks", gives=QueuedAnswer, answer="`id` of the message.")
def resend(session: Session, asked: Asked[Any]) -> dict[str, str]:
    """Sends a message once more, in a moment, whatever came of it before."""
    send_again(session, asked.path["id"], asked.now)
    return {"id": asked.path["id"]}


def _shown(each: book.Endpoint) -> dict[str, Any]:
    return {
        "id": each.id,
        "url": each.url,
        "types": list(each.types),
        "name": each.name,
        "made_at": rfc3339(each.made_at),
        "stopped": each.stopped,
    }


def _sent(row: Any) -> dict[str, Any]:
    due: datetime | None = row.due_at
    return {
        "id": row.id,
        "event": row.event,
        "type": row.type,
        "made_at": rfc3339(row.made_at),
        "state": row.state,
        "attempts": row.attempts,
        "next_at": rfc3339(due) if due else None,
        "said": row.said,
    }

"""What happens, while it happens: server-sent events for programs that would rather listen than be called."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from flask import Response, request
from pydantic import Field, ValidationError
from sqlalchemy import Engine

from loyalty.db.prepared import Cursor
from loyalty.db.session import read
from loyalty.errors import Invalid, LoyaltyError
from loyalty.web.api.calls import PREFIX, blueprint
from loyalty.web.api.keys import authenticate
from loyalty.web.api.problems import malformed, refused
from loyalty.web.api.schemas import Strict
from loyalty.web.services import services
from loyalty.webhooks.deliver import body_of
from loyalty.webhooks.happenings import TYPES, Happening, Place, place_of, present, since

LISTENERS = 8
"""At one time in one process: each keeps one of the server's threads (`threads` of loyalty.toml)."""
EVERY_S, BEAT_S, LONGEST_S = 1.0, 15.0, 900.0
"""How often it looks; says that it lives; and ends, so that a revoked key does not listen for ever. Programs come
back by themselves."""
_seats = threading.BoundedSemaphore(LISTENERS)


class StreamQuery(Strict):
    types: str = Field("", max_length=1_000, description="Names of happenings, with commas; all when left out.")


@blueprint.get(f"{PREFIX}/stream")
def stream() -> Response:
    """Everything that happens, as `text/event-stream`; `Last-Event-ID` goes on where the line broke. Scope `read`."""
    lent = services()
    try:
        with read(lent.engine) as session:
            key = authenticate(Cursor(session), request.headers.get("Authorization"), lent.console)
            if not key.may("read"):
                raise LoyaltyError("This key lacks the scope 'read' that this call needs.", code="forbidden")
            types = _types(StreamQuery.model_validate(request.args.to_dict()).types)
            place = _start(request.headers.get("Last-Event-ID")) or present(session)
        if not _seats.acquire(blocking=False):
            raise LoyaltyError(
                f"{LISTENERS} programs listen already; end one, or use /webhook-endpoints.", code="rate_limited"
            )
    except LoyaltyError as error:
        return refused(error)
    except ValidationError as error:
        return malformed(error)
    answer = Response(told(lent.engine, place, types), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(_seats.release)
    return answer


def told(
    engine: Engine, place: Place, types: Sequence[str], wait: Callable[[float], None] = time.sleep
) -> Iterator[str]:
    """The lines of the stream, until LONGEST_S are over or nobody takes them any more."""
    yield f"retry: 2000\nid: {place}\n\n"
    ends, beat = time.monotonic() + LONGEST_S, time.monotonic() + BEAT_S
    while time.monotonic() < ends:
        with read(engine) as session:
            some, after = since(session, place, types)
        for each in some:
            yield _event(each)
        if after != place:
            place = after
            continue
        if time.monotonic() > beat:
            yield f": still here\nid: {place}\n\n"
            beat = time.monotonic() + BEAT_S
        wait(EVERY_S)


def _event(each: Happening) -> str:
    told = json.loads(body_of(each.type, each.at, each.data))
    text = json.dumps({"id": each.id, **told}, ensure_ascii=False, separators=(",", ":"))
    return f"id: {each.place}\nevent: {each.type}\ndata: {text}\n\n"


def _start(text: str | None) -> Place | None:
    if not text:
        return None
    place = place_of(text)
    if place is None:
        raise Invalid("Last-Event-ID is none of this stream; send the id of the last event, or leave it out.")
    return place


def _types(text: str) -> list[str]:
    wanted = [each.strip() for each in text.split(",") if each.strip()]
    for each in wanted:
        if each not in TYPES:
            raise Invalid(f"There is no type {each[:40]!r}; there are: {', '.join(TYPES)}.", pointer="/types")
    return wanted

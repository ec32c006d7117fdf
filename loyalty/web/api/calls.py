"""How a call is served: key, scope, body, one transaction, the kept answer, the answer. Views only do their own part.

A call is a function `(session, asked) -> answer` under `@call(...)`. Changing calls run in one writing transaction,
which also keeps the answer under the caller's id; with a test key everything is worked out and then undone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from loyalty.checkout import outcomes
from loyalty.db.prepared import Cursor
from loyalty.db.session import in_turn, read
from loyalty.errors import Invalid, LoyaltyError
from loyalty.members.conventions import Conventions
from loyalty.web.api.audited import TOLD_SCOPES, state, tell_call
from loyalty.web.api.keys import ApiKey, authenticate, must_be_its_own
from loyalty.web.api.limits import TooOften, must_not_flood, told_to_wait
from loyalty.web.api.problems import malformed, of_http, refused
from loyalty.web.api.said import said
from loyalty.web.services import Services, services

PREFIX = "/api/v1"
blueprint = Blueprint("api", __name__)
Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True)
class Asked(Generic[Body]):
    """One request, checked: `path` holds the parts of the address, `body` the validated body or query."""

    body: Body
    path: Mapping[str, str]
    key: ApiKey
    now: datetime
    services: Services
    if_match: int | None = None
    found: Any = None
    """What the call's `before` gave."""
    id: str | None = None
    """Under which the answer is kept: the Idempotency-Key, else the body's id."""

    @property
    def conventions(self) -> Conventions:
        config = self.services.config
        return Conventions(config.number_check, config.phone_region)


@dataclass(frozen=True)
class Answer:
    """What a view gives when plain JSON with the call's own status is not enough."""

    body: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    """The body as JSON text already, where digits must stay as they are."""


class Nothing(BaseModel, extra="forbid"):
    """A call without body or query."""


class RawBody(BaseModel, extra="forbid"):
    """A body that the view reads itself; other fields come from the query."""

    raw: bytes
    media: ClassVar[tuple[str, ...]] = ("application/yaml", "application/json")


@dataclass(frozen=True)
class Call:
    """One line of the API's table: routes and the OpenAPI document are made of these."""

    method: str
    path: str
    view: Callable[[Session, Asked[Any]], Any]
    scope: str
    body: type[BaseModel]
    status: int
    changes: bool
    booking: bool
    """Books points: an id or an Idempotency-Key is required."""
    answer: str
    """What the answer is, in words."""
    gives: type[BaseModel] | None = None
    """What it looks like, for the description; None for other documents than JSON of ours."""
    before: Callable[[Session, Asked[Any]], Any] | None = None
    """Finds, before the writer's turn, what takes long to find; it is `Asked.found`."""


CALLS: list[Call] = []


def call(
    method: str,
    path: str,
    *,
    scope: str,
    answer: str,
    body: type[BaseModel] = Nothing,
    status: int = 200,
    changes: bool | None = None,
    booking: bool = False,
    gives: type[BaseModel] | None = None,
    before: Callable[[Session, Asked[Any]], Any] | None = None,
) -> Callable[[Callable[[Session, Asked[Any]], Any]], Callable[[Session, Asked[Any]], Any]]:
    """Adds a view to the API. `path` as Flask writes it, after /api/v1; GET bodies are read from the query."""

    def add(view: Callable[[Session, Asked[Any]], Any]) -> Callable[[Session, Asked[Any]], Any]:
        writes = method != "GET" if changes is None else changes
        one = Call(method, path, view, scope, body, status, writes, booking, answer, gives, before)
        CALLS.append(one)
        name = f"{method.lower()}_{view.__module__.rpartition('.')[2]}_{view.__name__}"
        blueprint.add_url_rule(PREFIX + path, name, lambda **parts: _serve(one, parts), methods=[method])
        return view

    return add


class _Undone(Exception):
    """Carries the answer of a test key out of a transaction that must not last."""

    def __init__(self, response: Response) -> None:
        self.response = response


def _serve(one: Call, parts: Mapping[str, str]) -> Response:
    lent = services()
    try:
        with read(lent.engine) as session:
            key = authenticate(Cursor(session), request.headers.get("Authorization"), lent.console)
            if not key.may_call(one.method, one.path, one.scope):
                raise LoyaltyError(f"This key lacks the scope {one.scope!r} that this call needs.", code="forbidden")
            must_not_flood(key, one.method, one.path, one.scope)
            if one.scope == "counter" and one.path.startswith("/counters/<id>"):
                must_be_its_own(Cursor(session), key.id, parts["id"])
            asked = Asked(_body(one), parts, key, lent.now(), lent, _if_match())
            if not one.changes:
                return _respond(one, one.view(session, asked))
            if one.before is not None:
                asked = replace(asked, found=one.before(session, asked))
        return in_turn(lent.engine, partial(_answer_lastingly, one, asked))
    except _Undone as undone:
        undone.response.headers["Loyalty-Test"] = "not booked"
        return undone.response
    except TooOften as often:
        return told_to_wait(often)
    except LoyaltyError as error:
        return refused(error)
    except ValidationError as error:
        return malformed(error)
    except HTTPException as error:
        return of_http(error)


def _answer_lastingly(one: Call, asked: Asked[Any], session: Session) -> Response:
    """The answer, in the writer's turn: perhaps in another request's thread, in the context of this one."""
    response = _answer_once(one, session, asked)
    if asked.key.test:
        raise _Undone(response)
    return response


def _answer_once(one: Call, session: Session, asked: Asked[Any]) -> Response:
    """The kept answer of the same id and body, or the view's, kept from now on."""
    id = request.headers.get("Idempotency-Key") or getattr(asked.body, "id", None)
    if id is None:
        if one.booking:
            raise Invalid("This call books: send an id in the body or an Idempotency-Key header.", pointer="/id")
        return _respond(one, _carried_out(one, session, asked))
    cursor = Cursor(session)
    verb = f"{one.method} {one.path}"
    digest = outcomes.digest_of(verb, {"path": dict(asked.path), "body": said(asked.body)})
    kept = outcomes.find(cursor, id, digest)
    if kept is not None:
        response = _json(kept.answer, kept.status)
        response.headers["Idempotency-Replayed"] = "true"
        return response
    answer = _carried_out(one, session, replace(asked, id=id))
    status = answer.status or one.status
    outcomes.keep(Cursor(session), id, verb[:40], digest, outcomes.Kept(status, answer.body), asked.now)
    return _respond(one, answer)


def _carried_out(one: Call, session: Session, asked: Asked[Any]) -> Answer:
    """The view's answer; what it changed of members, cards or the programme goes into the audit log with it."""
    if one.scope not in TOLD_SCOPES or getattr(asked.body, "preview", False):
        return _as_answer(one.view(session, asked))
    sent = asked.body.model_dump(exclude_unset=True)
    before = state(session, one.path, asked.path, sent)
    answer = _as_answer(one.view(session, asked))
    after = {**sent, **state(session, one.path, asked.path, sent)}
    tell_call(session, one.method, one.path, asked.key.id, asked.path, answer.body, asked.now, before, after)
    return answer


def _body(one: Call) -> BaseModel:
    if one.method in ("GET", "DELETE"):
        return one.body.model_validate(request.args.to_dict())
    raw = request.get_data()
    if issubclass(one.body, RawBody):
        return one.body(raw=raw, **request.args.to_dict())
    if not raw:
        return one.body.model_validate({})
    try:
        data = json.loads(raw, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, DecimalException) as error:
        raise LoyaltyError(f"The body is no JSON: {error}.", code="not_json") from error
    return one.body.model_validate(data)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _if_match() -> int | None:
    """The version that the caller saw, from an ETag of ours: `"7"`."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not text or text == "*":
        return None
    return int(text) if text.isdigit() and len(text) < 10 else -1


def _as_answer(given: Any) -> Answer:
    return given if isinstance(given, Answer) else Answer(given)


def _respond(one: Call, given: Any) -> Response:
    answer = _as_answer(given)
    response = _json(answer.body, answer.status or one.status, answer.text)
    response.headers.update(answer.headers)
    return response


def _json(body: Any, status: int, text: str | None = None) -> Response:
    return Response(text or json.dumps(body, ensure_ascii=False), status, content_type="application/json")

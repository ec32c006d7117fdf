"""Calls of machines about the server itself: is it alive, is it ready; keys and day jobs from the same machine."""

from typing import Annotated, Any

from flask import Response, json
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from loyalty.db.session import read
from loyalty.db.upgrade import is_current
from loyalty.ops.day_jobs import run_day_jobs
from loyalty.web.accounts import create_staff
from loyalty.web.api.calls import PREFIX, Asked, blueprint, call
from loyalty.web.api.keys import create_key, revoke_key
from loyalty.web.api.openapi import document
from loyalty.web.api.problems import problem
from loyalty.web.api.schemas import Moment, Strict
from loyalty.web.services import services


class KeyBody(Strict):
    scopes: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    name: Annotated[str, Field(max_length=120)] = ""
    test: bool = False


@call("POST", "/api-keys", scope="console", body=KeyBody, status=201, answer="`id` and `key`, shown once.")
def make_key(session: Session, asked: Asked[KeyBody]) -> dict[str, str]:
    """A new key. Only for commands on the server's own machine."""
    made = create_key(session, asked.body.scopes, asked.now, name=asked.body.name, test=asked.body.test)
    return {"id": made.id, "key": made.key}


class DayJobsBody(Strict):
    until: Moment | None = None


@call("POST", "/day-jobs", scope="console", body=DayJobsBody, changes=False, answer="`steps` taken.")
def day_jobs(session: Session, asked: Asked[DayJobsBody]) -> dict[str, int]:
    """What time alone does, up to `until` (default now). Only for commands on the server's own machine."""
    session.close()  # the jobs open transactions of their own
    until = min(asked.body.until or asked.now, asked.now)
    return {"steps": run_day_jobs(asked.services.engine, until)}


@call("POST", "/api-keys/<id>:revoke", scope="console", answer="Nothing.")
def stop_key(session: Session, asked: Asked[Any]) -> dict[str, str]:
    """The key stops working at once."""
    revoke_key(session, asked.path["id"], asked.now)
    return {"id": asked.path["id"]}


class StaffBody(Strict):
    email: Annotated[str, Field(max_length=255)]
    password: Annotated[str, Field(max_length=255)]
    role: Annotated[str, Field(max_length=40)]


@call("POST", "/staff", scope="console", body=StaffBody, status=201, answer="`id` and `email`.")
def add_staff(session: Session, asked: Asked[StaffBody]) -> dict[str, Any]:
    """Somebody who may log in to the back office. Only for commands on the server's own machine."""
    user = create_staff(session, asked.body.email, asked.body.password, asked.body.role, asked.now)
    return {"id": user.id, "email": user.email}


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return _plain({"ok": True}, 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers and is up to date."""
    engine = services().engine
    try:
        with read(engine) as session:
            session.execute(text("SELECT 1"))
        current = is_current(engine)
    except DBAPIError:
        return _plain({"ok": False, "why": "the database does not answer"}, 503)
    if not current:
        return _plain({"ok": False, "why": "the database is not up to date"}, 503)
    return _plain({"ok": True}, 200)


@blueprint.get(f"{PREFIX}/openapi.json")
def described() -> Response:
    """What this API can do, for people and programs; no key needed."""
    return _plain(document(), 200)


@blueprint.route(f"{PREFIX}/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(rest: str) -> Response:
    """An address that is no call."""
    return problem("not_found", f"There is no such call: /api/v1/{rest[:80]}; see /api/v1/openapi.json.")


def _plain(body: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")

"""The counter that the request in hand is for, its JSON body, its streams."""

from typing import Any, cast

from flask import Response, current_app, request

from loyalty.counter.events import TooManyClients
from loyalty.counter.parts import Parts
from loyalty.counter.screens.problems import problem
from loyalty.errors import Invalid

EXTENSION = "counter"


def parts() -> Parts:
    """Of this application."""
    return cast(Parts, current_app.extensions[EXTENSION])


def json_body() -> dict[str, Any]:
    """The request's JSON object; Invalid in one sentence otherwise."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object, sent as Content-Type: application/json.")
    return body


def stream(names: frozenset[str]) -> Response:
    """Server-sent events of these names; 503 when all places are taken."""
    try:
        text = parts().hub.stream(names, request.headers.get("Last-Event-ID"))
    except TooManyClients:
        full = problem(503, "busy", "Too many screens listen to this counter; close some, or ask /state instead.")
        full.headers["Retry-After"] = "5"
        return full
    return Response(text, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})

"""The API describes itself: OpenAPI 3.1 made from the table of calls, the same that serves them.

`python -m loyalty.web.api > docs/openapi.json` writes the copy that is checked in; a test compares the two.
"""

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from loyalty import __version__
from loyalty.web.api.calls import CALLS, PREFIX, Call, Nothing, RawBody
from loyalty.web.api.keys import LENT_TO_COUNTERS
from loyalty.web.api.problems import STATUS

REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = (
    "Amounts are decimal text, points whole numbers or decimal text, times RFC 3339. Calls that book carry an id in"
    " the body or an Idempotency-Key: the same again gives the same answer with Idempotency-Replayed: true. Refusals"
    " are application/problem+json with a stable `code`. A test key is evaluated and never booked."
)


@cache
def document() -> dict[str, Any]:
    """The whole description; the same for every server of this version."""
    models = dict.fromkeys(one.body for one in CALLS if _has_schema(one))
    models |= dict.fromkeys(one.gives for one in CALLS if one.gives is not None)
    refs, shared = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    names = {model: refs[model, "validation"] for model in models}
    paths: dict[str, dict[str, Any]] = {}
    for one in CALLS:
        if one.scope != "console":  # for commands on the server's own machine only
            paths.setdefault(_path(one), {})[one.method.lower()] = _operation(one, names, shared)
    paths |= _BESIDE
    return {
        "openapi": "3.1.0",
        "info": {"title": "loyalty", "version": __version__, "description": DESCRIPTION},
        "servers": [{"url": PREFIX}],
        "security": [{"key": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "lk_live_… or lk_test_…"}},
            "schemas": {"Problem": _PROBLEM, **shared.get("$defs", {})},
            "responses": {"Problem": {"description": "Refused; nothing was changed.", "content": {
                "application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}}},
        },
    }  # fmt: skip


def _has_schema(one: Call) -> bool:
    return one.body is not Nothing and not issubclass(one.body, RawBody)


def _path(one: Call) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", one.path)


def _also(one: Call) -> str:
    return ", or a counter's key" if (one.method, one.path) in LENT_TO_COUNTERS else ""


def _operation(one: Call, names: dict[type[BaseModel], Any], shared: dict[str, Any]) -> dict[str, Any]:
    words = (one.view.__doc__ or "").strip()
    operation: dict[str, Any] = {
        "operationId": f"{one.view.__module__.rpartition('.')[2]}_{one.view.__name__}",
        "summary": words.partition(".")[0] + ".",
        "description": f"{words}\n\nNeeds the scope `{one.scope}`{_also(one)}.",
        "parameters": _parameters(one, shared),
        "responses": {
            str(one.status): {"description": one.answer, "content": {"application/json": _answer(one, names)}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    if issubclass(one.body, RawBody):
        operation["requestBody"] = {"required": True, "content": {media: {} for media in one.body.media}}
    elif one.method != "GET" and one.body is not Nothing:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": names[one.body]}}}
    return operation


def _answer(one: Call, names: dict[type[BaseModel], Any]) -> dict[str, Any]:
    return {} if one.gives is None else {"schema": names[one.gives]}


def _parameters(one: Call, shared: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"<(\w+)>", one.path)
    ]
    raw = issubclass(one.body, RawBody)
    if (one.method == "GET" or raw) and one.body is not Nothing:
        schema = one.body.model_json_schema() if raw else shared["$defs"][one.body.__name__]
        found += [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": value}
            for name, value in schema.get("properties", {}).items()
            if name != "raw"
        ]
    if one.changes and one.method == "POST":
        found.append(_KEY)
    return found


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_REFUSED = {"default": {"$ref": "#/components/responses/Problem"}}
_BESIDE: dict[str, Any] = {
    "/stream": {"get": {
        "operationId": "stream",
        "summary": "Everything that happens, as server-sent events.",
        "description": "`Last-Event-ID` goes on where the line broke.\n\nNeeds the scope `read`.",
        "parameters": [
            {"name": "types", "in": "query", "required": False, "schema": {"type": "string", "maxLength": 1000}},
            {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}},
        ],
        "responses": {"200": {"description": "Events.", "content": {"text/event-stream": {}}}, **_REFUSED},
    }},
    "/counters:enrol": {"post": {
        "operationId": "enrolling_come_in",
        "summary": "A one-time code becomes a counter's key.",
        "description": "No key is needed: the code proves who asks.",
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {
            "type": "object", "required": ["code"], "properties": {"code": {"type": "string", "maxLength": 40}}}}}},
        "responses": {"201": {"description": "`counter`, `key` and `shop`, told once.",
                              "content": {"application/json": {}}}, **_REFUSED},
    }},
}  # fmt: skip
"""Calls that are served without the table: one never ends, one has no key."""
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": list(STATUS)},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}

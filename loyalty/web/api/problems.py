"""Refusals as RFC 9457 documents: a stable code, one sentence, the place in the body, the request's id."""

import secrets
from typing import Any

from flask import Response, g, json, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from loyalty.errors import LoyaltyError

STATUS = {
    "invalid": 422,
    "conflict": 409,
    "unknown_member": 404,
    "not_found": 404,
    "insufficient_points": 422,
    "not_eligible": 422,
    "out_of_stock": 422,
    "limit_exceeded": 422,
    "expired": 422,
    "not_transferable": 422,
    "card_blocked": 422,
    "bank_card": 422,
    "gift_card": 422,
    "unauthorized": 401,
    "forbidden": 403,
    "rate_limited": 429,
    "precondition_failed": 412,
    "not_json": 400,
    "too_large": 413,
    "not_ready": 503,
    "internal": 500,
}
TITLES = {
    "invalid": "Something in the request is wrong",
    "conflict": "It contradicts what is there already",
    "unknown_member": "No such member",
    "not_found": "No such thing",
    "insufficient_points": "Not enough points",
    "not_eligible": "The conditions do not hold",
    "out_of_stock": "Nothing left",
    "limit_exceeded": "A limit is used up",
    "expired": "Past its last day",
    "not_transferable": "This wallet cannot be passed on",
    "card_blocked": "The card may not be used",
    "gift_card": "A gift card is nobody's",
    "bank_card": "A bank card is not taken",
    "unauthorized": "A key is needed",
    "forbidden": "The key may not do this",
    "rate_limited": "Too many requests",
    "precondition_failed": "Changed meanwhile",
    "not_json": "The body is no JSON",
    "too_large": "The body is too large",
    "not_ready": "The shop has no programme yet",
    "internal": "Something went wrong on our side",
}


def problem(
    code: str, sentence: str, errors: list[dict[str, str]] | None = None, status: int | None = None
) -> Response:
    """A problem document. `errors` name places in the body: `{"pointer", "detail"}`."""
    number = status or STATUS.get(code, 422)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(code, code.replace("_", " ")),
        "status": number,
        "code": code,
        "detail": sentence,
        "instance": request.path,
        "request_id": g.get("request_id") or secrets.token_hex(6),
        "errors": errors or [],
    }
    answer = Response(json.dumps(body, ensure_ascii=False), status=number, content_type="application/problem+json")
    if number == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def refused(error: LoyaltyError) -> Response:
    """A refusal of ours."""
    errors = [{"pointer": _pointer(error.pointer), "detail": str(error)}] if error.pointer else None
    return problem(error.code, str(error), errors)


def of_http(error: HTTPException) -> Response:
    """What the web framework refused, such as a body that is too large."""
    if error.code == 413:
        most = (request.max_content_length or 0) >> 20
        return problem("too_large", f"The body is larger than {most} MiB; send less at a time.")
    code = {404: "not_found", 405: "not_found", 429: "rate_limited"}.get(error.code or 400, "not_json")
    return problem(code, str(error.description))


def malformed(error: ValidationError) -> Response:
    """A body or query that does not fit its schema: every wrong place is named."""
    found = [{"pointer": _path(item["loc"]), "detail": _words(item)} for item in error.errors()[:20]]
    first = found[0]
    return problem("invalid", f"{first['pointer'] or 'The body'}: {first['detail']}", found)


def _pointer(place: str) -> str:
    return place if place.startswith("/") else "/" + place.replace(".", "/").replace("[", "/").replace("]", "")


def _path(loc: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in loc)


def _words(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "this key is unknown here; leave it out or mend its name."
    if item["type"] == "missing":
        return "this key is missing; add it."
    if item["type"] == "too_long":
        return f"there are more than {item['ctx']['max_length']:,} entries; send fewer at a time."
    message = str(item["msg"]).removeprefix("Value error, ").rstrip(".")
    return message[:1].lower() + message[1:] + "."

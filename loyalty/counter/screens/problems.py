"""Errors as RFC 9457 problem documents: a stable code and one sentence."""

from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from loyalty.counter.store import DiskTrouble
from loyalty.errors import LoyaltyError

_STATUS = {
    "not_found": 404, "unknown_member": 404, "conflict": 409, "card_blocked": 409, "no_member": 409, "expired": 409,
    "forbidden": 403, "busy": 503, "offline": 409, "over_floor": 409, "over_discount": 409, "over_stamps": 409,
    "wrong_pin": 403, "wrong_badge": 403, "no_new_card": 409, "supervisor_needed": 403,
    "insufficient_points": 409, "not_eligible": 409, "out_of_stock": 409, "limit_exceeded": 409, DiskTrouble.code: 503,
}  # fmt: skip
_CODES = {404: "not_found", 405: "not_found", 500: "internal"}


def status_of(code: str) -> int:
    """The HTTP status of a refusal with this code; 409 for what the server said no to."""
    return _STATUS.get(code, 409)


def problem(status: int, code: str, sentence: str, pointer: str | None = None) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": code.replace("_", " "), "status": status,
                            "code": code, "detail": sentence}  # fmt: skip
    if pointer:
        body["errors"] = [{"pointer": pointer, "detail": sentence}]
    answer = jsonify(body)
    answer.status_code, answer.content_type = status, "application/problem+json"
    return answer


def register(app: Flask) -> None:
    @app.errorhandler(LoyaltyError)
    def refused(error: LoyaltyError) -> Response:
        return problem(_STATUS.get(error.code, 422), error.code, str(error), error.pointer)

    @app.errorhandler(HTTPException)
    def not_served(error: HTTPException) -> Response:
        code = error.code or 500
        if code == 404:
            return problem(404, "not_found", f"There is nothing at {request.path} here.")
        return problem(code, _CODES.get(code, "invalid"), error.description or error.name)

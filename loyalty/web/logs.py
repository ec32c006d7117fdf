"""One line per request for machines to read. Addresses are logged as their pattern: no member id, no search word."""

import sys
import time
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, request
from flask_security import current_user


class _StandardError:
    """Where lines go: looked up for each line, since services and tests put another one in its place."""

    def info(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")

    error = info


_log = structlog.wrap_logger(
    _StandardError(),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
)


def _start() -> None:
    g.started = time.perf_counter()


def _line(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(none)"
    wanted = current_app.config.get("LOG_REQUESTS", True)
    if wanted and request.endpoint not in ("assets.file", "assets.icon"):
        _log.info(
            "request",
            method=request.method,
            rule=rule,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            request_id=g.get("request_id"),
            staff=_staff(),
        )
    return response


def _staff() -> int | None:
    """The number of the person logged in: never a name or an address."""
    if request.blueprint == "api" or not current_user or not current_user.is_authenticated:
        return None
    return cast(int, current_user.id)


def log_failure(fault: BaseException) -> None:
    """An unexpected failure with its traceback, under the request's id that the person was shown."""
    _log.error("failed", request_id=g.get("request_id"), exc_info=fault)


def log_said(by: str, text: str) -> None:
    """What another program complained about, cut short by whoever calls."""
    _log.info("said", by=by, text=text, request_id=g.get("request_id"))


def log_requests(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_line)

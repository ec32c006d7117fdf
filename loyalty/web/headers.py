"""What every answer carries: an id for the log, a strict content policy, and no copy of members' pages on disk."""

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from loyalty.web.access import KEYED_BLUEPRINTS

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_OUR_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


def _number_request() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _OUR_ID.match(given) else secrets.token_hex(6)


def _refuse_foreign_posts() -> None:
    """A second wall behind the form token: browsers say where an unsafe request comes from."""
    if request.method in ("GET", "HEAD", "OPTIONS") or request.blueprint in KEYED_BLUEPRINTS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:  # the scheme may be a proxy's
        abort(403)


_ONLY_TLS = "max-age=31536000"
"""A browser that came by TLS once comes by nothing else for a year, whatever a link or a network says."""


def _keep_to_tls(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = _ONLY_TLS
    return response


def _add_headers(response: Response) -> Response:
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    if "max-age" not in response.headers.get("Cache-Control", "") and request.blueprint != "assets":
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def guard_answers(app: Flask, https: bool) -> None:
    """Installs all of it; first of the `before_request` functions, so that even refusals carry an id."""
    if https:
        app.after_request(_keep_to_tls)
    app.before_request(_number_request)
    app.before_request(_refuse_foreign_posts)
    app.after_request(_add_headers)

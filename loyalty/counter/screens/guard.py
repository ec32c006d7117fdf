"""Who may talk to the counter: pages of its own, and programs on this machine. No web page from elsewhere.

A foreign page can make a browser send requests to the loopback address, under its own Origin or, with a name that
resolves to 127.0.0.1, under its own Host. Both are refused.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from loyalty.counter.screens.problems import problem
from loyalty.counter.settings import CounterSettings

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def register(app: Flask, settings: CounterSettings) -> None:
    allowed = _LOOPBACK | {settings.address[0], *settings.allowed_hosts}

    @app.before_request
    def refuse_strangers() -> Response | None:
        if _name(request.host) not in allowed:
            return problem(403, "forbidden", f"This counter is not called {request.host!r}; open its own address.")
        origin = request.headers.get("Origin")
        if origin and (urlsplit(origin).hostname or "") not in allowed:
            return problem(403, "forbidden", f"Pages of {origin} may not use this counter.")
        if request.method != "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return problem(403, "forbidden", "Pages of other sites may not use this counter.")
        return None

    @app.after_request
    def add_headers(answer: Response) -> Response:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def _name(host: str) -> str:
    """The host without its port; brackets of an IPv6 address taken off."""
    return urlsplit(f"//{host}").hostname or ""

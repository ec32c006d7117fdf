"""Puts the portal into the application: its pages, its mail, and limits for those who guess."""

from typing import Any

from flask import Flask, request
from flask_limiter import Limiter

from loyalty.web import wallet
from loyalty.web.database import reading
from loyalty.web.portal import claims, desk, door, friends, pages, wallets
from loyalty.web.portal.mail import install_mail
from loyalty.web.portal.switch import is_on

FROM_ONE_ADDRESS = "30 per 5 minutes"
"""A shop's own network may be one address for many phones; a code has five tries whatever the address."""


def install_portal(app: Flask) -> None:
    """To be called when the back office's log-in stands."""
    parts = (door, pages, claims, friends, wallets)
    assert all(part.blueprint is pages.blueprint for part in parts)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(claims.link)
    app.register_blueprint(wallet.blueprint)
    app.register_blueprint(friends.link)
    app.jinja_env.globals.update(portal_on=lambda: is_on(reading()))
    install_mail(app)
    limiter = Limiter(
        key_func=lambda: request.remote_addr or "local", app=app, storage_uri="memory://", headers_enabled=False
    )
    tried = [f"portal.{name}" for name in ("send", "join_send", "prove", "with_number", "claim", "take")]
    for endpoint in (*tried, "wallet.log"):
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(FROM_ONE_ADDRESS)(view)

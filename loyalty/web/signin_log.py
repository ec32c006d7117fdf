"""Who came in, who left and who was turned away, in the audit log. Passwords and mistyped addresses never are."""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_security import current_user, user_authenticated, user_failed_authn, wan_registered

from loyalty.db import audit
from loyalty.db.session import write
from loyalty.web.accounts import User
from loyalty.web.services import services

WAYS = {"password": "password", "authenticator": "code", "webauthn": "passkey", "passkey": "passkey"}
"""Flask-Security's words for how a person proved who they are, in ours."""


_SECOND = {
    "security.two_factor_token_validation": ["password", "code"],
    "security.mf_recovery": ["password", "recovery code"],
}


def tell_sessions(app: Flask) -> None:
    """Listens to log-ins of `app`; to be called when its log-in pages are installed."""
    user_authenticated.connect(_came_in, app)
    user_failed_authn.connect(_turned_away, app)
    wan_registered.connect(_passkey_added, app)
    leave: Any = app.view_functions["security.logout"]
    app.view_functions["security.logout"] = lambda: _left(leave)


def _came_in(_app: Flask, user: User, authn_via: Iterable[str] | None = None, **_rest: object) -> None:
    ways = _SECOND.get(request.endpoint or "") or sorted({WAYS.get(way, way) for way in authn_via or ()})
    now = services().now()
    with write(services().engine) as session:
        session.execute(sa.update(User).where(User.id == user.id).values(last_login_at=now))
        _note(session, user.email, "session.login", {"by": ", ".join(ways)})


def _turned_away(_app: Flask, user: User, auth_type: str = "", **_rest: object) -> None:
    with write(services().engine) as session:
        _note(session, user.email, "session.refused", {"by": WAYS.get(auth_type, auth_type)})


def _passkey_added(_app: Flask, user: User, name: str, **_rest: object) -> None:
    with write(services().engine) as session:
        _note(session, user.email, "account.passkey_added", {"called": name})


def _left(leave: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    email = current_user.email if current_user.is_authenticated else ""
    answer = leave()
    if email:
        with write(services().engine) as session:
            _note(session, email, "session.logout", {})
    return answer


def _note(session: Any, email: str, action: str, after: dict[str, str]) -> None:
    who = f"staff:{email}"
    audit.note(
        session, who, action, who, services().now(), after={**after, "from": request.remote_addr or "this machine"}
    )

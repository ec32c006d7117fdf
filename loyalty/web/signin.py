"""Log-in by Flask-Security: argon2, one answer for a wrong address and a wrong password, guesses slowed down."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_security import Security, SQLAlchemySessionUserDatastore, user_authenticated
from sqlalchemy import Engine
from sqlalchemy.orm import scoped_session, sessionmaker

from loyalty.web.accounts import Role, User
from loyalty.web.signin_log import tell_sessions
from loyalty.web.texts import LOGIN_MESSAGES

IDLE = timedelta(hours=10)
"""A working day: after this long without a request the session is over."""

GUESSES_PER_NAME = "8 per 5 minutes"
GUESSES_PER_ADDRESS = "40 per 5 minutes"

SETTINGS: dict[str, object] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    "SECURITY_LOGIN_USER_TEMPLATE": "signin.html",
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_FLASH_MESSAGES": False,
    "SECURITY_I18N_DOMAIN": "messages",
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SESSION_COOKIE_NAME": "loyalty_session",
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_REFRESH_EACH_REQUEST": True,
    "PERMANENT_SESSION_LIFETIME": IDLE,
    "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form left open over lunch still works
}


def _name_and_address() -> str:
    return f"{request.remote_addr} {request.form.get('email', '').strip().lower()[:255]}"


def _address() -> str:
    return request.remote_addr or "local"


def _was_wrong(response: Response) -> bool:
    """Only failed attempts count: a successful one answers with a redirect."""
    return response.status_code == 200


def install_signin(app: Flask, engine: Engine) -> None:
    """Puts the log-in and log-out pages into `app`, with staff kept in the database behind `engine`."""
    app.config.update(SETTINGS)
    for key, text in LOGIN_MESSAGES.items():
        app.config[f"SECURITY_MSG_{key}"] = (text, "error")
    people = scoped_session(sessionmaker(engine, expire_on_commit=False))
    app.teardown_appcontext(lambda _fault: people.remove())
    Security(app, SQLAlchemySessionUserDatastore(people, User, Role))
    user_authenticated.connect(_begin_session, app)
    tell_sessions(app)
    _slow_down_guessing(app)


def _begin_session(_app: Flask, **_rest: object) -> None:
    session.permanent = True


def _slow_down_guessing(app: Flask) -> None:
    limiter = Limiter(key_func=_address, app=app, storage_uri="memory://", headers_enabled=False)
    view: Any = app.view_functions["security.login"]
    for limit, key in ((GUESSES_PER_NAME, _name_and_address), (GUESSES_PER_ADDRESS, _address)):
        view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_was_wrong)(view)
    app.view_functions["security.login"] = view

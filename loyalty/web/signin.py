"""Log-in by Flask-Security: argon2, one answer for a wrong address and a wrong password, guesses slowed down."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Response, request, session
from flask_limiter import Limiter
from flask_security import Security, user_authenticated
from sqlalchemy import Engine

from loyalty.web.access import FRESH
from loyalty.web.accounts import COST
from loyalty.web.second_step import Codes, Passkeys, settings_of
from loyalty.web.services import services
from loyalty.web.signin_log import tell_sessions
from loyalty.web.staff_store import StaffStore
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
    "SECURITY_VERIFY_TEMPLATE": "signin_again.html",
    "SECURITY_POST_VERIFY_VIEW": "/account",
    "SECURITY_FRESHNESS": FRESH,
    "SECURITY_FRESHNESS_GRACE_PERIOD": FRESH,
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
    body: Any = request.get_json(silent=True) if request.is_json else request.form
    name = str(body.get("email", "")) if isinstance(body, Mapping) else ""
    return f"{_address()} {name.strip().lower()[:255]}"


def _address() -> str:
    return request.remote_addr or "local"


def _person() -> str:
    """Whoever has given the password and is asked for more; else the address."""
    return str(session.get("tf_user_id") or session.get("_user_id") or _address())


def _was_wrong(response: Response) -> bool:
    """Only failed attempts count: a successful one answers a page's form with a redirect."""
    return response.status_code >= 400 or (response.status_code == 200 and not response.is_json)


def install_signin(app: Flask, engine: Engine, https: bool = False) -> None:
    """Puts the log-in and log-out pages into `app`, with staff kept in the database behind `engine`.

    `https`: browsers reach the server by TLS (a proxy's), so the session's cookie is never sent without it.
    """
    app.config.update(SETTINGS, SESSION_COOKIE_SECURE=https, PREFERRED_URL_SCHEME="https" if https else "http")
    app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {f"argon2__{part}": cost for part, cost in COST.items()}
    app.config.update(settings_of(str(app.config["SECRET_KEY"])))
    for key, text in LOGIN_MESSAGES.items():
        app.config[f"SECURITY_MSG_{key}"] = (text, "error")
    store = StaffStore(engine)
    app.teardown_appcontext(lambda _fault: store.close())
    app.config["SECURITY_DATETIME_FACTORY"] = lambda: services().now()
    Security(app, store, totp_cls=Codes, webauthn_util_cls=Passkeys)
    user_authenticated.connect(_begin_session, app)
    tell_sessions(app)
    _slow_down_guessing(app)


def _begin_session(_app: Flask, **_rest: object) -> None:
    session.permanent = True


def _slow_down_guessing(app: Flask) -> None:
    limiter = Limiter(key_func=_address, app=app, storage_uri="memory://", headers_enabled=False)
    by_name, by_address, by_person = (
        (GUESSES_PER_NAME, _name_and_address),
        (GUESSES_PER_ADDRESS, _address),
        (GUESSES_PER_NAME, _person),
    )
    guarded: dict[str, tuple[tuple[str, Callable[[], str]], ...]] = {
        "security.login": (by_name, by_address),
        "security.verify": (by_person,),
        "security.two_factor_token_validation": (by_person, by_address),
        "security.mf_recovery": (by_person, by_address),
        "security.wan_signin_response": (by_address,),
    }
    for endpoint, limits in guarded.items():
        view: Any = app.view_functions[endpoint]
        for limit, key in limits:
            view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_was_wrong)(view)
        app.view_functions[endpoint] = view

"""What makes every test of the pages start quickly: compiled templates that are kept, and log-ins done once."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from loyalty.config import Config
from loyalty.web.app import create_app
from tests.web.harbour import PASSWORD, staff_address

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def open_app(shared: Path, config: Config, **rest: Any) -> Flask:
    """The product's application; templates that another test has compiled are not compiled again."""
    app = create_app(config, **rest)
    folder = shared / "templates"
    folder.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return app


@dataclass(frozen=True)
class Session:
    """The cookie of somebody who has logged in, and the token of their forms."""

    name: str
    value: str
    token: str


_SESSIONS: dict[tuple[str, str], Session] = {}


def known_session(app: Flask, role: str) -> Session:
    """A session of somebody of the staff. Only the first of a role logs in, by the page and its password.

    Copies of one shop have the secret and the staff in common, so a session of one is good in the others.
    """
    shop = str(app.config["SECRET_KEY"])
    if (shop, role) not in _SESSIONS:
        _SESSIONS[shop, role] = _log_in(app, role)
    return _SESSIONS[shop, role]


def _log_in(app: Flask, role: str) -> Session:
    client, name = app.test_client(), str(app.config["SESSION_COOKIE_NAME"])
    form = {"csrf_token": _token(client.get("/login").text), "email": staff_address(role), "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 302
    token = _token(client.get("/help").text)
    cookie = client.get_cookie(name)
    assert cookie is not None
    return Session(name, cookie.value, token)


def _token(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return found.group(1)

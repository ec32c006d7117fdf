"""What makes every test of the pages start quickly: templates and addresses compiled once, and log-ins done once."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from loyalty.config import Config
from loyalty.web.app import create_app
from tests.made_once import made_once
from tests.web.harbour import PASSWORD, staff_address

_compile = Rule.compile
_COMPILED: dict[Any, dict[str, Any]] = {}
"""What a rule holds once its address is taken apart and the two functions that put it together are made."""
_MADE = ("_parts", "_trace", "_converters", "arguments")
_FUNCTIONS = ("_build", "_build_unknown")


def _compile_once(rule: Rule) -> None:
    """Each application has the same some hundred addresses: they are compiled for the first."""
    address = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes)
    key = (address, tuple(rule.arguments), tuple(sorted((rule.defaults or {}).items())))
    if key not in _COMPILED:
        _compile(rule)
        kept = {name: getattr(rule, name) for name in _MADE}
        _COMPILED[key] = kept | {name: getattr(rule, name).__func__ for name in _FUNCTIONS}
        return
    known = _COMPILED[key]
    for name in _MADE:
        setattr(rule, name, known[name].copy())
    for name in _FUNCTIONS:
        setattr(rule, name, known[name].__get__(rule))


Rule.compile = _compile_once  # type: ignore[method-assign]

SESSION = "session.json"
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


def known_session(shared: Path, app: Flask, role: str) -> Session:
    """A session of somebody of Harbour Club. Only the first of a role in a run logs in, by the page and its password.

    Copies of the shop have the secret and the staff in common, so a session of one is good in the others.
    """
    shop = hashlib.sha256(str(app.config["SECRET_KEY"]).encode()).hexdigest()[:12]
    if (shop, role) not in _SESSIONS:
        kept = made_once(shared / f"session-{shop}-{role}", lambda folder: _keep(folder, _log_in(app, role)))
        _SESSIONS[shop, role] = Session(**json.loads((kept / SESSION).read_text()))
    return _SESSIONS[shop, role]


def _keep(folder: Path, session: Session) -> None:
    (folder / SESSION).write_text(json.dumps(asdict(session)))


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

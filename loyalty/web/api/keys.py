"""API keys: made once, shown once, kept as a hash. Scopes say what a key may do; test keys never book."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor, Prepared
from loyalty.errors import Invalid, LoyaltyError, NotFound
from loyalty.ids import new_id
from loyalty.web.api.tables import api_keys, counter_enrolments
from loyalty.web.services import services

SCOPES: dict[str, frozenset[str]] = {
    # scope: what it includes besides itself
    "read": frozenset(),
    "book": frozenset({"read"}),
    "members": frozenset({"read"}),
    "programme": frozenset({"read"}),
    "import": frozenset({"read", "members"}),
    "webhooks": frozenset(),
    "counter": frozenset(),
    "all": frozenset({"read", "book", "members", "programme", "import", "webhooks", "counter"}),
}
"""Beside them there is `console`, which no stored key can have."""

LENT_TO_COUNTERS = frozenset(
    {
        ("POST", "/members:lookup"),  # whose card is this
        ("GET", "/members"),  # the search box
        ("POST", "/purchases:quote"),  # what the sale would give
        ("GET", "/purchases/<id>"),  # what is left of a sale that comes back
        ("GET", "/members/<id>/purchases"),  # which of them it is
    }
)
"""Calls of other scopes that a counter program makes. A till stands where many pass by: whoever takes its key gets
these and the calls of the scope `counter`, nothing else; what it books goes through its outbox under its own name."""

_find = Prepared(
    sa.select(api_keys.c.id, api_keys.c.scopes, api_keys.c.test).where(
        api_keys.c.hash == bindparam("hash"), api_keys.c.revoked_at.is_(None)
    )
)
_counter_of = Prepared(sa.select(counter_enrolments.c.counter).where(counter_enrolments.c.key == bindparam("key")))


@dataclass(frozen=True)
class ApiKey:
    id: str
    scopes: frozenset[str]
    test: bool

    def may(self, scope: str) -> bool:
        return any(scope == own or scope in SCOPES.get(own, ()) for own in self.scopes)

    def may_call(self, method: str, path: str, scope: str) -> bool:
        """Whether it may make the call, which is of `scope`. `path` as the table of calls has it."""
        return self.may(scope) or ("counter" in self.scopes and (method, path) in LENT_TO_COUNTERS)


@dataclass(frozen=True)
class MadeKey:
    """`key` is shown this once."""

    id: str
    key: str


def create_key(
    session: Session, scopes: Sequence[str], now: datetime, *, name: str = "", test: bool = False
) -> MadeKey:
    """A new key. Invalid for an unknown scope."""
    strange = [scope for scope in scopes if scope not in SCOPES]
    if strange or not scopes:
        raise Invalid(
            f"Scopes are {', '.join(SCOPES)}; {strange[0] if strange else 'nothing'} was given.", pointer="/scopes"
        )
    key = f"lk_{'test' if test else 'live'}_{secrets.token_urlsafe(24)}"
    made = MadeKey(new_id("key", now), key)
    row = {
        "id": made.id,
        "hash": hash_of(key),
        "hint": f"{key[:8]}…{key[-4:]}",
        "name": name[:120],
        "scopes": sorted(set(scopes)),
        "test": test,
        "created_at": now,
    }
    session.execute(sa.insert(api_keys), [row])
    return made


def revoke_key(session: Session, id: str, now: datetime) -> None:
    """The key stops working at once. NotFound when there is none."""
    done = session.execute(sa.update(api_keys).where(api_keys.c.id == id).values(revoked_at=now))
    if done.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound(f"There is no key {id[:60]!r}.")


def must_be_its_own(cursor: Cursor, key: str, counter: str) -> None:
    """A key that a counter was enrolled with speaks for that counter only; one made by hand for any."""
    own = cursor.value(_counter_of, key=key)
    if own is not None and own != counter:
        raise LoyaltyError(f"This key belongs to the counter {own}, not to {counter[:60]}.", code="forbidden")


def authenticate(cursor: Cursor, header: str | None, console: str = "") -> ApiKey:
    """The key of an `Authorization` header; `unauthorized` in one sentence otherwise.

    `console` is the hash of the one key that is kept nowhere: see `Services.console`.
    """
    scheme, _, key = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise LoyaltyError("This call needs a key: send it as Authorization: Bearer lk_live_…", code="unauthorized")
    hashed = hash_of(key.strip())
    if console and secrets.compare_digest(hashed, console):
        return ApiKey("console", frozenset({"all", "console"}), False)
    row = cursor.row(_find, hash=hashed)
    if row is None:
        raise LoyaltyError(
            "This key is unknown or was revoked; make one with loyalty apikey create.", code="unauthorized"
        )
    return ApiKey(row[0], frozenset(row[1]), bool(row[2]))


def open_console(app: Flask) -> str:
    """Makes the key for commands on the server's own machine; it works while this server runs and is kept nowhere."""
    key = secrets.token_urlsafe(24)
    app.extensions["loyalty"] = replace(services(app), console=hash_of(key))
    return key


def hash_of(key: str) -> str:
    """A key has 192 random bits, so one round without salt cannot be turned back."""
    return sha256(key.encode()).hexdigest()

"""The very first start: a code on the server's terminal lets one person become its administrator, once."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.config import Config
from loyalty.db import audit
from loyalty.db.session import read, write
from loyalty.db.shop_settings import all_set, put
from loyalty.errors import Conflict, LoyaltyError
from loyalty.web.accounts import User, create_staff

SETTING, NUMBER_CHECK = "setup_code", "number_check"
CHECKS = ("luhn", "mod_11_10", "mod_97_10", "none")
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 12


def nobody_yet(session: Session) -> bool:
    """Is there nobody who could log in?"""
    return session.scalar(sa.select(User.id).limit(1)) is None


def fresh_code(engine: Engine, now: datetime) -> str | None:
    """A new code, to be printed; one from an earlier start is void. None where somebody may log in already.

    About 59 bits, so that guessing it over a network is hopeless; only its hash is kept.
    """
    with read(engine) as session:
        if not nobody_yet(session):
            return None
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    with write(engine) as session:
        put(session, SETTING, _hash(code), now)
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def first_administrator(session: Session, code: str, email: str, password: str, now: datetime) -> User:
    """Changes the code into the first log-in. Conflict when somebody has one; `unauthorized` for a wrong code."""
    if not nobody_yet(session):
        raise Conflict("Somebody can log in already; ask them, or use loyalty staff add on the server.")
    known = all_set(session).get(SETTING) or ""
    if not hmac.compare_digest(str(known), _hash(code)) or not known:
        raise LoyaltyError("This is not the code that the server printed at its last start.", code="unauthorized")
    user = create_staff(session, email, password, "administrator", now)
    put(session, SETTING, None, now)
    audit.note(session, "command:setup", "staff.create", f"staff:{user.email}", now, after={"role": "administrator"})
    return user


def with_shop_settings(config: Config, engine: Engine) -> Config:
    """The settings with what the shop chose in its pages; the database is up to date."""
    with read(engine) as session:
        chosen = all_set(session).get(NUMBER_CHECK)
    return config.model_copy(update={NUMBER_CHECK: chosen}) if chosen in CHECKS else config


def _hash(code: str) -> str:
    return sha256("".join(sign for sign in code.upper() if sign.isalnum()).encode()).hexdigest()

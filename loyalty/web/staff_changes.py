"""What administrators change about staff, and people about themselves. Somebody can always log in as administrator."""

import secrets
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.web.accounts import Role, User, check_password, hash_for, role_named

CHIEF = "administrator"


def person(session: Session, id: int) -> User:
    """NotFound when there is none."""
    found = session.get(User, id)
    if found is None:
        raise NotFound("There is no such person among the staff.")
    return found


def passing_password() -> str:
    """Sixteen letters and digits to be read out or written down: about 95 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def set_roles(session: Session, user: User, names: Collection[str]) -> None:
    """Invalid for none at all or an unknown one; Conflict when nobody would be administrator."""
    if not names:
        raise Invalid("Choose at least one role.", pointer="roles")
    if CHIEF not in names:
        _keep_a_chief(session, user)
    user.roles = [role_named(session, name) for name in sorted(set(names))]


def set_active(session: Session, user: User, active: bool, now: datetime) -> None:
    """Switched off, a person cannot log in, and what is open anywhere ends at once."""
    if not active:
        _keep_a_chief(session, user)
        end_sessions(user, now)
    user.active = active


def set_password(user: User, password: str, now: datetime) -> None:
    """Invalid for a password that is too short. Whoever was logged in with the old one is not any more."""
    check_password(password)
    user.password = hash_for(password)
    end_sessions(user, now)


def end_sessions(user: User, now: datetime) -> None:
    """Every session of this person ends with its next request."""
    user.fs_uniquifier = new_id("usr", now)


def drop_second_step(user: User) -> None:
    """For somebody who lost telephone and recovery codes: the password alone is enough again, passkeys are gone."""
    user.tf_primary_method = user.tf_totp_secret = None
    user.mf_recovery_codes = None
    user.webauthn.clear()


def _keep_a_chief(session: Session, user: User) -> None:
    others = sa.select(sa.func.count()).select_from(User).join(User.roles)
    rest = session.scalar(others.where(Role.name == CHIEF, User.active, User.id != user.id))
    if not rest and any(role.name == CHIEF for role in user.roles):
        raise Conflict("Nobody else could log in as administrator; make somebody else one first.")

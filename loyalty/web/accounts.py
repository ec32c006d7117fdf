"""Who may log in: staff with their roles. Passwords are kept as argon2 hashes only."""

import unicodedata
from datetime import datetime

from argon2 import PasswordHasher
from flask_security import AsaList, RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, Text, select
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from loyalty.db.base import Base, Moment
from loyalty.errors import Conflict, Invalid
from loyalty.ids import new_id
from loyalty.web.access import ROLES

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 255

COST = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4}
"""What trying one password costs: three passes over 64 MiB in four lanes (RFC 9106, section 4, second choice)."""


class Words(AsaList):
    """The library's list of words. It does not say that all of its kind are alike; unsaid, each request that looks at
    its person would put the same statement together anew."""

    cache_ok = True


users_roles = Table(
    "users_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A bundle of permissions by name; what it may do stands in `access.ACTIONS`, not in the database."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class User(Base, UserMixin):
    """A person of the staff."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str | None] = mapped_column(String(16))
    """Catalogue of the pages (`en`, `zh_Hant`, `zh_Hans`); None: as the browser asks."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_login_at: Mapped[datetime | None] = mapped_column(Moment)  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    """`authenticator` once a code of an app is asked for at log-in."""
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    """What the app and we share, encrypted with a key that does not stand in the database."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(Words()))
    """Encrypted likewise; each opens once."""
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # type: ignore[assignment]
    roles: Mapped[list[Role]] = relationship(secondary=users_roles, lazy="selectin")  # type: ignore[assignment]
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan"
    )

    @property
    def two_factors(self) -> bool:
        """Is a code asked for after the password?"""
        return bool(self.tf_primary_method)


class Passkey(Base, WebAuthnMixin):
    """A key pair of a person's phone, computer or stick; the private half never leaves it."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(Words()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(Text)
    lastuse_datetime: Mapped[datetime] = mapped_column(Moment)
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    user: Mapped[User] = relationship(back_populates="webauthn")

    @validates("device_type")
    def _plain_device_type(self, _name: str, value: object) -> str:
        return str(getattr(value, "value", value))  # the library hands over an enum, which PostgreSQL's driver refuses

    def get_user_mapping(self) -> dict[str, int]:
        """How Flask-Security finds the person of a key."""
        return {"id": self.user_id}


def hash_for(password: str) -> str:
    """An argon2id hash that the log-in page checks: composed and decomposed accents count as the same letters."""
    hasher = PasswordHasher(COST["time_cost"], COST["memory_cost"], COST["parallelism"])
    return hasher.hash(unicodedata.normalize("NFKD", password))


def check_password(password: str) -> None:
    """Invalid for one that is too short to be worth anything, or longer than a form takes."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"The password is too short; use {SHORTEST_PASSWORD} characters or more.", pointer="password")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(f"The password is too long; use {LONGEST_PASSWORD} characters or fewer.", pointer="password")


def role_named(session: Session, name: str) -> Role:
    """The role's row, made when this is its first use. Invalid for a name that the access table does not know."""
    if name not in ROLES:
        raise Invalid(f"There is no role {name!r}; the roles are {', '.join(ROLES)}.", pointer="role")
    found = session.scalar(select(Role).where(Role.name == name))
    if found is None:
        found = Role(name=name)
        session.add(found)
    return found


def create_staff(session: Session, email: str, password: str, role: str, now: datetime) -> User:
    """A new person who may log in at once. Conflict when the address is taken; the caller commits."""
    address = email.strip().lower()
    if "@" not in address or len(address) > 255:
        raise Invalid(f"{email[:60]!r} is no e-mail address; write it as name@shop.example.", pointer="email")
    check_password(password)
    if session.scalar(select(User).where(User.email == address)) is not None:
        raise Conflict(f"{address} can log in already; choose another address.", pointer="email")
    user = User(
        email=address,
        password=hash_for(password),
        active=True,
        fs_uniquifier=new_id("usr", now),
        created_at=now,
        roles=[role_named(session, role)],
    )
    session.add(user)
    session.flush()
    return user

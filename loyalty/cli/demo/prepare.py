"""Makes the demo's data directory ready: database from the template or seeded anew, then keys and log-ins."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.cli.demo import template
from loyalty.cli.demo.devices import visual_card
from loyalty.cli.demo.history import ZONE, read_history
from loyalty.cli.demo.seed import book_history
from loyalty.config import Config
from loyalty.db.session import open_engine, write
from loyalty.db.shop_settings import put
from loyalty.db.single import InstanceLock
from loyalty.db.upgrade import upgrade
from loyalty.members.tables import Card, Member
from loyalty.web.accounts import User, create_staff, hash_for
from loyalty.web.api.keys import create_key
from loyalty.web.api.tables import api_keys
from loyalty.web.portal.switch import SETTING as PORTAL

SHOWN_MEMBERS = 9
"""How many members the ready file and the bench name: three of each script."""


@dataclass(frozen=True)
class DemoMember:
    """A member whose card lies on the bench."""

    id: str
    name: str
    number: str
    uid: str

    @property
    def card(self) -> dict[str, Any]:
        return visual_card(self.uid, self.number)

    def ready_entry(self) -> dict[str, Any]:
        """As the ready file lists members."""
        chip = {"kind": "card_uid", "token": self.uid, "card": self.card}
        code = {"kind": "barcode", "token": self.number}
        return {"id": self.id, "name": self.name, "number": self.number, "cards": [chip, code]}


@dataclass(frozen=True)
class Prepared:
    """Members to show, and the secrets of this start: known to nobody else, valid until the next one."""

    members: list[DemoMember]
    owner_key: str
    counter_key: str
    logins: dict[str, dict[str, str]]


def prepare(config: Config, stopped: Callable[[], bool]) -> Prepared | None:
    """None when the user gave up meanwhile; the half-made database is then deleted."""
    database = config.data_dir / "loyalty.sqlite"
    with InstanceLock(config.data_dir, "loyalty demo"):
        if not database.exists() and not _make_database(database, stopped):
            return None
        engine = open_engine(config.database_url)
        try:
            upgrade(engine)
            with write(engine) as session:
                return _open_doors(session, datetime.now(UTC))
        finally:
            engine.dispose()


def _make_database(database: Path, stopped: Callable[[], bool]) -> bool:
    today = datetime.now(ZONE).date()
    kept = template.template_path(today)
    if template.fetch(kept, database):
        return True
    half_made = database.with_suffix(".seeding")
    half_made.unlink(missing_ok=True)
    engine = open_engine(f"sqlite:///{half_made}")
    try:
        upgrade(engine)
        _seed(engine, today, stopped)
    finally:
        engine.dispose()  # closing the last connection folds the write-ahead log into the file
    if stopped():
        half_made.unlink(missing_ok=True)
        return False
    half_made.rename(database)
    template.keep(database, kept)
    return True


def _seed(engine: Engine, today: date, stopped: Callable[[], bool]) -> None:
    history = read_history(today)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Booking a year of purchases", total=len(history))

        def progress(done: int, _all: int) -> bool:
            bar.update(task, completed=done)
            return not stopped()

        book_history(engine, history, progress)


def _open_doors(session: Session, now: datetime) -> Prepared:
    """Keys and passwords are made anew at each start, so that none ever stands in a template or the project."""
    session.execute(sa.update(api_keys).where(api_keys.c.name.like("demo:%")).values(revoked_at=now))
    logins = {role: _login(session, role, now) for role in ("administrator", "supervisor", "cashier")}
    put(session, PORTAL, True, now)
    return Prepared(
        members=_shown_members(session),
        owner_key=create_key(session, ["all"], now, name="demo: owner").key,
        counter_key=create_key(session, ["counter"], now, name="demo: counter 1").key,
        logins=logins,
    )


def _login(session: Session, role: str, now: datetime) -> dict[str, str]:
    email, password = f"{role}@harbour.example", "-".join(secrets.token_hex(3) for _ in range(3))
    user = session.scalar(sa.select(User).where(User.email == email))
    if user is None:
        create_staff(session, email, password, role, now)
    else:
        user.password = hash_for(password)
    return {"email": email, "password": password}


def _shown_members(session: Session) -> list[DemoMember]:
    """The best customers, three of each language, one of each in turn."""
    shown: list[list[DemoMember]] = []
    for language in ("zh-Hant", "en", "zh-Hans"):
        rows = session.execute(
            sa.select(Member.id, Member.name, Member.number, Card.token)
            .join(Card, Card.member_id == Member.id)
            .where(Member.language == language, Card.kind == "card_uid", Card.status == "active")
            .order_by(Member.phone)
            .limit(SHOWN_MEMBERS // 3)
        )
        shown.append([DemoMember(*row) for row in rows])
    return [member for turn in zip(*shown, strict=True) for member in turn]

"""What `loyalty doctor` looks at in the data: the database's version, its clock, its people, how old checks are."""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.cli.checks_machine import Check
from loyalty.config import Config
from loyalty.db.audit import audit_entries
from loyalty.db.session import open_engine, probe, read
from loyalty.db.upgrade import is_current
from loyalty.errors import ConfigError
from loyalty.ops.last_done import when
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.tables import transfers
from loyalty.web.accounts import Role, User

OLD_BACKUP = timedelta(days=2)
OLD_VERIFY = timedelta(days=8)
CLOCK_SLACK = timedelta(minutes=2)
BUILT = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""No clock of a machine that runs this version can rightly be earlier."""


def data_checks(config: Config, now: datetime) -> list[Check]:
    """One check after the other; those that need a database are left out while there is none."""
    if config.uses_sqlite and not Path(config.database_url.removeprefix("sqlite:///")).exists():
        return [clock(now), Check("database", "note", "There is no database yet.", "loyalty serve makes it")]
    engine = open_engine(config.database_url)
    try:
        probe(engine)
    except ConfigError as error:
        return [clock(now), Check("database", "bad", str(error), "check that the database server runs")]
    try:
        if not is_current(engine):
            said = "The database is not up to date."
            return [clock(now), Check("database", "bad", said, "loyalty db upgrade")]
        up_to_date = Check("database", "ok", "The database answers and is up to date.")
        ages = [verified(config.data_dir, now), backed_up(config, now)]
        return [up_to_date, clock(now, latest(engine)), *ages, people(engine), programme(engine, now)]
    finally:
        engine.dispose()


def latest(engine: Engine) -> datetime | None:
    """The latest moment that the server's clock has written; entries never come from the future."""
    with read(engine) as session:
        found = [
            session.scalar(sa.select(audit_entries.c.at).order_by(audit_entries.c.number.desc()).limit(1)),
            session.scalar(sa.select(transfers.c.recorded_at).order_by(transfers.c.number.desc()).limit(1)),
        ]
    return max((each for each in found if each), default=None)


def clock(now: datetime, last: datetime | None = None) -> Check:
    remedy = "set the clock and keep it right: sudo timedatectl set-ntp true"
    if now < BUILT:
        return Check("clock", "bad", f"This machine thinks that it is {now:%Y-%m-%d}.", remedy)
    if last is not None and last > now + CLOCK_SLACK:
        said = f"The last entry was written at {last:%Y-%m-%d %H:%M} UTC, but here it is only {now:%Y-%m-%d %H:%M}."
        return Check("clock", "bad", said, remedy)
    return Check("clock", "ok", f"It is {now:%Y-%m-%d %H:%M} UTC, and nothing in the data is later.")


def verified(folder: Path, now: datetime) -> Check:
    done = when(folder, "verify")
    if done is None:
        return Check("verify", "note", "The ledger was never added up again here.", "loyalty db verify")
    at, facts = done
    if not facts.get("ok"):
        return Check("verify", "bad", f"On {at:%Y-%m-%d} the ledger did not hold.", "loyalty db verify")
    state, remedy = ("note", "loyalty db verify") if now - at > OLD_VERIFY else ("ok", "")
    return Check("verify", state, f"The ledger was added up on {at:%Y-%m-%d}, and held.", remedy)  # type: ignore[arg-type]


def backed_up(config: Config, now: datetime) -> Check:
    if not config.uses_sqlite:
        return Check("backup", "note", "PostgreSQL is saved by its own tools.", "pg_dump, daily, kept elsewhere")
    done = when(config.data_dir, "backup")
    remedy = f"loyalty db backup /mnt/usb/loyalty-{now:%Y-%m-%d}.sqlite"
    if done is None:
        return Check("backup", "bad", "This database was never saved by loyalty db backup.", remedy)
    at, facts = done
    state, remedy = ("bad", remedy) if now - at > OLD_BACKUP else ("ok", "")
    return Check("backup", state, f"Last saved on {at:%Y-%m-%d} to {facts.get('file')}.", remedy)  # type: ignore[arg-type]


def people(engine: Engine) -> Check:
    with read(engine) as session:
        rulers = sa.select(sa.func.count()).select_from(User).join(User.roles)
        count = session.scalar(rulers.where(Role.name == "administrator", User.active))
    if not count:
        remedy = "loyalty staff add you@shop.example --role administrator"
        return Check("administrator", "bad", "Nobody can log in as administrator.", remedy)
    return Check("administrator", "ok", f"{count} may log in as administrator.")


def programme(engine: Engine, now: datetime) -> Check:
    with read(engine) as session:
        version = SqlFacts(session).version(now)
    if version is None:
        return Check("programme", "bad", "No programme is in force: nobody earns points.", "loyalty programme put FILE")
    return Check("programme", "ok", f"Version {version.number} is in force: {version.programme.name}.")

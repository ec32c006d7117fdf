"""`loyalty export`: members, cards, transfers, balances and sales as CSV or XLSX."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from loyalty.cli.database import config_option, data_dir_option, database_option, settings
from loyalty.config import Config
from loyalty.db.audit import note
from loyalty.db.session import open_engine, probe, read, write
from loyalty.db.single import InstanceLock
from loyalty.db.upgrade import is_current
from loyalty.errors import ConfigError, Conflict, LoyaltyError
from loyalty.ops.exports.table import form_of, write_table
from loyalty.ops.exports.tables import EXPORTS, Ways
from loyalty.points.sql_facts import SqlFacts

day_type = click.DateTime(["%Y-%m-%d"])


@click.command(epilog="Example: loyalty export members members.xlsx")
@click.argument("kind", type=click.Choice(list(EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@config_option
@data_dir_option
@database_option
@click.option("--from", "first", type=day_type, help="First local day (joined, issued, occurred).")
@click.option("--to", "last", type=day_type, help="Last local day.")
@click.option("--force", is_flag=True, help="Overwrite FILE when it exists.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def export(
    kind: str,
    file: Path,
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    first: datetime | None,
    last: datetime | None,
    force: bool,
    as_json: bool,
) -> None:
    """Writes FILE (.csv or .xlsx). Cells that a spreadsheet would run as formulas are plain text."""
    config = settings(config_file, data_dir=data_dir, database=database)
    form_of(file)
    if file.exists() and not force:
        raise Conflict(f"{file} exists already; name another file, or add --force.")
    engine = open_engine(config.database_url)
    try:
        rows = _write(engine, kind, file, _day(first), _day(last))
        logged = _logged(engine, config, kind, rows)
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps({"kind": kind, "file": str(file), "rows": rows, "audit": logged}))
    else:
        click.echo(f"{rows:,} rows written to {file}.")
        if not logged:
            click.echo("A server is running, so this is not in the audit log; export from its pages to have it there.")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _write(engine: Engine, kind: str, file: Path, first: date | None, last: date | None) -> int:
    probe(engine)
    if not is_current(engine):
        raise LoyaltyError("The database is not up to date: run loyalty db upgrade first.")
    with read(engine) as session:
        version = SqlFacts(session).version(datetime.now(UTC))
        if version is None:
            raise LoyaltyError("The shop has no programme yet, so there is nothing to export.", code="not_ready")
        ways = Ways(version.programme, first, last)
        return write_table(file, EXPORTS[kind].headings, EXPORTS[kind].rows(session, ways))


def _logged(engine: Engine, config: Config, kind: str, rows: int) -> bool:
    """Whether the export stands in the audit log: with SQLite only the one who holds the lock may write."""
    try:
        if config.uses_sqlite:
            with InstanceLock(config.data_dir, "loyalty export"):
                _note(engine, kind, rows)
        else:
            _note(engine, kind, rows)
    except ConfigError:
        return False
    return True


def _note(engine: Engine, kind: str, rows: int) -> None:
    actor = f"command:loyalty export by uid {os.getuid()}" if hasattr(os, "getuid") else "command:loyalty export"
    with write(engine) as session:
        note(session, actor, f"export.{kind}", f"export:{kind}", datetime.now(UTC), after={"rows": rows})

"""`loyalty db`: bring the database up to date, re-sum it, copy it, put a copy back, move it to PostgreSQL and back."""

import importlib
import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click

from loyalty.cli.database import config_option, data_dir_option, database_option, settings
from loyalty.db.session import open_engine, probe, read, write
from loyalty.db.single import InstanceLock
from loyalty.db.upgrade import is_current, upgrade
from loyalty.errors import LoyaltyError
from loyalty.ops.backup import backup as copy_database
from loyalty.ops.backup import restore as put_back
from loyalty.ops.last_done import remember
from loyalty.ops.member_figures import rebuild
from loyalty.ops.move import move, rows_to_move
from loyalty.ops.verify import rows_to_check
from loyalty.ops.verify import verify as check_ledger

EVERY_TABLE = ("loyalty.web.app", "loyalty.ops.imports.tables")
"""Modules that between them know every table; only who moves them all waits for the whole web application."""


@click.group(epilog="Example: loyalty db verify --json")
def db() -> None:
    """The database: upgrade, verify, rebuild-figures, backup, restore, move."""


@db.command("upgrade", epilog="Example: loyalty db upgrade")
@config_option
@data_dir_option
@database_option
def upgrade_command(config_file: Path | None, data_dir: Path | None, database: str | None) -> None:
    """Brings the database up to date; makes it when there is none."""
    config = settings(config_file, data_dir=data_dir, database=database)
    engine = open_engine(config.database_url)
    if config.uses_sqlite:
        with InstanceLock(config.data_dir, "loyalty db upgrade"):
            steps = upgrade(engine)
    else:
        steps = upgrade(engine)
    engine.dispose()
    click.echo(f"Brought up to date by {len(steps)} steps." if steps else "The database is up to date.")


@db.command(epilog="Example: loyalty db verify --json")
@config_option
@data_dir_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def verify(
    ctx: click.Context, config_file: Path | None, data_dir: Path | None, database: str | None, as_json: bool
) -> None:
    """Adds up every account and lot again, checks the hash chains, and compares what was answered with what was booked.

    Exit code 1 when something does not hold.
    """
    config = settings(config_file, data_dir=data_dir, database=database)
    engine = open_engine(config.database_url)
    probe(engine)
    if not is_current(engine):
        raise LoyaltyError("The database is not up to date: run loyalty db upgrade first.")
    with read(engine) as session:
        hidden = as_json or not sys.stderr.isatty()
        with click.progressbar(length=0 if hidden else rows_to_check(session), file=sys.stderr, hidden=hidden) as bar:
            report = check_ledger(session, bar.update)
    engine.dispose()
    remember(config.data_dir, "verify", datetime.now(UTC), ok=report.ok)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        for problem in report.problems:
            click.echo(f"{problem.table} {problem.row}: {problem.sentence}")
        state = "all holds" if report.ok else f"{len(report.problems)} problems"
        click.echo(f"{report.accounts} accounts, {report.transfers} transfers, {report.lots} lots: {state}.")
    ctx.exit(0 if report.ok else 1)


@db.command("rebuild-figures", epilog="Example: loyalty db rebuild-figures")
@config_option
@data_dir_option
@database_option
def rebuild_figures(config_file: Path | None, data_dir: Path | None, database: str | None) -> None:
    """Makes anew the figures by which the list of members is ordered and counted, where verify found them wrong."""
    config = settings(config_file, data_dir=data_dir, database=database)
    engine = open_engine(config.database_url)
    probe(engine)
    if not is_current(engine):
        raise LoyaltyError("The database is not up to date: run loyalty db upgrade first.")
    alone = InstanceLock(config.data_dir, "loyalty db rebuild-figures") if config.uses_sqlite else nullcontext()
    with alone, write(engine) as session:
        rows = rebuild(session)
    engine.dispose()
    click.echo(f"{rows:,} figures made anew from balances, spend and levels.")


@db.command(epilog="Example: loyalty db backup /mnt/usb/loyalty-2026-11-21.sqlite")
@config_option
@data_dir_option
@database_option
@click.argument("file", type=click.Path(path_type=Path))
def backup(config_file: Path | None, data_dir: Path | None, database: str | None, file: Path) -> None:
    """One consistent copy into FILE; the server may go on selling meanwhile."""
    config = settings(config_file, data_dir=data_dir, database=database)
    engine = open_engine(config.database_url)
    probe(engine)
    size = copy_database(engine, file)
    engine.dispose()
    remember(config.data_dir, "backup", datetime.now(UTC), file=str(file.absolute()), bytes=size)
    click.echo(f"Saved {size:,} bytes to {file}.")


@db.command(epilog="Example: loyalty db restore /mnt/usb/loyalty-2026-11-21.sqlite")
@config_option
@data_dir_option
@database_option
@click.argument("file", type=click.Path(path_type=Path))
def restore(config_file: Path | None, data_dir: Path | None, database: str | None, file: Path) -> None:
    """Puts FILE in the place of the database; the server must be stopped. The old one is kept beside it."""
    config = settings(config_file, data_dir=data_dir, database=database)
    with InstanceLock(config.data_dir, "loyalty db restore"):
        kept = put_back(open_engine(config.database_url), file)
    click.echo(f"Restored from {file}." + (f" The former database is {kept}." if kept else ""))


@db.command("move", epilog="Example: loyalty db move --to postgresql://loyalty@db.example/loyalty")
@config_option
@data_dir_option
@database_option
@click.option("--to", "target", required=True, help="URL of an empty PostgreSQL database, or of a new SQLite file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def move_command(
    config_file: Path | None, data_dir: Path | None, database: str | None, target: str, as_json: bool
) -> None:
    """Moves a shop from SQLite to PostgreSQL or back and proves that all arrived; the server must be stopped."""
    config = settings(config_file, data_dir=data_dir, database=database)
    for module in EVERY_TABLE:
        importlib.import_module(module)
    source, there = open_engine(config.database_url), open_engine(target)
    with InstanceLock(config.data_dir, "loyalty db move"):
        hidden = as_json or not sys.stderr.isatty()
        with click.progressbar(length=rows_to_move(source), file=sys.stderr, hidden=hidden) as bar:
            proof = move(source, there, bar.update)
    source.dispose()
    there.dispose()
    if as_json:
        click.echo(json.dumps({"ok": True, **proof.as_json()}))
    else:
        click.echo(
            f"{proof.rows:,} rows in {proof.tables} tables moved; both sides verify, chain {proof.chain[:16]}…."
            f" Set LOYALTY_DATABASE (or database in loyalty.toml) to the new address and start the server."
        )

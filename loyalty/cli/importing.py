"""`loyalty import`: members, cards, balances and sales from CSV and XLSX files."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from loyalty.cli.database import config_option, data_dir_option, database_option, own_database, settings
from loyalty.clock import rfc3339, system_clock
from loyalty.config import Config
from loyalty.db.session import open_engine, probe, read, write
from loyalty.db.upgrade import is_current
from loyalty.errors import Invalid, LoyaltyError
from loyalty.members.conventions import Conventions
from loyalty.ops.imports.columns import KINDS, guessed, remember, remembered
from loyalty.ops.imports.encodings import ENCODINGS
from loyalty.ops.imports.error_file import write_errors
from loyalty.ops.imports.run import Job, Report, bring_in, look
from loyalty.ops.imports.sheet import Sheet, read_sheet
from loyalty.ops.imports.undo import recent, take_back

Command = Callable[..., None]
_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("import", epilog="Example: loyalty import members members.csv --dry-run")
def importing() -> None:
    """Members, cards, balances and sales from CSV or XLSX files; an import can be taken back."""


@importing.command("list", epilog="Example: loyalty import list --json")
@config_option
@data_dir_option
@database_option
@_json_option
def list_command(config_file: Path | None, data_dir: Path | None, database: str | None, as_json: bool) -> None:
    """The imports, the latest first."""
    config = settings(config_file, data_dir=data_dir, database=database)
    with _looking(config) as engine:
        rows = recent(engine)
    if as_json:
        click.echo(json.dumps([_shown(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        state = "taken back" if row.undone_at else "done" if row.finished_at else "cut short"
        new, changed = row.counts.get("new", 0), row.counts.get("changed", 0)
        click.echo(f"{row.id}  {row.kind}  {row.file_name}  {new} new, {changed} changed  {state}")


def _shown(row: Any) -> dict[str, Any]:
    moments = ("started_at", "finished_at", "undone_at")
    found = {name: getattr(row, name) for name in ("id", "kind", "file_name", "encoding", "staff", "counts")}
    return found | {name: rfc3339(getattr(row, name)) if getattr(row, name) else None for name in moments}


@importing.command("undo", epilog="Example: loyalty import undo imp_01kar3")
@config_option
@data_dir_option
@database_option
@click.argument("import_id")
@_json_option
@click.pass_context
def undo(
    ctx: click.Context,
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    import_id: str,
    as_json: bool,
) -> None:
    """Takes an import back: new members are closed, changed ones as before, cards retired, points and sales undone."""
    config = settings(config_file, data_dir=data_dir, database=database)
    with own_database(config, "loyalty import") as engine:
        done = take_back(engine, import_id, _actor(), _conventions(config), system_clock)
    if as_json:
        click.echo(json.dumps({"import": import_id, **asdict(done)}, ensure_ascii=False))
    else:
        for problem in done.problems[:20]:
            click.echo(f"row {problem.row} stays: {problem.sentence}")
        click.echo(f"{done.rows} rows taken back, {len(done.problems)} stay.")
    ctx.exit(1 if done.problems else 0)


def _add(kind: str) -> None:
    @importing.command(kind, epilog=f"Example: loyalty import {kind} {kind}.xlsx --dry-run --errors wrong.csv")
    @config_option
    @data_dir_option
    @database_option
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Only say what would happen.")
    @click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Rows left out, with reasons.")
    @click.option("--encoding", type=click.Choice(ENCODINGS), help="Of a CSV file; found out when left out.")
    @click.option("--column", "said", multiple=True, help="HEADING=FIELD, kept for next time; `-` leaves it out.")
    @_json_option
    @click.pass_context
    def command(ctx: click.Context, **options: Any) -> None:
        ctx.exit(1 if _import(kind, **options).problems else 0)

    command.help = f"{kind.capitalize()} from FILE. Exit code 1 when rows were left out; the others stand."


for _kind in KINDS:
    _add(_kind)


def _import(
    kind: str,
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    file: Path,
    dry_run: bool,
    errors: Path | None,
    encoding: str | None,
    said: tuple[str, ...],
    as_json: bool,
) -> Report:
    config = settings(config_file, data_dir=data_dir, database=database)
    sheet = read_sheet(file.read_bytes(), encoding)
    columns = _said(said)
    with _looking(config) if dry_run else own_database(config, "loyalty import") as engine:
        job = _job(engine, kind, sheet, columns, file.name, _conventions(config), keep=not dry_run)
        hidden = as_json or not sys.stderr.isatty()
        with click.progressbar(length=len(sheet.rows), file=sys.stderr, hidden=hidden) as bar:
            report = (look if dry_run else bring_in)(engine, job, system_clock, bar.update)
    if errors is not None:
        write_errors(errors, sheet, report.problems)
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else _told(report))
    return report


def _job(
    engine: Engine,
    kind: str,
    sheet: Sheet,
    said: dict[str, str],
    file_name: str,
    conventions: Conventions,
    keep: bool,
) -> Job:
    with read(engine) as session:
        known = remembered(session, kind)
    if said and keep:
        with write(engine) as session:
            remember(session, kind, said)
    return Job(kind, sheet, guessed(kind, sheet.headings, known | said), file_name, _actor(), conventions)


def _told(report: Report) -> str:
    counts = report.counts
    lines = [f"row {each.row}: {each.sentence}" for each in report.problems[:20]]
    if len(report.problems) > 20:
        lines.append(f"… and {len(report.problems) - 20} more; --errors FILE has them all.")
    columns = ", ".join(f"{heading} = {field}" for heading, field in report.columns.items())
    lines.append(f"Read as {report.encoding}; columns: {columns}.")
    would = f"Brought in as {report.import_id}" if report.import_id else "Nothing was changed; it would be"
    lines.append(
        f"{would}: {counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged,"
        f" {counts.errors} left out of {counts.rows} rows."
    )
    return "\n".join(lines)


def _said(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        heading, equals, field = pair.rpartition("=")
        if not equals or not heading or not field:
            raise Invalid(f"--column {pair!r} is not HEADING=FIELD; write for example --column \"Tel no=phone\".")
        found[heading] = field
    return found


@contextmanager
def _looking(config: Config) -> Iterator[Engine]:
    """The database for reading, also while a server runs."""
    engine = open_engine(config.database_url)
    try:
        probe(engine)
        if not is_current(engine):
            raise LoyaltyError("The database is not up to date: run loyalty db upgrade first.")
        yield engine
    finally:
        engine.dispose()


def _conventions(config: Config) -> Conventions:
    return Conventions(config.number_check, config.phone_region)


def _actor() -> str:
    return f"command:{getpass.getuser()}"[:255]


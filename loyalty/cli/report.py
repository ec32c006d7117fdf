"""`loyalty report`: one question about the shop, answered as a table, JSON, CSV or a picture."""

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from loyalty.cli.database import config_option, data_dir_option, database_option, settings
from loyalty.db.session import open_engine, probe, read
from loyalty.db.upgrade import is_current
from loyalty.errors import Invalid, LoyaltyError
from loyalty.insight.report import Report, plain
from loyalty.insight.standard import REPORTS, read_report
from loyalty.ops.exports.table import csv_lines
from loyalty.printing.bars import bar_chart

_day = click.DateTime(["%Y-%m-%d"])


@click.command(epilog="Example: loyalty report earn-burn --from 2026-01-01 --to 2026-03-31 --csv")
@click.argument("name", type=click.Choice(list(REPORTS)))
@config_option
@data_dir_option
@database_option
@click.option("--from", "first", type=_day, help="First local day; default 27 days before the last.")
@click.option("--to", "last", type=_day, help="Last local day; default today.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV on standard output.")
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="A chart into this file.")
def report(
    name: str,
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    first: datetime | None,
    last: datetime | None,
    as_json: bool,
    as_csv: bool,
    png: Path | None,
) -> None:
    """Answers one question from the ledger; may run while the server sells."""
    if sum((as_json, as_csv, png is not None)) > 1:
        raise Invalid("Choose one of --json, --csv and --png.")
    config = settings(config_file, data_dir=data_dir, database=database)
    engine = open_engine(config.database_url)
    probe(engine)
    if not is_current(engine):
        raise LoyaltyError("The database is not up to date: run loyalty db upgrade first.")
    with read(engine) as session:
        found = read_report(session, name, datetime.now(UTC), _date(first), _date(last))
    engine.dispose()
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    elif as_csv:
        for piece in csv_lines([column.key for column in found.definition.columns], found.rows):
            sys.stdout.write(piece)
    elif png is not None:
        png.write_bytes(bar_chart(found.definition.question, found.drawn()))
        click.echo(f"Drawn into {png}.")
    else:
        _show(found)


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _show(found: Report) -> None:
    console = Console()
    console.print(f"{found.definition.question}  {found.span.first} to {found.span.last}", highlight=False)
    table = Table()
    for column in found.definition.columns:
        table.add_column(column.key, justify="left" if column.unit == "text" else "right")
    for row in found.rows:
        table.add_row(*(f"{cell:,f}" if isinstance(cell, Decimal) else str(plain(cell)) for cell in row))
    console.print(table)
    for column in found.definition.columns:
        console.print(f"{column.key}: {column.meaning}", highlight=False, markup=False)

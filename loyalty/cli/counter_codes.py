"""`loyalty counter code` and `revoke`: on the server's machine, who may be a counter."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from loyalty.cli.database import ask_server, config_option, data_dir_option, database_option, own_database, settings
from loyalty.clock import rfc3339
from loyalty.db.audit import note
from loyalty.db.session import write
from loyalty.web.api.enrolments import make_code
from loyalty.web.api.enrolments import revoke as stop_counter


@click.command(epilog="Example: loyalty counter code till-1")
@click.argument("id")
@config_option
@data_dir_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def code(id: str, config_file: Path | None, data_dir: Path | None, database: str | None, as_json: bool) -> None:
    """On the server's machine: a code with which the counter ID can be enrolled, once, within half an hour."""
    config = settings(config_file, data_dir=data_dir, database=database)
    made: Any = ask_server(config, f"/counters/{id}:code", {})
    if made is None:
        now = datetime.now(UTC)
        with own_database(config, "loyalty counter") as engine, write(engine) as session:
            fresh = make_code(session, id, "console", now)
            note(session, "console", "counter.code", f"counter:{fresh.counter}", now)
            made = {"counter": fresh.counter, "code": fresh.code, "expires_at": rfc3339(fresh.expires_at)}
    if as_json:
        click.echo(json.dumps(made))
    else:
        click.echo(f"{made['code']}\nFor {made['counter']}, once, until {made['expires_at']}; shown this once.")


@click.command(epilog="Example: loyalty counter revoke till-1")
@click.argument("id")
@config_option
@data_dir_option
@database_option
def revoke(id: str, config_file: Path | None, data_dir: Path | None, database: str | None) -> None:
    """On the server's machine: the counter's key stops at once."""
    config = settings(config_file, data_dir=data_dir, database=database)
    if ask_server(config, f"/counters/{id}:revoke", {}) is None:
        now = datetime.now(UTC)
        with own_database(config, "loyalty counter") as engine, write(engine) as session:
            stop_counter(session, id, now)
            note(session, "console", "counter.revoke", f"counter:{id}", now)
    click.echo(f"The key of {id} does not work any more; what {id} has not sent yet stays on its disk.")

"""`loyalty apikey`: keys for tills and programs."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from loyalty.cli.database import ask_server, config_option, data_dir_option, database_option, own_database, settings
from loyalty.db.audit import note
from loyalty.db.session import write
from loyalty.web.api.keys import SCOPES, create_key


@click.group(epilog="Example: loyalty apikey create --scope counter --json")
def apikey() -> None:
    """Keys for tills and programs that use the HTTP API."""


@apikey.command(epilog="Example: loyalty apikey create --scope read --scope book --json")
@config_option
@data_dir_option
@database_option
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="What the key may do."
)
@click.option("--name", default="", help="What the key is for, for people.")
@click.option("--test", is_flag=True, help="A test key: everything is worked out, nothing is booked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def create(
    config_file: Path | None,
    data_dir: Path | None,
    database: str | None,
    scopes: tuple[str, ...],
    name: str,
    test: bool,
    as_json: bool,
) -> None:
    """Makes a key and shows it once. Asks the running server, or opens the database itself when none runs."""
    config = settings(config_file, data_dir=data_dir, database=database)
    made: Any = ask_server(config, "/api-keys", {"scopes": list(scopes), "name": name, "test": test})
    if made is None:
        with own_database(config, "loyalty apikey") as engine, write(engine) as session:
            now = datetime.now(UTC)
            key = create_key(session, scopes, now, name=name, test=test)
            after = {"name": name, "scopes": sorted(scopes), "test": test}
            note(session, "command:loyalty apikey", "key.create", f"key:{key.id}", now, after=after)
            made = {"id": key.id, "key": key.key}
    if as_json:
        click.echo(json.dumps({"id": made["id"], "key": made["key"]}))
    else:
        click.echo(f"{made['key']}\nThis is shown once; its id is {made['id']}.")

"""`loyalty staff`: who may log in to the back office."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from loyalty.cli.database import ask_server, config_option, data_dir_option, database_option, own_database, settings
from loyalty.db.audit import note
from loyalty.db.session import write
from loyalty.web.access import ROLES
from loyalty.web.accounts import create_staff


@click.group(epilog="Example: loyalty staff add ada@shop.example --role administrator")
def staff() -> None:
    """People who may log in to the back office."""


@staff.command(epilog="Example: loyalty staff add ada@shop.example --role administrator < password.txt")
@config_option
@data_dir_option
@database_option
@click.argument("email")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="What the person may do.")
def add(config_file: Path | None, data_dir: Path | None, database: str | None, email: str, role: str) -> None:
    """Lets EMAIL log in. The password is asked for, or read as one line from standard input: never an option.

    Asks the running server, or opens the database itself when none runs.
    """
    config = settings(config_file, data_dir=data_dir, database=database)
    password = _password()
    made = ask_server(config, "/staff", {"email": email, "password": password, "role": role})
    if made is None:
        with own_database(config, "loyalty staff") as engine, write(engine) as session:
            now = datetime.now(UTC)
            made = {"email": create_staff(session, email, password, role, now).email}
            note(session, "command:loyalty staff", "staff.create", f"staff:{made['email']}", now, after={"role": role})
    click.echo(f"{made['email']} may log in as {role}.")


def _password() -> str:
    """From a person twice, from a pipe once."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")

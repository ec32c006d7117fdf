"""`loyalty counter`: the program at the till or in the kiosk, and how counters come in and are sent away."""

import importlib
import os
from pathlib import Path

import click

from loyalty.contract.card_report import hot_name
from loyalty.counter.enrolment import ask_for_key, first_settings, keep_key, may_write
from loyalty.counter.program import run
from loyalty.counter.settings import read_settings
from loyalty.counter.staff import hash_pin as hash_of_pin
from loyalty.errors import ConfigError, Invalid

DEFAULT_FILE = Path("counter.toml")
ON_THE_SERVER = {"code": "loyalty.cli.counter_codes", "revoke": "loyalty.cli.counter_codes"}
"""Imported when they are called: a counter's machine need not load the server's parts to start."""


class CounterGroup(click.Group):
    """The program itself, and commands around it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ON_THE_SERVER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ON_THE_SERVER:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(importlib.import_module(ON_THE_SERVER[cmd_name]), cmd_name)
        return command


@click.group(
    cls=CounterGroup,
    invoke_without_command=True,
    epilog="Example: loyalty counter --config till-1.toml --server http://10.0.0.5:8000",
)
@click.option("--config", type=click.Path(path_type=Path), help="Settings (TOML, table [counter]).")
@click.option("--server", help="Address of the central server, such as http://127.0.0.1:8000.")
@click.option("--bind", help="Address of the screens; default 127.0.0.1:8100.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where sales wait that the server has not yet.")
@click.option("--hash-pin", is_flag=True, help="Ask for a staff member's PIN and print what the settings want of it.")
@click.option("--hash-card", is_flag=True, help="The same for a staff member's card, such as card_uid:04A1B2C3D4E5F6.")
@click.pass_context
def counter(
    context: click.Context, config: Path | None, server: str | None, bind: str | None, data_dir: Path | None,
    hash_pin: bool, hash_card: bool,
) -> None:  # fmt: skip
    """Devices, cashier's and kiosk's screen; keeps selling when the server is away."""
    if context.invoked_subcommand is not None:
        return
    if hash_pin:
        click.echo(f'pin_hash = "{hash_of_pin(click.prompt("PIN", hide_input=True, confirmation_prompt=True))}"')
        return
    if hash_card:
        kind, _, value = click.prompt("Card").strip().partition(":")
        if not value or kind not in ("card_uid", "barcode", "magstripe"):
            raise Invalid("Write the kind of card and what it reads, such as card_uid:04A1B2C3D4E5F6.")
        click.echo(f'card = "{hot_name(kind, value)}"')
        return
    options = {"server": server, "bind": bind, "data_dir": str(data_dir) if data_dir else None}
    run(read_settings(config, os.environ, options), lambda url: click.echo(f"The counter is ready: {url}"))


@counter.command(epilog="Example: loyalty counter enrol --server http://10.0.0.5:8000 --code 7KQM2-9XDPA")
@click.option("--server", required=True, help="Address of the central server.")
@click.option("--code", required=True, help="The one-time code, from the back office or `loyalty counter code`.")
@click.option("--config", type=click.Path(path_type=Path), default=DEFAULT_FILE, show_default=True,
              help="Settings of this counter; written when there are none.")  # fmt: skip
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where key and sales lie; default: as the settings.")
def enrol(server: str, code: str, config: Path, data_dir: Path | None) -> None:
    """This machine becomes a counter: the code is changed into a key that only this user can read."""
    known = read_settings(config, os.environ, {}) if config.exists() else None
    folder = data_dir or (known.data_dir if known else config.parent / "counter-data")
    may_write(folder)
    done = ask_for_key(server, code)
    file = keep_key(folder, done.key)
    if known is not None and known.id != done.counter:
        raise ConfigError(
            f'The code was for the counter {done.counter}; write id = "{done.counter}" into {config}, where {known.id} '
            f"stands now. The key is kept in {file}."
        )
    first_settings(config, done, server, folder)
    click.echo(f"This is the counter {done.counter} now; its key is kept in {file}.")
    click.echo(f"Start it with: loyalty counter --config {config}")

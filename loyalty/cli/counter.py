"""`loyalty counter`: the program at the till or in the kiosk."""

import os
from pathlib import Path

import click

from loyalty.counter.program import run
from loyalty.counter.settings import read_settings
from loyalty.counter.staff import hash_pin as hash_of_pin


@click.command(epilog="Example: loyalty counter --config till-1.toml --server http://10.0.0.5:8000")
@click.option("--config", type=click.Path(path_type=Path), help="Settings (TOML, table [counter]).")
@click.option("--server", help="Address of the central server, such as http://127.0.0.1:8000.")
@click.option("--bind", help="Address of the screens; default 127.0.0.1:8100.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where sales wait that the server has not yet.")
@click.option("--hash-pin", is_flag=True, help="Ask for a staff member's PIN and print what the settings want of it.")
def counter(
    config: Path | None, server: str | None, bind: str | None, data_dir: Path | None, hash_pin: bool
) -> None:
    """Devices, cashier's and kiosk's screen; keeps selling when the server is away."""
    if hash_pin:
        click.echo(f'pin_hash = "{hash_of_pin(click.prompt("PIN", hide_input=True, confirmation_prompt=True))}"')
        return
    options = {"server": server, "bind": bind, "data_dir": str(data_dir) if data_dir else None}
    run(read_settings(config, os.environ, options), lambda url: click.echo(f"The counter is ready: {url}"))

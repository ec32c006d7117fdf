"""`loyalty doctor`: is this machine ready to serve a shop? One line for each check, with the step that mends it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from loyalty.cli import checks_machine as machine
from loyalty.cli.checks_data import data_checks
from loyalty.cli.checks_machine import Check
from loyalty.cli.checks_passes import passes
from loyalty.cli.database import config_option, data_dir_option, database_option, settings
from loyalty.config import Config

SIGNS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


@click.command(epilog="Example: loyalty doctor --json")
@config_option
@data_dir_option
@database_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def doctor(
    ctx: click.Context, config_file: Path | None, data_dir: Path | None, database: str | None, as_json: bool
) -> None:
    """Looks at machine and data and changes nothing. Exit code 1 when something does not hold."""
    config = settings(config_file, data_dir=data_dir, database=database)
    found = examine(config, datetime.now(UTC))
    bad = sum(check.state == "bad" for check in found)
    if as_json:
        click.echo(json.dumps({"ok": not bad, "checks": [asdict(check) for check in found]}, ensure_ascii=False))
    else:
        for check in found:
            click.echo(f"{SIGNS[check.state]}  {check.name}: {check.said}")
            if check.remedy:
                click.echo(f"      -> {check.remedy}")
        click.echo("All holds." if not bad else f"{bad} of {len(found)} checks do not hold.")
    ctx.exit(1 if bad else 0)


def examine(config: Config, now: datetime) -> list[Check]:
    """Every check, those of the machine first."""
    return [
        machine.python(),
        machine.sqlite(),
        machine.data_directory(config.data_dir),
        machine.private_files(config),
        machine.disk(config.data_dir),
        machine.fonts(),
        machine.pcsc(),
        machine.port(config),
        *passes(config, now),
        *data_checks(config, now),
    ]

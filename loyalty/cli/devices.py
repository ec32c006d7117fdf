"""`loyalty devices`: for technicians."""

import json
from typing import Any

import click

from loyalty.devices.profiles import Profile, all_profiles
from loyalty.devices.registry import driver_names
from loyalty.devices.transports.ports import list_ports


@click.group(epilog="Example: loyalty devices profiles --json")
def devices() -> None:
    """Which devices are known and which ports this machine has."""


@devices.command(epilog="Example: loyalty devices profiles --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
def profiles(as_json: bool) -> None:
    """Every model that has a profile, and how its facts were verified."""
    rows = [_row(profile) for profile in all_profiles()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        what = f"{row['vendor']} {row['model']}  ({', '.join(row['roles'])}; {row['verified']})"
        click.echo(f"{row['name']:<{width}}  {what}")


@devices.command("list", epilog="Example: loyalty devices list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def list_(as_json: bool) -> None:
    """The serial ports of this machine and the drivers installed."""
    ports = [{"port": port, "what": what} for port, what in list_ports()]
    if as_json:
        click.echo(json.dumps({"ports": ports, "drivers": list(driver_names())}, ensure_ascii=False, indent=1))
        return
    for row in ports:
        click.echo(f"{row['port']}  {row['what']}")
    if not ports:
        click.echo("No serial port was found; plug the device in, or name a network port as socket://host:port.")
    click.echo(f"Drivers: {', '.join(driver_names())}")


def _row(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name, "vendor": profile.vendor, "model": profile.model, "firmware": profile.firmware,
        "roles": list(profile.roles), "verified": profile.verified,
    }  # fmt: skip

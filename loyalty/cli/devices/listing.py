"""`loyalty devices profiles` and `list`: what is known, and what is plugged in."""

import json
from typing import Any

import click

from loyalty.devices.capabilities import capabilities_of, likely_profiles, provenance_of
from loyalty.devices.profiles import Profile, all_profiles, read_profile
from loyalty.devices.registry import driver_names
from loyalty.devices.running import running_simulators
from loyalty.devices.transports.ports import list_ports

as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")


@click.command(epilog="Example: loyalty devices profiles --json; loyalty devices profiles star-tcp300ii")
@click.argument("name", required=False)
@as_json_option
def profiles(name: str | None, as_json: bool) -> None:
    """Every model that has a profile: what it can do, and how that is known. With NAME: each fact and its source."""
    if name:
        _show_one(read_profile(name), as_json)
        return
    rows = [_row(profile) for profile in all_profiles()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        firmware = f", firmware {row['firmware']}" if row["firmware"] else ""
        click.echo(f"{row['name']:<{width}}  {row['vendor']} {row['model']}{firmware}  [{', '.join(row['roles'])}]")
        click.echo(f"{'':<{width}}  {', '.join(row['capabilities']) or 'nothing beyond its role'}")
        click.echo(f"{'':<{width}}  {row['verified']}: {_counted(row['provenance'])}")


@click.command("list", epilog="Example: loyalty devices list --json")
@as_json_option
def list_(as_json: bool) -> None:
    """The ports of this machine (serial, card readers, HID, simulated devices), each with the profile that may fit."""
    known = list(all_profiles())
    ports: list[dict[str, Any]] = [
        {"port": port, "what": what, "profiles": likely_profiles(what + " " + port, known), "simulated": False}
        for port, what in list_ports()
    ]
    simulated = list(running_simulators())
    ports = [row for row in ports if row["port"] not in {each.port for each in simulated}]
    ports += [{"port": each.port, "what": f"SIMULATED, control {each.control}", "profiles": [each.profile],
               "simulated": True} for each in simulated]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"ports": ports, "drivers": list(driver_names())}, ensure_ascii=False, indent=1))
        return
    for row in ports:
        fits = f"  -> {', '.join(row['profiles'])}" if row["profiles"] else ""
        click.echo(f"{row['port']}  {row['what']}{fits}")
    if not ports:
        click.echo("No port was found; plug the device in, or name a network port as socket://host:port.")
    click.echo(f"Drivers: {', '.join(driver_names())}")


def _row(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name, "vendor": profile.vendor, "model": profile.model, "firmware": profile.firmware,
        "roles": list(profile.roles), "verified": profile.verified, "driver": profile.driver,
        "capabilities": capabilities_of(profile), "provenance": provenance_of(profile),
        "unverified": list(profile.unverified()), "notes": profile.notes,
    }  # fmt: skip


def _show_one(profile: Profile, as_json: bool) -> None:
    facts = {
        name: {"value": fact.value, "source": fact.source, "verified": fact.verified}
        for name, fact in profile.facts.items()
    }
    if as_json:
        click.echo(json.dumps({**_row(profile), "facts": facts}, ensure_ascii=False, indent=1))
        return
    click.echo(f"{profile.name}: {profile.vendor} {profile.model}, firmware {profile.firmware or 'any'}")
    click.echo(profile.notes)
    for name, fact in facts.items():
        click.echo(
            f"\n{name} = {json.dumps(fact['value'], ensure_ascii=False)}\n  {fact['verified']}: {fact['source']}"
        )


def _counted(provenance: dict[str, int]) -> str:
    return ", ".join(f"{count} {how}" for how, count in provenance.items()) or "no facts"

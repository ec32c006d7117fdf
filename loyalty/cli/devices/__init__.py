"""`loyalty devices`: for technicians. One file per command."""

import click

from loyalty.cli.devices.check import check
from loyalty.cli.devices.listing import list_, profiles

__all__ = ["devices"]


@click.group(epilog="Example: loyalty devices check --profile star-tcp300ii --port /dev/ttyUSB0")
def devices() -> None:
    """Known models, the ports of this machine, and trying a device out."""


for command in (profiles, list_, check):
    devices.add_command(command)

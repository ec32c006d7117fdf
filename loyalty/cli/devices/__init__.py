"""`loyalty devices`: for technicians. One file per command."""

import click

from loyalty.cli.devices.check import check
from loyalty.cli.devices.listing import list_, profiles
from loyalty.cli.devices.talk import talk
from loyalty.cli.devices.trace import replay, trace, watch

__all__ = ["devices"]


@click.group(epilog="Example: loyalty devices check --profile star-tcp300ii --port /dev/ttyUSB0")
def devices() -> None:
    """Known models, the ports of this machine, and trying a device out."""


for command in (profiles, list_, check, trace, watch, replay, talk):
    devices.add_command(command)

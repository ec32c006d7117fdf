"""`loyalty simulate`: one simulated device. Becomes `python -m simulators`, which takes the same words."""

import os
import sys

import click


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="Example: loyalty simulate star-tcp300ii --tcp 127.0.0.1:0 --speed fast",
)
@click.argument("profile")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def simulate(profile: str, options: tuple[str, ...]) -> None:
    """One simulated device on a port of its own; `loyalty simulate PROFILE --help` lists the options."""
    sys.stdout.flush()
    # The same process goes on as the simulator, so that whoever ends this one ends the device.
    os.execv(sys.executable, [sys.executable, "-m", "simulators", profile, *options])

"""The device that a command is to work on: profile, port, simulated or not; and leave to drive it."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from loyalty.devices.consent import doubt
from loyalty.devices.profiles import Profile, read_profile
from loyalty.devices.running import simulator_at
from loyalty.errors import ConfigError

_SOCKET = "PCSCLITE_CSOCK_NAME"


@dataclass(frozen=True)
class Reached:
    """control: the simulator's control interface, None for hardware."""

    profile: Profile
    port: str
    control: str | None


def device_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--profile, --port, --control, --accept-unverified."""
    for option in (
        click.option("--accept-unverified", is_flag=True, help="Drive hardware although facts are unverified."),
        click.option("--control", metavar="URL", help="A simulator's control interface; found by itself here."),
        click.option("--port", required=True, metavar="PORT", help="/dev/ttyUSB0, socket://host:port, pcsc:NAME …"),
        click.option("--profile", "profile_name", required=True, metavar="P", help="See `loyalty devices profiles`."),
    ):
        command = option(command)
    return command


def reach(profile_name: str, port: str, control: str | None, accept_unverified: bool) -> Reached:
    """ConfigError when a person has to agree first and does not."""
    profile = read_profile(profile_name)
    running = simulator_at(port)
    if running and running.socket:
        os.environ.setdefault(_SOCKET, running.socket)  # read by the system's library at its first call
    control = control or (running.control if running else None)
    if control is None and not accept_unverified and (sentence := doubt(profile)):
        _ask(sentence)
    return Reached(profile, port, control)


def _ask(sentence: str) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError(f"{sentence} Add --accept-unverified to drive it all the same.")
    if not click.confirm(f"{sentence} Drive it all the same?", err=True):
        raise ConfigError("Nothing was sent to the device.")

"""`loyalty devices talk`: a console to one device, its verbs by name and raw bytes; decoded both ways."""

import shlex
import sys
import time
from typing import Any

import click

from loyalty.cli.devices.reaching import device_options, reach
from loyalty.devices.registry import driver_for
from loyalty.devices.trace import Row, Trace
from loyalty.devices.transports import open_transport
from loyalty.devices.verbs import call, usage, verbs_of
from loyalty.errors import DeviceError, Invalid, LoyaltyError

ANSWER_S, QUIET_S = 1.0, 0.15
_EXAMPLE = "Example: echo status | loyalty devices talk --profile star-tcp300ii --port /dev/ttyUSB0"
_HELP = """Verbs of this device:
{verbs}
Besides:
  hex BYTES     sends them as they are and shows what comes back, such as: hex 02 59 03 5A
  wire on|off   shows every byte that passes, or not
  help, quit"""


@click.command(epilog=_EXAMPLE)
@device_options
def talk(profile_name: str, port: str, control: str | None, accept_unverified: bool) -> int:
    """A console to one device: its driver's verbs by name, raw bytes, the conversation decoded both ways.

    Reads commands from standard input, one a line. In a pipe it ends with exit code 1 when a command failed.
    """
    reached = reach(profile_name, port, control, accept_unverified)
    console = _Console()
    trace = Trace(reached.profile, watcher=console.show)
    line = open_transport(reached.port, reached.profile, trace.note)
    try:
        driver = driver_for(reached.profile)(line, reached.profile)
        click.echo(f"{reached.profile.vendor} {reached.profile.model}"
                   + (", SIMULATED" if reached.control else "") + "; `help` lists what it understands.")  # fmt: skip
        return console.run(driver, line)
    finally:
        line.close()


class _Console:
    def __init__(self) -> None:
        self._wire, self._failed = True, False
        self._prompt = sys.stdin.isatty()

    def show(self, row: Row) -> None:
        if self._wire:
            click.echo(f"   {row.to_text()}")

    def run(self, driver: Any, line: Any) -> int:
        while True:
            if self._prompt:
                click.echo("> ", nl=False)
            typed = sys.stdin.readline()
            if not typed or typed.strip() in ("quit", "exit"):
                return 1 if self._failed and not self._prompt else 0
            if typed.strip() and not typed.startswith("#"):
                self._obey(typed.strip(), driver, line)

    def _obey(self, typed: str, driver: Any, line: Any) -> None:
        try:
            words = shlex.split(typed)
            click.echo(self._answer(words, driver, line))
        except (LoyaltyError, DeviceError, ValueError) as error:
            self._failed = True
            advice = f" {error.advice}" if isinstance(error, DeviceError) else ""
            half = f" The card: {error.half}." if isinstance(error, DeviceError) and error.half else ""
            half += f" Its stripe: {error.stripe}." if isinstance(error, DeviceError) and error.stripe else ""
            click.echo(f"Error: {error}{advice}{half}")

    def _answer(self, words: list[str], driver: Any, line: Any) -> str:
        if words[0] == "help":
            return _HELP.format(verbs="\n".join(f"  {usage(verb)}" for verb in verbs_of(driver).values()))
        if words[0] == "wire":
            self._wire = words[1:] != ["off"]
            return f"The wire is {'shown' if self._wire else 'not shown'}."
        if words[0] == "hex":
            return _raw(line, " ".join(words[1:]))
        return call(driver, words)


def _raw(line: Any, text: str) -> str:
    """Sends bytes; what comes back until the line is quiet."""
    try:
        data = bytes.fromhex(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is not hex: write two digits for each byte, such as 02 59 03 5A.") from error
    if hasattr(line, "exchange"):
        return str(line.exchange(data, ANSWER_S).hex(" "))
    line.write(data)
    heard, ends = b"", time.monotonic() + ANSWER_S
    while (left := ends - time.monotonic()) > 0:
        piece = line.read(min(left, QUIET_S if heard else left))
        if not piece and heard:
            break
        heard += piece
    return heard.hex(" ") or "no answer"

"""`loyalty devices trace` and `replay`: a device's conversation, live, on disk, and as a simulator."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import click

from loyalty.cli.devices.reaching import Reached, device_options, reach
from loyalty.clock import rfc3339, system_clock
from loyalty.devices.interfaces import Seen
from loyalty.devices.registry import driver_for
from loyalty.devices.trace import Header, Row, Trace, write_trace
from loyalty.devices.trace.hiding import hidden
from loyalty.devices.transports import open_transport
from loyalty.errors import ConfigError, DeviceError

ASK_S, POLL_S = 2.0, 0.25
_EXAMPLE = "Example: loyalty devices trace --profile pn532 --port /dev/ttyUSB0 --seconds 60 --out field.jsonl"


@click.command(epilog=_EXAMPLE)
@device_options
@click.option("--seconds", type=click.FloatRange(min=0), help="End after so long; else at Ctrl-C.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the trace in this file.")
@click.option("--raw", is_flag=True, help="Show card numbers, names and pictures too; a replay needs them.")
@click.option("--json", "as_json", is_flag=True, help="Rows as JSON lines.")
def trace(
    profile_name: str, port: str, control: str | None, accept_unverified: bool, seconds: float | None,
    out: Path | None, raw: bool, as_json: bool,
) -> None:  # fmt: skip
    """Drives the device as a counter at rest does and shows what passes, with its meaning.

    What concerns a person is hidden, unless --raw is given.
    """
    reached = reach(profile_name, port, control, accept_unverified)
    tokens: list[str] = []

    def show(row: Row) -> None:
        shown = row if raw else hidden(row, tokens)
        click.echo(json.dumps(shown.to_json(), ensure_ascii=False) if as_json else shown.to_text())

    kept = Trace(reached.profile, watcher=show)
    try:
        _drive(reached, kept, seconds, tokens)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
    finally:
        if out:
            header = Header(profile_name, port, rfc3339(system_clock()), not raw, reached.control is not None)
            rows = kept.after(0) if raw else kept.shown(tokens)
            write_trace(out, header, rows)
            click.echo(f"{len(rows)} rows are in {out}.", err=True)


def _drive(reached: Reached, kept: Trace, seconds: float | None, tokens: list[str]) -> None:
    """Opens the device; asks how it is, and for readings where it gives any."""
    ends = time.monotonic() + seconds if seconds is not None else float("inf")
    line = open_transport(reached.port, reached.profile, kept.note)
    try:
        driver = driver_for(reached.profile)(line, reached.profile)
        ask_at = 0.0
        while time.monotonic() < ends:
            try:
                if time.monotonic() >= ask_at:
                    driver.status()
                    ask_at = time.monotonic() + ASK_S
                if hasattr(driver, "poll"):
                    reading = driver.poll(POLL_S)
                    tokens += [reading.token.value] if isinstance(reading, Seen) else []
                else:
                    time.sleep(POLL_S)
            except DeviceError as error:
                if error.code == "link_lost":
                    raise
                click.echo(f"! {error}", err=True)
    finally:
        line.close()


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
    epilog="Example: loyalty devices replay field.jsonl --tcp 127.0.0.1:0 --speed fast",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def replay(file: Path, options: tuple[str, ...]) -> None:
    """A trace from --out answers on a port as the device did: --tcp H:P or --pty, --speed real or fast.

    Prints {"profile", "port", "control"} when ready, and one sentence wherever the client leaves the trace.
    """
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "simulators.replay", str(file), *options])


@click.command(epilog="Example: loyalty devices watch --counter http://127.0.0.1:8100 reader")
@click.argument("device")
@click.option("--counter", default="http://127.0.0.1:8100", show_default=True, help="Address of the running counter.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End after so long; else at Ctrl-C.")
def watch(device: str, counter: str, seconds: float | None) -> None:
    """The conversation of a device that a running counter drives: DEVICE is its id in the counter's settings."""
    ends = time.monotonic() + seconds if seconds is not None else float("inf")
    for row in _rows_of(f"{counter.rstrip('/')}/bench/devices/{device}/trace", ends):
        click.echo(Row(row["n"], row["at"], row["direction"], row["hex"], row["meaning"]).to_text())


def _rows_of(address: str, ends: float) -> Iterator[dict[str, Any]]:
    opener, after = build_opener(ProxyHandler({})), 0
    while True:
        try:
            with opener.open(f"{address}?after={after}", timeout=5) as answer:
                rows = json.load(answer)
        except HTTPError as error:
            raise ConfigError(f"{address} answers {error.code}: has the counter such a device?") from error
        except (URLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            reason = getattr(reason, "strerror", None) or reason
            raise ConfigError(
                f"No counter gives a trace at {address} ({reason}): start it there, or name its address with --counter."
            ) from error
        yield from rows
        after = rows[-1]["n"] if rows else after
        if time.monotonic() >= ends:
            return
        time.sleep(POLL_S)

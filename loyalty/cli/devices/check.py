"""`loyalty devices check`: the conformance run."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from loyalty.cli.devices.reaching import Reached, device_options, reach
from loyalty.clock import system_clock
from loyalty.devices.check import Hands, PersonHands, SimulatorHands, StepResult, run_check

_EXAMPLE = "Example: loyalty devices check --profile star-tcp300ii --port /dev/ttyUSB0 --html report.html"


@click.command(epilog=_EXAMPLE)
@device_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of the report.")
@click.option("--html", "html", type=click.Path(path_type=Path, dir_okay=False), help="Also write a page.")
@click.option("--card", type=click.Path(path_type=Path, exists=True), help="A card (JSON) for the simulator.")
@click.option("--wait", "wait_s", type=click.FloatRange(min=0.1), help="Seconds that a person has for each step [30].")
def check(
    profile_name: str, port: str, control: str | None, accept_unverified: bool, as_json: bool, html: Path | None,
    card: Path | None, wait_s: float | None,
) -> int:  # fmt: skip
    """Does the device do what its profile says? Named steps, the same on hardware and simulators.

    Says when a card has to be put in; a simulator does so by itself. Exit code 1 when a step does not hold.
    """
    reached = reach(profile_name, port, control, accept_unverified)
    hands = _hands(reached, json.loads(card.read_text("utf-8")) if card else None)
    progress = _progress if sys.stderr.isatty() else None
    report = run_check(
        reached.profile, port, hands, system_clock().astimezone(), wait_s=wait_s, progress=progress
    )  # fmt: skip
    if html:
        html.write_text(report.to_html(), "utf-8")
    click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1) if as_json else report.to_text(), nl=as_json)
    return 0 if report.held else 1


def _hands(reached: Reached, card: dict[str, Any] | None) -> Hands:
    if reached.control:
        return SimulatorHands(reached.control, card)
    return PersonHands(lambda words: click.echo(f">> {words}", err=True), _answer)


def _answer(question: str) -> bool | None:
    """None where nobody sits at a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    return click.confirm(f">> {question}", err=True)


def _progress(step: StepResult) -> None:
    click.echo(f"{step.result:<8}{step.name}", err=True)

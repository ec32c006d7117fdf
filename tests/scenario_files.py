"""The scenario files of this project, each read once by a worker: engine, databases and API run the same ones."""

from functools import cache
from pathlib import Path

from loyalty.scenarios.reader import Scenario, read_file

FILES = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))


@cache
def scenarios_of(file: Path) -> tuple[Scenario, ...]:
    """Called by tests and not while they are collected: every worker collects all of them."""
    return tuple(read_file(file))

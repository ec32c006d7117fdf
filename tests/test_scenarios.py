"""Every scenario file through the engine: the numbers are other systems' own, or worked out by hand."""

from pathlib import Path

import pytest

from loyalty.scenarios.backend import EngineBackend
from loyalty.scenarios.reader import read_file
from loyalty.scenarios.runner import run

FILES = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenarios_hold(file: Path) -> None:
    scenarios = read_file(file)  # here and not while tests are collected: every worker collects all of them
    outcomes = [run(scenario, EngineBackend()) for scenario in scenarios]
    assert outcomes
    assert [outcome.as_json() for outcome in outcomes if not outcome.passed] == []

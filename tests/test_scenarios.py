"""Every scenario file through the engine: the numbers are other systems' own, or worked out by hand."""

from pathlib import Path

import pytest

from loyalty.scenarios.backend import EngineBackend
from loyalty.scenarios.reader import Scenario, read_file
from loyalty.scenarios.runner import run

SCENARIOS = [
    pytest.param(scenario, id=f"{file.stem}:{scenario.name}")
    for file in sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))
    for scenario in read_file(file)
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario_holds(scenario: Scenario) -> None:
    outcome = run(scenario, EngineBackend())
    assert outcome.passed, outcome.as_json()

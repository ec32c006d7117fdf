"""Every scenario file through the engine: the numbers are other systems' own, or worked out by hand."""

from pathlib import Path

import pytest

from loyalty.scenarios.backend import EngineBackend
from loyalty.scenarios.runner import run
from tests.scenario_files import FILES, scenarios_of


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenarios_hold(file: Path) -> None:
    outcomes = [run(scenario, EngineBackend()) for scenario in scenarios_of(file)]
    assert outcomes
    assert [outcome.as_json() for outcome in outcomes if not outcome.passed] == []

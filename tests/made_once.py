"""What is dear to make and never changed is made once for all workers of a run: who comes first makes it."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common; new for each run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def made_once(place: Path, make: Callable[[Path], object]) -> Path:
    """The folder `place` with what `make` puts into it; the others wait until it is finished."""
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished = _mark(place)
        if not finished.exists():
            place.mkdir(exist_ok=True)
            make(place)
            finished.touch()
    return place


def forget(place: Path) -> None:
    """It is gone; who needs it next makes it anew."""
    _mark(place).unlink()
    shutil.rmtree(place)


def _mark(place: Path) -> Path:
    return place.with_suffix(".finished")

"""Fixtures: an up-to-date database of either kind. A test that takes `engine` runs on both.

The steps that bring a new database up to date run once; every test gets a copy of what they made.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loyalty.db.session import open_engine
from loyalty.db.upgrade import upgrade
from tests.made_once import made_once

NAME = "loyalty.sqlite"


def new_sqlite(shared: Path, folder: Path) -> Engine:
    """A database with all tables and nothing in them: `loyalty.sqlite` in `folder`."""
    shutil.copy(made_once(shared / "sqlite", _make_sqlite) / NAME, folder / NAME)
    return open_engine(f"sqlite:///{folder / NAME}")


def _make_sqlite(folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / NAME}")
    upgrade(engine)
    engine.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path, shared: Path) -> Iterator[Engine]:
    """A fresh SQLite file with all tables."""
    made = new_sqlite(shared, tmp_path)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A fresh database with all tables: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_engine")
        return
    made = open_engine(request.getfixturevalue("ready_postgres"))
    yield made
    made.dispose()

"""Fixtures: an up-to-date database of either kind. A test that takes `engine` runs on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loyalty.db.session import open_engine
from loyalty.db.upgrade import upgrade
from tests.postgres_cluster import fresh_postgres, postgres_cluster

__all__ = ["engine", "fresh_postgres", "postgres_cluster", "sqlite_engine"]


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite file with all tables."""
    made = open_engine(f"sqlite:///{tmp_path / 'loyalty.sqlite'}")
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A fresh database with all tables: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_engine")
        return
    made = open_engine(request.getfixturevalue("fresh_postgres"))
    upgrade(made)
    yield made
    made.dispose()

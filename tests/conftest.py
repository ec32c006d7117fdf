"""What all tests share: how hard properties are tried, what is made once, parts that may be missing on this machine."""

import os

import pytest
from hypothesis import settings

import tests.compiled_once  # noqa: F401 - being there is what it does
from tests.less_garbage import pytest_collection_finish
from tests.made_once import shared
from tests.neighbours import pytest_runtest_teardown, pytest_sessionfinish, pytest_xdist_make_scheduler
from tests.postgres_cluster import fresh_postgres, postgres_cluster
from tests.skipped_parts import pytest_terminal_summary, skip_what_is_missing
from tests.spare_postgres import ready_postgres, spare_postgres
from tests.whole_tracebacks import pytest_runtest_makereport

__all__ = [
    "fresh_postgres",
    "postgres_cluster",
    "pytest_collection_finish",
    "pytest_runtest_makereport",
    "pytest_runtest_teardown",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
    "ready_postgres",
    "shared",
    "spare_postgres",
]

LONG = (
    *("test_style.py", "browser", "journeys", "points", "web", "cli", "ops", "campaigns", "demo", "insight", "db"),
    *("test_tidy.py", "test_architecture.py", "test_scenarios.py", "messages", "checkout", "members", "devices"),
)
"""Rooms whose files take long. They start first: whoever gets one last would work on alone when all others are done.

The very first is mypy, which works by itself and takes longest in a new checkout."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip_what_is_missing(items)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    room = item.nodeid.split("/")[1]
    return LONG.index(room) if room in LONG else len(LONG)


settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=40, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

"""What all tests share: how hard properties are tried, what is made once, parts that may be missing on this machine."""

import os

from hypothesis import settings

from tests.made_once import shared
from tests.postgres_cluster import fresh_postgres, postgres_cluster, ready_postgres
from tests.skipped_parts import pytest_collection_modifyitems, pytest_terminal_summary

__all__ = [
    "fresh_postgres",
    "postgres_cluster",
    "pytest_collection_modifyitems",
    "pytest_terminal_summary",
    "ready_postgres",
    "shared",
]

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

"""A counter's disk for the tests below."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.counter.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "counter")
    yield store
    store.close()

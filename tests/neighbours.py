"""Test files that share what is dear to make - a browser, the small shop's programs - run on one worker in a row.

The first test that needs it starts it; it goes when the worker comes to a file outside the row. Files that are not
named here are rows of their own.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

ROWS = {
    "screens of the counter": ["browser/test_bench", "browser/test_cashier", "browser/test_cashier_cards",
                               "browser/test_cashier_typing", "browser/test_kiosk"],
    "rewards": ["browser/test_cashier_money", "browser/test_cashier_rewards", "journeys/test_redemption",
                "journeys/test_redemption_faults"],
    "programs": ["cli/test_programme", "journeys/test_cards_told", "journeys/test_device_troubles",
                 "journeys/test_fleet", "journeys/test_issuing", "journeys/test_outages", "journeys/test_phone_pass",
                 "journeys/test_swipes", "journeys/test_whole_way"],
    "office": ["browser/test_barriers", "browser/test_campaign", "browser/test_cards_pages", "browser/test_devices",
               "browser/test_editor", "browser/test_office", "browser/test_passkey", "browser/test_portal",
               "browser/test_programme", "browser/test_trial"],
    "scenarios": ["points/test_sql_scenarios", "test_scenarios", "web/api/test_scenarios"],
    "other counters": ["browser/test_kiosk_member", "browser/test_typing_till"],
}  # fmt: skip
_ROW_OF = {f"tests/{file}.py": row for row, files in ROWS.items() for file in files}


def row_of(nodeid: str) -> str:
    """The row of a test; its file where none is named."""
    file = nodeid.split("::", 1)[0]
    return _ROW_OF.get(file, file)


class RowsTogether(LoadFileScheduling):
    """Hands out rows instead of files."""

    def _split_scope(self, nodeid: str) -> str:
        return row_of(nodeid)


class Standing:
    """What this worker has started and keeps for the next file of its row."""

    def __init__(self) -> None:
        self._open, self._kept = ExitStack(), dict[str, Any]()

    def get(self, name: str, start: Callable[[], AbstractContextManager[Any]]) -> Any:
        """What `start` gave when `name` was wanted first."""
        if name not in self._kept:
            self._kept[name] = self._open.enter_context(start())
        return self._kept[name]

    def close(self) -> None:
        self._kept.clear()
        self._open.close()


standing = Standing()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> RowsTogether | None:
    return RowsTogether(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last test of a row, and after its own fixtures are gone."""
    if nextitem is None or row_of(item.nodeid) != row_of(nextitem.nodeid):
        standing.close()


def pytest_sessionfinish() -> None:
    """Also when a run is broken off."""
    standing.close()

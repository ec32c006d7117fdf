"""A till's clock may be wrong: the counter goes by the server's time, and knows it again after a restart."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from loyalty.clock import SetClock
from loyalty.counter.known import Known
from loyalty.counter.server_time import ServerTime
from loyalty.counter.store import Store

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("off", [timedelta(days=2), timedelta(hours=-3), timedelta(days=-9000), timedelta(seconds=6)])
def test_a_wrong_clock_is_put_right_and_stays_right_over_a_restart(tmp_path: Path, off: timedelta) -> None:
    store, machine = Store(tmp_path), SetClock(NOON + off)
    clock = ServerTime(machine, Known(store))
    assert clock() == NOON + off
    clock.heard(format_datetime(NOON, usegmt=True))
    assert clock() == NOON and clock.off_by == -off
    machine.forward(timedelta(minutes=1))
    assert ServerTime(machine, Known(store))() == NOON + timedelta(minutes=1)
    store.close()


def test_a_clock_that_is_mended_is_believed_again(tmp_path: Path) -> None:
    store, machine = Store(tmp_path), SetClock(NOON + timedelta(days=1))
    clock = ServerTime(machine, Known(store))
    clock.heard(format_datetime(NOON, usegmt=True))
    machine.set(NOON)
    clock.heard(format_datetime(NOON, usegmt=True))
    assert (clock(), clock.off_by) == (NOON, timedelta(0))
    store.close()


@pytest.mark.parametrize("date", [None, "", "yesterday", format_datetime(NOON + timedelta(seconds=4), usegmt=True)])
def test_what_is_no_time_or_hardly_differs_changes_nothing(tmp_path: Path, date: str | None) -> None:
    store = Store(tmp_path)
    clock = ServerTime(SetClock(NOON), Known(store))
    clock.heard(date)
    assert clock.off_by == timedelta(0)
    store.close()

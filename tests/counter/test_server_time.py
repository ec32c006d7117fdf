"""A till's clock may be wrong: the counter goes by the server's time, and knows it again after a restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import pytest

from loyalty.clock import SetClock
from loyalty.contract.commands import RecordPurchase
from loyalty.counter.known import Known
from loyalty.counter.outbox import Outbox
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


def test_a_machine_that_comes_up_in_the_past_goes_on_from_when_the_server_was_heard(tmp_path: Path) -> None:
    store, machine = Store(tmp_path), SetClock(NOON)
    ServerTime(machine, Known(store)).heard(format_datetime(NOON, usegmt=True))
    machine.set(NOON - timedelta(days=300))  # no battery, no network
    clock = ServerTime(machine, Known(store))
    assert (clock(), clock.heard_at) == (NOON, NOON)
    clock.heard(format_datetime(NOON + timedelta(hours=2), usegmt=True))
    assert clock() == NOON + timedelta(hours=2)
    store.close()


def test_whoever_shows_the_clock_hears_when_it_is_found_wrong_and_right_again(tmp_path: Path) -> None:
    store, machine, told = Store(tmp_path), SetClock(NOON + timedelta(days=1)), []
    clock = ServerTime(machine, Known(store))
    clock.changed = lambda: told.append(clock.off_by)
    for _ in range(2):
        clock.heard(format_datetime(NOON, usegmt=True))
    machine.set(NOON)
    clock.heard(format_datetime(NOON, usegmt=True))
    assert told == [timedelta(days=-1), timedelta(0)]
    store.close()


def test_what_a_wrong_clock_stamped_is_told_with_its_right_time(tmp_path: Path) -> None:
    store, machine = Store(tmp_path), SetClock(NOON - timedelta(hours=5))
    clock, outbox = ServerTime(machine, Known(store)), Outbox(store)
    outbox.clock_off_s = lambda: clock.off_by.total_seconds()

    def sell(id: str, at: datetime | None = None) -> None:
        now = clock()
        sale = RecordPurchase(id, "till-1", 0, at or now, amount=Decimal(8), member="mem_1")
        outbox.put(id, "print", lambda seq: replace(sale, seq=seq), now)

    receipt_says = NOON - timedelta(days=1)
    sell("offline"), sell("from a receipt", receipt_says), sell("sent before")
    outbox.mark_sent(outbox.waiting(9)[2:])
    clock.heard(format_datetime(NOON, usegmt=True))
    sell("later")
    sent = outbox.mark_sent(outbox.waiting(9))
    times = [NOON, receipt_says, NOON - timedelta(hours=5), NOON]  # what the server may know already stays
    assert [entry.command.occurred_at for entry in sent] == times
    assert outbox.mark_sent(outbox.waiting(9)) == [replace(entry, state="sent") for entry in sent]  # and on the disk
    store.close()

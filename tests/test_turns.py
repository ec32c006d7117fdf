"""Work that comes round goes on after a failure, ends when it is told to, and may never have begun."""

import threading

import pytest

from loyalty.turns import Turns


def test_a_turn_that_fails_is_logged_and_the_next_one_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    taken, second = [], threading.Event()

    def turn() -> None:
        taken.append(1)
        if len(taken) == 1:
            raise ValueError("a full disk")
        second.set()

    with Turns("round", 0.01, turn, "nothing was told") as turns:
        assert second.wait(30)
    assert [record.message for record in caplog.records] == ["nothing was told"]
    count = len(taken)
    assert turns.stopping.wait(0) and not turns._thread.is_alive() and len(taken) == count


def test_what_was_never_started_can_be_stopped() -> None:
    Turns("round", 0.01, lambda: None, "nothing was told").stop()

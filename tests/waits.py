"""Waiting with a limit: what does not come is named long before the time limit of the whole test."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread, Timer
from typing import Any

LONG_S = 60.0
"""Nothing takes so long, not on a busy machine either."""


@contextmanager
def limited(process: subprocess.Popen[Any], what: str, seconds: float = LONG_S) -> Iterator[None]:
    """Reading from the process inside the block ends in time: it is killed, and the test says what did not come."""
    late: list[str] = []

    def give_up() -> None:
        late.append(f"not within {seconds:g} s: {what}")
        process.kill()

    timer = Timer(seconds, give_up)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        assert not late, late[0]


def first_line(process: subprocess.Popen[Any], seconds: float = LONG_S) -> Any:
    """What a program that was started says first: that it is ready, or where."""
    assert process.stdout is not None
    with limited(process, f"the first line of {process.args}", seconds):
        return process.stdout.readline()


def ended(*threads: Thread, seconds: float = 30) -> None:
    """They have come to their end by themselves."""
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), f"not within {seconds:g} s: the end of {thread.name}"

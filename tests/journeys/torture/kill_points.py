"""The steps at which a program can be killed, as ARCHITECTURE.md names them: one tap, and holds. Each is a function of
the product: the program dies just before or just after it, by its own hand, when its order says so.

`python -m tests.journeys.torture.kill_points` lists them.
"""

import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from loyalty.cli.main import main
from loyalty.clock import system_clock
from loyalty.counter.program import run
from loyalty.counter.settings import read_settings

COUNTER, SERVER = "counter", "server"


@dataclass(frozen=True)
class KillPoint:
    """`place` is module:function or module:Class.method; the program dies after it, or `before` it."""

    program: str
    name: str
    place: str
    before: bool = False


KILL_POINTS = (
    # the way of one tap, 1 and 2: a reading, then a row in the outbox, then a request
    KillPoint(COUNTER, "a card was read", "loyalty.counter.desk:Desk._look_up", before=True),
    KillPoint(COUNTER, "on its disk", "loyalty.counter.outbox:Outbox.put"),
    KillPoint(COUNTER, "marked as sent", "loyalty.counter.outbox:Outbox.mark_sent"),
    # 3: the server, one transaction
    KillPoint(SERVER, "request read", "loyalty.checkout.outbox:_read"),
    KillPoint(SERVER, "member identified", "loyalty.checkout.record_purchase:_member_of"),
    KillPoint(SERVER, "level settled", "loyalty.points.tiers:test"),
    KillPoint(SERVER, "transfers planned", "loyalty.points.engine:perform"),
    KillPoint(SERVER, "ledger posted", "loyalty.points.ledger:post"),
    KillPoint(SERVER, "outcome kept", "loyalty.checkout.outcomes:keep"),
    KillPoint(SERVER, "committed, not answered", "loyalty.web.api.counters:answer_all"),
    # 4: the answer, then face and receipt
    KillPoint(COUNTER, "answer heard", "loyalty.counter.link:Link.send"),
    KillPoint(COUNTER, "answer followed", "loyalty.counter.desk:Desk.answered"),
    KillPoint(COUNTER, "answer kept", "loyalty.counter.outbox:Outbox.answer"),
    KillPoint(COUNTER, "face wanted", "loyalty.counter.print_jobs:PrintJobs.add_face"),
    KillPoint(COUNTER, "receipt wanted", "loyalty.counter.print_jobs:PrintJobs.add_receipt"),
    KillPoint(COUNTER, "face drawn", "loyalty.counter.card_marks:CardMarks.drawn"),
    KillPoint(COUNTER, "print job begun", "loyalty.counter.print_jobs:PrintJobs.begin"),
    KillPoint(COUNTER, "printed, not noted", "loyalty.counter.print_jobs:PrintJobs.done", before=True),
    KillPoint(COUNTER, "face noted, not told", "loyalty.counter.card_marks:CardMarks.printed", before=True),
    # the ledger's two phases: hold, then capture or release
    KillPoint(COUNTER, "hold asked", "loyalty.counter.choosing:Choosing._ask"),
    KillPoint(SERVER, "points held", "loyalty.checkout.outbox:hold_reward"),
    KillPoint(COUNTER, "hold answered", "loyalty.counter.redeeming:Redeeming._held"),
    KillPoint(COUNTER, "handed out", "loyalty.counter.redeeming:Redeeming.hand_out"),
    KillPoint(COUNTER, "slip wanted", "loyalty.counter.redeeming:Redeeming._print"),
    KillPoint(COUNTER, "slip out, not captured", "loyalty.counter.redeeming:Redeeming._capture", before=True),
    KillPoint(COUNTER, "reward given up", "loyalty.counter.redeeming:Redeeming._release", before=True),
    KillPoint(SERVER, "hold captured", "loyalty.checkout.outbox:capture_hold"),
    KillPoint(SERVER, "hold released", "loyalty.checkout.outbox:release_hold"),
)


def names_of(program: str) -> tuple[str, ...]:
    return tuple(point.name for point in KILL_POINTS if point.program == program)


def run_counter(settings: Path, skew_s: float, order: Path) -> None:
    """A counter on a machine whose clock is wrong by `skew_s`."""
    plant(COUNTER, order)
    skew = timedelta(seconds=skew_s)
    run(read_settings(settings, {}, {}), lambda url: None, lambda: system_clock() + skew)


def run_server(arguments: Sequence[str], order: Path) -> None:
    plant(SERVER, order)
    main(arguments)


def plant(program: str, order: Path) -> None:
    """From now on the program dies at the kill point whose name is written in the file `order`."""
    for point in KILL_POINTS:
        if point.program == program:
            holder, name = _place(point.place)
            setattr(holder, name, _deadly(getattr(holder, name), point, order))


def _place(place: str) -> tuple[Any, str]:
    module, _, path = place.partition(":")
    *holders, name = path.split(".")
    return functools.reduce(getattr, holders, importlib.import_module(module)), name


def _deadly(real: Callable[..., Any], point: KillPoint, order: Path) -> Callable[..., Any]:
    @functools.wraps(real)
    def does(*given: Any, **named: Any) -> Any:
        if point.before:
            _die_if_told(point.name, order)
            return real(*given, **named)
        result = real(*given, **named)
        _die_if_told(point.name, order)
        return result

    return does


def _die_if_told(name: str, order: Path) -> None:
    with suppress(FileNotFoundError):
        if order.read_text("utf-8") == name:
            order.unlink()
            with dead_of(order).open("a", encoding="utf-8") as book:
                book.write(f"{name}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def dead_of(order: Path) -> Path:
    """Where a program writes down at which points it died."""
    return order.with_suffix(".dead")


if __name__ == "__main__":
    sys.stdout.writelines(f"{point.program:8} {point.name:24} {point.place}\n" for point in KILL_POINTS)

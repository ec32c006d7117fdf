"""Several programmes tried at once: the shop's own history is lived through once, and the replays share processes.

Each process reads the database by itself and only reads; what comes back is small.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from datetime import date, datetime
from multiprocessing import get_context
from typing import Any

from loyalty.campaigns import recorded
from loyalty.campaigns.trial import Span, ground_of, live_through, replay_of
from loyalty.campaigns.trial_result import Lived, TrialResult, compared
from loyalty.campaigns.trial_work import collect_seldom
from loyalty.db.session import open_engine, read

LOOK_S = 0.2
"""How often the parts are asked how far they are."""
Told = Callable[[int, int], bool]
Part = Sequence[Mapping[str, Any] | None]
"""Documents that one process lives through; None stands for the shop's own versions."""


def run_trials(
    database: str,
    documents: Sequence[Mapping[str, Any]],
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    progress: Told = lambda _done, _all: True,
    processes: int | None = None,
) -> list[TrialResult] | None:
    """One result for each document, as `run_trial` gives it. None when `progress` stopped it.

    `processes`: at most so many; default: one for each processor.
    """
    found = live_all(database, documents, now, first, last, progress, processes)
    if found is None:
        return None
    span, left_out, (present, *rest) = found
    return [compared(present, each, span.first, span.last, left_out) for each in rest]


def live_all(
    database: str,
    documents: Sequence[Mapping[str, Any]],
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    progress: Told = lambda _done, _all: True,
    processes: int | None = None,
) -> tuple[Span, Mapping[str, int], list[Lived]] | None:
    """The span, what is left out, and the shop's own history before those of the documents; see `run_trials`."""
    engine = open_engine(database)
    try:
        with read(engine) as session:
            ground = ground_of(session, documents, now, first, last)
            left_out = recorded.left_out(session, ground.span.until)
    finally:
        engine.dispose()
    parts = _parts([None, *documents], processes or os.cpu_count() or 1)
    found = _together(database, parts, documents, (now, first, last), progress)
    return None if found is None else (ground.span, left_out, found)


def _parts(wanted: Part, processes: int) -> list[list[int]]:
    """Places in `wanted` for each process, as even as can be."""
    number = max(1, min(processes, len(wanted)))
    return [list(range(place, len(wanted), number)) for place in range(number)]


def _together(
    address: str, parts: Sequence[Sequence[int]], documents: Sequence[Mapping[str, Any]], days: Any, progress: Told
) -> list[Lived] | None:
    wanted: Part = [None, *documents]
    context = get_context("spawn")
    with context.Manager() as shared, ProcessPoolExecutor(len(parts), context) as pool:
        done, stop = shared.dict(), shared.Event()
        running = {
            pool.submit(_live, address, [wanted[place] for place in part], documents, days, number, done, stop): part
            for number, part in enumerate(parts)
        }
        waiting = set(running)
        while waiting:
            _, waiting = wait(waiting, LOOK_S, FIRST_COMPLETED)
            told = list(done.values())
            if not progress(sum(each[0] for each in told), sum(each[1] for each in told)):
                stop.set()
        found: dict[int, Lived] = {}
        for future, part in running.items():
            lives = future.result()
            if lives is None:
                return None
            found |= dict(zip(part, lives, strict=True))
    return [found[place] for place in sorted(found)]


def _live(
    address: str, part: Part, documents: Sequence[Mapping[str, Any]], days: Any, number: int, done: Any, stop: Any
) -> list[Lived] | None:
    """In a process of its own."""

    def progress(some: int, everything: int) -> bool:
        done[number] = (some, everything)
        return not stop.is_set()

    collect_seldom()
    engine = open_engine(address)
    try:
        with read(engine) as session:
            ground = ground_of(session, documents, *days)
            return live_through(session, ground, [replay_of(ground, each) for each in part], progress)
    finally:
        engine.dispose()

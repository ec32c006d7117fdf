"""Interleaved rounds: everything that is compared is measured in turn, so that a busy minute hits all alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median

Deed = Callable[[], object]


def interleaved(
    deeds: Mapping[str, Deed], rounds: int, each: int, processor: dict[str, float] | None = None
) -> dict[str, float]:
    """Seconds for one deed: the median over `rounds` of the mean of `each` runs.

    `processor` is filled with the seconds of the processor alone, of the best round: what a busy machine adds is noise.
    """
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    spent: dict[str, list[float]] = {name: [] for name in deeds}
    for deed in deeds.values():  # caches and prepared statements are warm in a shop too
        for _ in range(min(each, 30)):
            deed()
    for _ in range(rounds):
        for name, deed in deeds.items():
            begun, worked = time.perf_counter(), time.process_time()
            for _ in range(each):
                deed()
            taken[name].append((time.perf_counter() - begun) / each)
            spent[name].append((time.process_time() - worked) / each)
    if processor is not None:
        processor.update({name: min(figures) for name, figures in spent.items()})
    return {name: median(figures) for name, figures in taken.items()}

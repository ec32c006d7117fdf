"""One run: three cashiers at once, everything that can break breaks, then all is mended and the truth is looked at."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.programs import until
from tests.journeys.torture.cashier import Cashier
from tests.journeys.torture.chain import Chain, Counter
from tests.journeys.torture.truth import check

SKEWS_S = (0.0, -40.0, 200.0, -7200.0, 86400.0, 2 * 86400.0)

CLOCK_WITHIN_S, SETTLED_WITHIN_S = 60, 300
"""A printer that had no paper is tried again every two minutes."""


@dataclass(frozen=True)
class Ran:
    """What happened: figures by name."""

    seed: int
    figures: dict[str, int]

    def __str__(self) -> str:
        return f"seed {self.seed}: " + ", ".join(f"{value} {name}" for name, value in self.figures.items())


def torture(folder: Path, seed: int, sales: int, trouble: float = 0.25) -> Ran:
    """`sales` at each of three counters, `trouble` of the actions under a fault. AssertionError when anything is lost,
    doubled, held or shown wrong."""
    dice = random.Random(seed)
    skews = tuple(dice.sample(SKEWS_S, 3))
    chain = Chain(folder, (skews[0], skews[1], skews[2]))
    try:
        chain.start()
        cashiers = [
            Cashier(chain, counter, random.Random(f"{seed} {counter.id}"), sales, trouble) for counter in chain.counters
        ]
        _all_work(cashiers)
        _mend(chain)
        promised = {id: amount for cashier in cashiers for id, amount in cashier.book.promised.items()}
        figures = check(chain, promised)
    finally:
        chain.close()
    deaths = sum(counter.deaths for counter in chain.counters)
    suffered = sum(len(counter.line.suffered) for counter in chain.counters)
    told = {"promised": len(promised), "counters killed": deaths, "server killed": chain.server_deaths}
    return Ran(seed, told | {"lines broken": suffered} | figures)


def _all_work(cashiers: list[Cashier]) -> None:
    with ThreadPoolExecutor(len(cashiers)) as pool:
        for done in [pool.submit(cashier.work) for cashier in cashiers]:
            done.result()


def _mend(chain: Chain) -> None:
    """The morning after: lines, server, counters, printers; slips in doubt are printed again."""
    for counter in chain.counters:
        counter.line.plugged, counter.line.armed = True, ""
        for name, gadget in counter.gadgets.items():
            if name == "cards":
                gadget.take()
            counter.mend(name)
        counter.up()
    chain.server_up()
    for counter in chain.counters:
        counter.ask("DELETE", "/member")
    for counter in chain.counters:
        until(f"{counter.id} has settled all", SETTLED_WITHIN_S, lambda counter=counter: _settled(counter))
        off_s = counter.state()["clock"]["off_s"]
        assert abs(off_s + counter.skew_s) < CLOCK_WITHIN_S, f"{counter.id} thinks its clock is off by {off_s} s"
    for counter in chain.counters:
        assert counter.program.stop() == 0


def _settled(counter: Counter) -> bool:
    state = counter.state()
    slips = [job for job in state["print_jobs"] if job["reward"]]
    for job in slips:
        if job["state"] == "failed":
            counter.ask("POST", f"/print-jobs/{job['id']}:retry")
    return state["online"] and state["pending"] == 0 and not slips and not state["chosen"] and _quiet(counter)


def _quiet(counter: Counter) -> bool:
    """Nothing more comes by itself: rewards are looked after every 0.3 s."""
    time.sleep(0.8)
    state = counter.state()
    return state["pending"] == 0 and not [job for job in state["print_jobs"] if job["reward"]]

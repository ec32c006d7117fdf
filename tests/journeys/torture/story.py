"""One run: three cashiers at once, everything that can break breaks, then all is mended and the truth is looked at."""

import random
import time
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.programs import until
from tests.journeys.torture.at_work import CARD_STAGES, PAPER_STAGES
from tests.journeys.torture.cashier import Cashier
from tests.journeys.torture.chain import Chain, Counter
from tests.journeys.torture.kill_points import COUNTER, KILL_POINTS, SERVER
from tests.journeys.torture.line import FATES
from tests.journeys.torture.truth import check

SKEWS_S = (0.0, -40.0, 200.0, -7200.0, 86400.0, 2 * 86400.0)

CLOCK_WITHIN_S, SETTLED_WITHIN_S = 60, 300
"""A printer that had no paper is tried again every two minutes."""

EVERY_STEP = (
    *((point.program, point.name) for point in KILL_POINTS),
    *((COUNTER, step) for step in (*CARD_STAGES, *PAPER_STAGES)),
    *((COUNTER if "counter" in fate else SERVER, fate) for fate in FATES if fate.startswith("kill")),
)


@dataclass(frozen=True)
class Ran:
    """What happened: figures by name, and how often which program was killed at which step."""

    seed: int
    figures: dict[str, int]
    kills: Tally[tuple[str, str]]

    def __str__(self) -> str:
        told = ", ".join(f"{value} {name}" for name, value in self.figures.items())
        return "\n".join([f"seed {self.seed}: {told}", *lines_of(self.kills)])


def lines_of(kills: Tally[tuple[str, str]]) -> list[str]:
    """A line for each step at which a program can be killed, those that were never reached too."""
    return [f"  {kills[step]:4} x {step[0]}: {step[1]}" for step in sorted({*EVERY_STEP, *kills})]


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
    suffered = sum(len(counter.line.suffered) for counter in chain.counters)
    kills = _kills(chain)
    told = {"promised": len(promised)}
    for program in (COUNTER, SERVER):
        told[f"{program} killed"] = sum(often for (who, _), often in kills.items() if who == program)
    spoiled = sum(cashier.book.spoiled for cashier in cashiers)
    return Ran(seed, told | {"lines broken": suffered, "printers spoiled": spoiled} | figures, kills)


def _kills(chain: Chain) -> Tally[tuple[str, str]]:
    found = Tally({(SERVER, step): often for step, often in chain.server_deaths().items()})
    for counter in chain.counters:
        found.update({(COUNTER, step): often for step, often in counter.deaths().items()})
    return found


def _all_work(cashiers: list[Cashier]) -> None:
    with ThreadPoolExecutor(len(cashiers)) as pool:
        for done in [pool.submit(cashier.work) for cashier in cashiers]:
            done.result()


def _mend(chain: Chain) -> None:
    """The morning after: lines, server, counters, printers; slips in doubt are printed again."""
    chain.spare_all()
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

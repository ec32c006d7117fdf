"""Scenarios run on a draft before anybody lives by it: the engine in memory, far from the shop's ledger."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loyalty.errors import LoyaltyError
from loyalty.scenarios.backend import EngineBackend
from loyalty.scenarios.reader import read_text
from loyalty.scenarios.runner import Outcome, run
from loyalty.web.backoffice.programme_faults import Fault, fault_of

LONGEST_S = 20.0


@dataclass(frozen=True)
class Why:
    """One entry of an explanation: `amount` as decimal text."""

    wallet: str
    rule: str
    amount: str


@dataclass(frozen=True)
class Failure:
    """`expected` and `actual` as the text of a scenario file; `step` from 1, 0 before the first."""

    name: str
    step: int
    place: str
    expected: str
    actual: str
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Trial:
    """`left_out` scenarios were not run because the time was up."""

    passed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    left_out: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def holds(self) -> bool:
        return not (self.failed or self.left_out or self.faults)


def try_out(text: str, document: Mapping[str, Any] | None) -> Trial:
    """Runs every scenario of `text`, with `document` in the place of their own programmes if it is given."""
    try:
        scenarios = read_text(text, document)
    except LoyaltyError as error:
        return Trial(faults=(fault_of(error),))
    outcomes: list[Outcome] = []
    end = time.monotonic() + LONGEST_S
    for each in scenarios:
        if time.monotonic() > end:
            break
        outcomes.append(run(each, EngineBackend()))
    passed = tuple(outcome.scenario for outcome in outcomes if outcome.passed)
    failed = tuple(_failure(outcome) for outcome in outcomes if not outcome.passed)
    return Trial(passed, failed, len(scenarios) - len(outcomes))


def _failure(outcome: Outcome) -> Failure:
    return Failure(
        outcome.scenario,
        outcome.step or 0,
        outcome.place,
        _written(outcome.expected),
        _written(outcome.actual),
        tuple(_why(outcome.explanation)),
    )


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _why(explanation: Any) -> list[Why]:
    found = []
    for wallet, entries in explanation.items() if isinstance(explanation, Mapping) else ():
        for entry in entries if isinstance(entries, Sequence) else ():
            if isinstance(entry, Mapping):
                found.append(Why(str(wallet), str(entry.get("rule", "")), str(entry.get("points", ""))))
    return found

"""A counter that tells the server of its devices what a test says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from loyalty.clock import Clock
from loyalty.contract.fleet import CounterReport, DeviceTold, StateTold
from loyalty.web.api.fleet_book import take_report

JAM = {"health": "needs_person", "cause": "card_jam", "advice": "Open the cover."}


@dataclass(frozen=True)
class Till:
    engine: Engine
    clock: Clock
    id: str = "till-1"

    def tells(self, *devices: DeviceTold, changes: Sequence[StateTold] = (), waiting: int = 0) -> None:
        take_report(self.engine, self.id, CounterReport("1.2", waiting, devices, tuple(changes)), self.clock())

    def device(self, id: str = "cards", role: str = "card_printer", **state: Any) -> DeviceTold:
        """A simulated one, ready unless `state` says otherwise."""
        told = {"health": "ready", "cause": "", "advice": "", "simulated": True, "model": "TCP300II"} | state
        return DeviceTold(id, role, "star-tcp300ii", "Star", firmware="V1", since=self.clock(),
                          figures={"prints": 1234} if role == "card_printer" else {}, **told)  # fmt: skip

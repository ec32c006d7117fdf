"""Roll, knife and drawer of a receipt printer, and how they feel just now."""

import time
from typing import Any

from loyalty.devices.profiles import Profile
from simulators.paper.roll import Paper

ROLL_MM = 80_000
NEAR_END_MM = 3_000
KNIFE_MM = 14
"""From head to knife: why a cut needs a feed before it."""
DRAWER_OPEN_S = 3.0
"""After this the cashier has pushed the drawer shut again."""


class Mechanism:
    """What faults and printing do to the machine; `conditions` says it in the names of wire.escpos.answers."""

    def __init__(self, profile: Profile) -> None:
        self._per_mm = int(profile["dots_per_mm"])
        self.has_knife = profile["cut"] != "none"
        self.paper = Paper(int(profile["paper_dots"]), self._per_mm, KNIFE_MM * self._per_mm if self.has_knife else 0)
        self.knife_stuck = False
        self.pulses = 0
        self._high_is_open = profile["drawer_sensor"] == "high is open"
        self._opened_at = float("-inf")
        self._roll_ends_at = ROLL_MM * self._per_mm

    def end_roll_after(self, rows: int) -> None:
        self._roll_ends_at = self.paper.rows_printed + rows

    def new_roll(self) -> None:
        self._roll_ends_at = self.paper.rows_printed + ROLL_MM * self._per_mm

    def pulse(self) -> None:
        """The drawer springs open."""
        self.pulses += 1
        self._opened_at = time.monotonic()

    def conditions(self, faults: dict[str, Any]) -> frozenset[str]:
        """Names of answers.CONDITIONS that hold."""
        held: set[str] = {name for name in ("cover_open", "offline", "paper_near_end") if name in faults}
        left = self._roll_ends_at - self.paper.rows_printed
        if left <= 0:
            held.add("paper_end")
        if left < NEAR_END_MM * self._per_mm:
            held.add("paper_near_end")
        if self.knife_stuck:
            held.add("cutter")
        if held & {"cover_open", "paper_end", "cutter"}:
            held.add("offline")
        if self.drawer_open == self._high_is_open:
            held.add("drawer_high")
        return frozenset(held)

    @property
    def drawer_open(self) -> bool:
        return time.monotonic() - self._opened_at < DRAWER_OPEN_S

    def state(self, conditions: frozenset[str]) -> dict[str, Any]:
        left = max(0, self._roll_ends_at - self.paper.rows_printed) // self._per_mm
        return {
            "online": "offline" not in conditions, "cover_open": "cover_open" in conditions,
            "paper": {
                "left_mm": left, "near_end": "paper_near_end" in conditions, "end": "paper_end" in conditions,
            },
            "drawer": {"open": self.drawer_open, "pulses": self.pulses},
        }  # fmt: skip

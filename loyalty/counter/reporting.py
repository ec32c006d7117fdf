"""Tells the server how the devices are, and does what the back office asks of one.

A thread of its own with no lock in common with selling: while the server is away or slow it waits, and what changed
meanwhile is told later. States are kept in memory: those of a program that has ended are told no more.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

from loyalty import __version__
from loyalty.contract.fleet import IN_USE, CounterReport, DeviceTold, Errand, StateTold
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.agent import Agent
from loyalty.counter.device_thread import DeviceState, DeviceThread
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.reporting_errands import Errands
from loyalty.devices.interfaces import Health
from loyalty.errors import LoyaltyError

EVERY_S, LOOK_EVERY_S, LONGEST_PAUSE_S = 15.0, 1.0, 60.0
MOST_CHANGES = 200
log = logging.getLogger(__name__)


class Reporting:
    """One thread. waiting: how many commands the server has not answered yet."""

    def __init__(
        self, agent: Agent, link: Link, waiting: Callable[[], int], errands: Errands, every_s: float = EVERY_S
    ) -> None:
        self._agent, self._link, self._waiting, self._errands, self._every_s = agent, link, waiting, errands, every_s
        self._told_until: dict[str, datetime] = {}
        self._told: list[DeviceState] = []
        self._due, self._pause_s = 0.0, LOOK_EVERY_S
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def exchange(self) -> None:
        """Once: tell all that is new, do what is asked. Unreachable when the server is away; it is told next time."""
        states = self._agent.states()
        changes = [change for unit in self._agent.units.values() for change in self._untold(unit)][:MOST_CHANGES]
        report = CounterReport(
            __version__[:40], self._waiting(), tuple(told(unit) for unit in self._agent.units.values()), tuple(changes)
        )
        answer = self._link.at_counter("POST", "report", to_json(report))
        self._told = states
        self._told_until |= {change.device: change.at for change in changes}
        self._errands.take([from_json(Errand, each) for each in (answer or {}).get("errands") or ()])

    def _untold(self, unit: DeviceThread) -> list[StateTold]:
        since = self._told_until.get(unit.settings.id)
        return [change for change in changes_of(list(unit.history)) if since is None or change.at > since]

    def _is_due(self) -> bool:
        return time.monotonic() >= self._due or self._agent.states() != self._told

    def _run(self) -> None:
        while not self._stopping.wait(self._pause_s):
            try:
                if self._errands.step(self._link) or self._is_due():
                    self._due = time.monotonic() + self._every_s
                    self.exchange()
                self._pause_s = LOOK_EVERY_S
            except Unreachable as error:
                log.info("devices are told of later: %s", error.code)
                self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
            except LoyaltyError as error:  # an older server, or one that will never take this
                log.warning("the server does not take what is told of devices: %s", error)
                self._pause_s = LONGEST_PAUSE_S
            except Exception:  # nothing about the fleet may end this thread; it is logged and tried again
                log.exception("telling of devices failed")
                self._pause_s = LONGEST_PAUSE_S


def told(unit: DeviceThread) -> DeviceTold:
    """The device as the server keeps it."""
    state, profile = unit.state, unit.profile
    return DeviceTold(
        state.id[:60], state.role, profile.name[:80], profile.vendor[:80], profile.model[:80], profile.firmware[:80],
        state.health.value, state.cause[:40], state.advice[:2000], state.since, state.simulated, dict(unit.figures),
    )  # fmt: skip


def changes_of(history: Iterable[DeviceState]) -> list[StateTold]:
    """From well to ill and back. What belongs to serving a customer, such as waiting for a card, is no change."""
    known = [_condition(state) for state in history if state.health is not Health.UNKNOWN]
    return [*known[:1], *(new for old, new in pairwise(known) if (old.health, old.cause) != (new.health, new.cause))]


def _condition(state: DeviceState) -> StateTold:
    if state.health in (Health.READY, Health.BUSY) or state.cause in IN_USE:
        return StateTold(state.id[:60], state.since, Health.READY.value)
    return StateTold(state.id[:60], state.since, state.health.value, state.cause[:40], state.advice[:2000])

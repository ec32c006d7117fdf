"""Drains the outbox in order, for as long as the program lives. A lost answer is asked for again under the same id.

What the server cannot book for a fault of its own is set aside: see set_aside.py.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import replace

from loyalty.clock import Clock
from loyalty.contract.outcomes import Outcome, Refusal
from loyalty.counter.link import Link, Told, Unreachable
from loyalty.counter.online import LinkWatch
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.set_aside import Chosen, SetAside
from loyalty.counter.store import DiskTrouble
from loyalty.errors import LoyaltyError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
PROBE_EVERY_S = 5.0
MOST_AT_ONCE = 50
"""Commands of one request; fewer where the server is too slow to answer so many in time."""
AND_BEHIND = 500
"""How many more are looked through where some are set aside: those behind them need not wait."""
log = logging.getLogger(__name__)


class Sender:
    """One thread. `answered` is called with each answer before it is kept, so after a crash perhaps twice."""

    def __init__(
        self, outbox: Outbox, link: Link, watch: LinkWatch, clock: Clock, answered: Callable[[Entry, Outcome], None],
        aside: SetAside,
    ) -> None:  # fmt: skip
        self._outbox, self._link, self._watch, self._clock, self._answered = outbox, link, watch, clock, answered
        self._aside = aside
        self._pause_s, self._at_once = FIRST_PAUSE_S, MOST_AT_ONCE
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def hurry(self) -> None:
        """Somebody is waiting: try at once, whatever the pause was."""
        self._pause_s = FIRST_PAUSE_S
        self._watch.wake.set()

    def stop(self) -> None:
        self._stopping.set()
        self._watch.wake.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._watch.wake.clear()
            try:
                pause_s = self._drain_once()
            except DiskTrouble as error:
                log.error("the outbox cannot be written: %s", error)
                self._watch.disk_failed()
                pause_s = LONGEST_PAUSE_S
            except Exception:  # nothing an answer contains may end the sending; it is logged and tried again
                log.exception("sending failed")
                pause_s = LONGEST_PAUSE_S
            self._watch.wake.wait(pause_s)

    def _drain_once(self) -> float:
        """Send what waits, or see whether the server is there; how long to rest afterwards, in seconds."""
        chosen, went_on = self._choose(), True
        try:
            if not chosen.entries or not self._watch.state.online:
                self._link.probe()  # also tells the server's time, which what waits may need
            if chosen.entries:
                went_on = self._send(chosen)
        except Unreachable as error:
            self._watch.missed(error)
            if error.code == "slow":
                self._at_once = max(1, self._at_once // 2)
            return self._longer() * random.uniform(0.7, 1.3)  # many counters must not come back in step
        except LoyaltyError as error:  # the probe itself is refused: the server is there but not for us
            self._watch.missed(Unreachable("busy", str(error)))
            return PROBE_EVERY_S
        self._watch.heard()
        if not went_on:
            return self._longer()
        self._pause_s, self._at_once = FIRST_PAUSE_S, min(self._at_once + 1, MOST_AT_ONCE)
        if not len(self._aside):
            return 0.0 if self._outbox.waiting_count() else PROBE_EVERY_S
        return 0.0 if self._choose().entries else min(PROBE_EVERY_S, self._aside.pause_s())

    def _choose(self) -> Chosen:
        behind = AND_BEHIND if len(self._aside) else 0
        return self._aside.choose(self._outbox.waiting(self._at_once + behind), self._at_once)

    def _longer(self) -> float:
        """The pause of now; the next one is twice as long."""
        pause_s, self._pause_s = self._pause_s, min(self._pause_s * 2, LONGEST_PAUSE_S)
        return pause_s

    def _send(self, chosen: Chosen) -> bool:
        """False when the server could book none of them, because the first is one that it fails on."""
        entries = self._outbox.mark_sent(chosen.entries)
        try:
            told = self._link.send([entry.command for entry in entries], chosen.held, chosen.tried)
        except LoyaltyError as error:
            if len(entries) > 1:  # one of them cannot be read; find out which
                return all([self._send(replace(chosen, entries=[entry])) for entry in entries])
            told = Told([Refusal(entries[0].id, error.code, str(error))])
        by_id = {outcome.id: outcome for outcome in told.outcomes}
        if told.fault is not None:
            log.warning("the server could not book %s, it is tried again later: %s", told.fault.id, told.fault.sentence)
            self._aside.failed(told.fault.id)
        elif not any(entry.id in by_id for entry in entries):
            raise Unreachable("busy", "The server answered none of the commands sent.")
        for entry in entries:
            if outcome := by_id.get(entry.id):
                self._answered(entry, outcome)
                self._outbox.answer(entry.id, outcome, self._clock())
                self._aside.answered(entry.id)
        self._watch.recount()
        return bool(by_id)

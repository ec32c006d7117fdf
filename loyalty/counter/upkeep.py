"""What the counter does by itself while nothing else happens: fetches what changed of members, clears old rows away."""

import logging
import threading
from datetime import datetime, timedelta

from loyalty.clock import Clock
from loyalty.counter.known import Known
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.online import LinkWatch
from loyalty.counter.pruning import prune
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.store import DiskTrouble, Store
from loyalty.errors import LoyaltyError

EVERY_S = 60.0
PAGE = 200
PAUSE_S = 0.2
"""Between pages: fetching all members must not keep the server from selling."""
PRUNE_EVERY = timedelta(hours=12)
log = logging.getLogger(__name__)


class Upkeep:
    """One thread. `members`: all members are fetched, so that any card is known while the server is away."""

    def __init__(
        self, store: Store, known: Known, snapshots: Snapshots, link: Link, watch: LinkWatch, clock: Clock,
        members: bool,
    ) -> None:  # fmt: skip
        self._store, self._known, self._snapshots, self._link = store, known, snapshots, link
        self._watch, self._clock, self._members = watch, clock, members
        self._pruned_at: datetime | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def once(self) -> None:
        """One round. Unreachable or DiskTrouble when it cannot be finished; the next one goes on from there."""
        now = self._clock()
        if self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY:
            prune(self._store, now)
            self._pruned_at = now
        if self._members and self._watch.state.online:
            self._fetch()
        self._snapshots.sought.get_ready()

    def _fetch(self) -> None:
        """Pages until there is no more; the cursor is kept after each, so that nothing is fetched twice."""
        more = True
        while more and not self._stopping.is_set():
            views, cursor, more = self._link.snapshot(self._known.get("members_cursor"), PAGE)
            self._snapshots.keep_all(views, self._clock())
            self._known.put("members_cursor", cursor)
            self._stopping.wait(PAUSE_S if more else 0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.once()
            except Unreachable as error:
                log.info("members are fetched later: %s", error.code)
            except DiskTrouble as error:
                log.error("the counter's disk is not looked after: %s", error)
            except LoyaltyError as error:  # an old cursor: from the beginning
                log.warning("members are fetched from the beginning: %s", error.code)
                self._begin_anew()
            self._stopping.wait(5.0 if not self._watch.state.online else EVERY_S)

    def _begin_anew(self) -> None:
        try:
            self._known.forget("members_cursor")
        except DiskTrouble as error:
            log.error("the counter's disk is not looked after: %s", error)

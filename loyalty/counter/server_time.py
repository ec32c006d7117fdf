"""The time as the server has it. A till's clock may be wrong by days; what it sells must still be sold today.

Every answer of the server carries its time (HTTP's Date, whole seconds). Where this machine's clock is off by more than
a few seconds, the counter goes by the server's from then on, also after a restart without the server.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from loyalty.clock import Clock
from loyalty.counter.known import Known
from loyalty.counter.store import DiskTrouble

RIGHT_WITHIN = timedelta(seconds=5)
"""A Date is up to a second old, and an answer takes up to three: less than this is no error of a clock."""
log = logging.getLogger(__name__)


class ServerTime:
    """A Clock. `off_by` is what the machine's own clock lacks; zero while it is right, or the server was never met."""

    def __init__(self, machine: Clock, known: Known, changed: Callable[[], None] = lambda: None) -> None:
        self._machine, self._known, self._changed = machine, known, changed
        self.off_by = timedelta(seconds=float(known.get("clock_off_by_s") or 0))

    def __call__(self) -> datetime:
        return self._machine() + self.off_by

    def heard(self, date: str | None) -> None:
        """What an answer's Date header said, just now. One that cannot be read is passed over."""
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return
        off_by = theirs.replace(tzinfo=theirs.tzinfo or UTC) - self._machine()
        if abs(off_by - self.off_by) <= RIGHT_WITHIN:
            return
        self.off_by = off_by if abs(off_by) > RIGHT_WITHIN else timedelta(0)
        log.warning("this machine's clock is wrong by %d s; the server's time is used", self.off_by.total_seconds())
        try:
            self._known.put("clock_off_by_s", str(self.off_by.total_seconds()))
        except DiskTrouble as error:
            log.error("the clock's error cannot be kept: %s", error)
        self._changed()

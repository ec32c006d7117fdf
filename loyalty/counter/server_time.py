"""The time as the server has it. A till's clock may be wrong by days; what it sells must still be sold today.

Every answer of the server carries its time (HTTP's Date, whole seconds). Where this machine's clock is off by more than
a few seconds, the counter goes by the server's from then on, also after a restart without the server. A machine that
comes up with a time before the server was last heard has lost its clock: it goes on from there until the server is.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from loyalty.clock import Clock, parse_rfc3339, rfc3339
from loyalty.counter.known import Known
from loyalty.counter.store import DiskTrouble

RIGHT_WITHIN = timedelta(seconds=5)
"""A Date is up to a second old, and an answer takes up to three: less than this is no error of a clock."""
KEPT_EVERY = timedelta(minutes=10)
"""So often the server's time is written down, for a machine that comes up without its own."""
_OFF_BY, _HEARD_AT = "clock_off_by_s", "server_heard_at"
log = logging.getLogger(__name__)


class ServerTime:
    """A Clock. `off_by` is what the machine's own clock lacks; zero while it is right, or the server was never met."""

    def __init__(self, machine: Clock, known: Known) -> None:
        self._machine, self._known = machine, known
        self.changed: Callable[[], None] = lambda: None
        """Called when the clock is found wrong, or right again."""
        self.off_by = timedelta(seconds=float(known.get(_OFF_BY) or 0))
        heard_at = known.get(_HEARD_AT)
        self.heard_at = parse_rfc3339(heard_at) if heard_at else None
        """The server's time when it was heard last; None before the first time."""
        if self.heard_at and self() < self.heard_at - RIGHT_WITHIN:
            self.off_by += self.heard_at - self()
            log.warning("this machine has lost its clock; the time when the server was last heard is gone on from")
        self._kept_at = self.heard_at

    def __call__(self) -> datetime:
        return self._machine() + self.off_by

    def heard(self, date: str | None) -> None:
        """What an answer's Date header said, just now. One that cannot be read is passed over."""
        try:
            said = parsedate_to_datetime(date or "")
        except ValueError:
            return
        self.heard_at = said.replace(tzinfo=said.tzinfo or UTC)
        off_by = self.heard_at - self._machine()
        if wrong := abs(off_by - self.off_by) > RIGHT_WITHIN:
            self.off_by = off_by if abs(off_by) > RIGHT_WITHIN else timedelta(0)
            log.warning("this machine's clock is wrong by %d s; the server's time is used", self.off_by.total_seconds())
        if wrong or self._kept_at is None or abs(self.heard_at - self._kept_at) >= KEPT_EVERY:
            self._keep()
        if wrong:
            self.changed()

    def _keep(self) -> None:
        assert self.heard_at is not None  # just heard
        try:
            self._known.put(_OFF_BY, str(self.off_by.total_seconds()))
            self._known.put(_HEARD_AT, rfc3339(self.heard_at))
            self._kept_at = self.heard_at
        except DiskTrouble as error:
            log.error("the clock's error cannot be kept: %s", error)

"""What is answered, settled or printed long ago leaves the counter's disk; what is open never does."""

from datetime import datetime, timedelta

from loyalty.clock import rfc3339
from loyalty.counter.store import Store

KEPT = timedelta(days=90)
"""Long after the last return at the till and the last retry of a till; the server has all of it for ever."""
_AT_ONCE = 500
"""Rows of one transaction: a sale never waits long for the disk."""
_OLD = {
    # The newest number stays, whatever its age: the next one follows it.
    "command": "seq IN (SELECT seq FROM command WHERE state IN ('answered', 'refused') AND made_at < ?"
               " AND seq < (SELECT max(seq) FROM command) LIMIT ?)",
    "redemption": "id IN (SELECT id FROM redemption WHERE state NOT IN ('asking', 'held', 'sold')"
                  " AND made_at < ? LIMIT ?)",
    # A face that was printed stays: it says what is on the card.
    "print_job": "id IN (SELECT id FROM print_job WHERE (state IN ('superseded', 'given_up')"
                 " OR (kind = 'receipt' AND state = 'done')) AND made_at < ? LIMIT ?)",
    "till_receipt": "id IN (SELECT id FROM till_receipt WHERE made_at < ? LIMIT ?)",
}  # fmt: skip


def prune(store: Store, now: datetime, kept: timedelta = KEPT) -> int:
    """How many rows older than `kept` are gone now. DiskTrouble when the disk cannot be written."""
    gone = 0
    for table, old in _OLD.items():
        touched = _AT_ONCE
        while touched == _AT_ONCE:
            with store.writing() as connection:
                statement = f"DELETE FROM {table} WHERE {old}"
                touched = connection.execute(statement, (rfc3339(now - kept), _AT_ONCE)).rowcount
            gone += touched
    return gone

"""Whose card was read just before a receipt came? Each reading serves one receipt and no second one."""

import threading
from datetime import datetime, timedelta

from loyalty.contract.token import Token
from loyalty.counter.desk import Desk

LOOKUP_S = 4.0


class SeenCard:
    """Thread-safe. Looks at the till's own state, so that a member whom the cashier sent away is not taken."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._lock = desk, threading.Lock()
        self._used: object = None
        self._before: object = None

    def take(self, within: timedelta, now: datetime) -> tuple[str | None, Token | None]:
        """Member or credential of whoever stands at the counter; (None, None) when nobody does, or the card was read
        too long ago or has served a receipt."""
        with self._lock:
            till = self._desk.till
            if till.asking is not None:
                till = self._desk.wait_until_asked(till.asking, LOOKUP_S)
            if (present := till.present) is None:
                return None, None
            reading: object = present.member.id if present.member else None  # picked from a search: no card was read
            if present.token is not None and till.last is not None:
                token, seen_at = reading = till.last
                if token != present.token or now - seen_at > within:
                    return None, None
            elif till.served is not None:
                return None, None
            if reading == self._used:
                return None, None
            self._before, self._used = self._used, reading
            return (present.member.id, None) if present.member else (None, present.token)

    def give_back(self) -> None:
        """The receipt that took the reading was not stored after all."""
        with self._lock:
            self._used = self._before

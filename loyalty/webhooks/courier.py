"""Tells endpoints what happened while a server is up."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from loyalty.turns import Turns
from loyalty.webhooks.deliver import Way, clear_old, fan_out, send_due

EVERY_S = 1.0
_CLEAR_EVERY = timedelta(hours=1)
_ROUNDS = 20


class Courier(Turns):
    """Writes down what happened for each endpoint, then sends what is due."""

    def __init__(self, engine: Engine, way: Way, every_s: float = EVERY_S) -> None:
        super().__init__("courier", every_s, self._deliver, "webhooks could not be sent")
        self._engine, self._way, self._cleared = engine, way, datetime.min

    def _deliver(self) -> None:
        now = self._way.clock()
        for _round in range(_ROUNDS):  # bounded: while a shop sells, something always happened meanwhile
            if not fan_out(self._engine, now) or self.stopping.is_set():
                break
        send_due(self._engine, self._way)
        if now.replace(tzinfo=None) - self._cleared > _CLEAR_EVERY:
            clear_old(self._engine, now)
            self._cleared = now.replace(tzinfo=None)

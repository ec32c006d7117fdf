"""Tells wallets of changes while a server is up."""

from sqlalchemy import Engine

from loyalty.clock import Clock
from loyalty.passes.tell import Ways, tell_changes
from loyalty.turns import Turns

EVERY_S = 30.0


class PassCourier(Turns):
    """Takes no turn at all where both ways are off."""

    def __init__(self, engine: Engine, ways: Ways, clock: Clock, every_s: float = EVERY_S) -> None:
        def tell() -> None:
            tell_changes(engine, ways, clock())

        super().__init__("pass courier", every_s, tell, "changes of passes could not be told")
        self._wanted = ways.files.apple_push or ways.files.google_updates

    def start(self) -> None:
        if self._wanted:
            super().start()

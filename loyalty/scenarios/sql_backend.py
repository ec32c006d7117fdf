"""Scenarios through the engine on a database: each step in a transaction of its own, as the server works."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from loyalty.db.session import write
from loyalty.points.sql_engine import Ledger
from loyalty.scenarios.backend import Done, EngineBackend, enrolment_of


class SqlBackend(EngineBackend):
    """`engine` is an empty, up-to-date database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        with write(self._engine) as session:
            ledger = Ledger(session)
            self.facts = ledger.facts  # type: ignore[assignment]
            yield ledger

    def start(self, programme: Any, at: datetime) -> None:
        with self._ledger() as ledger:
            ledger.put_programme(programme, at)

    def enrol(self, member: str, details: Mapping[str, Any], at: datetime) -> None:
        with self._ledger() as ledger:
            version = ledger.facts.latest()
            assert version is not None
            ledger.enrol(enrolment_of(member, details, version.programme), at)

    def advance(self, to: datetime) -> None:
        with self._ledger() as ledger:
            ledger.advance(to)

    def perform(self, verb: str, body: Mapping[str, Any], at: datetime) -> Done:
        with self._ledger() as ledger:
            outcome = ledger.perform(verb, body, at)
            if verb == "set_programme":
                ledger.advance(at)
            booking = ledger.facts.booking(outcome.booking) if outcome.booking else None
            return Done(outcome.result, booking.member if booking else None)

    def members(self) -> list[str]:
        with self._ledger():
            return super().members()

    def member_state(self, member: str, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        with self._ledger():
            return super().member_state(member, wanted, at)

    def shop_state(self, wanted: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        with self._ledger():
            return super().shop_state(wanted, at)

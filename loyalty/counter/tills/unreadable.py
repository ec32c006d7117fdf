"""What a till handed over and nobody can read is told to the server, for staff to look at; never only to the log."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.commands import ReportUnreadable
from loyalty.contract.masking import masked
from loyalty.counter.outbox import Outbox
from loyalty.counter.settings import CounterSettings
from loyalty.counter.store import DiskTrouble
from loyalty.counter.tills.settings import TillSettings
from loyalty.errors import Invalid

LONGEST = 4_000
"""Characters of it that are told."""
log = logging.getLogger(__name__)
Report = Callable[[str, str], None]
"""Told of one thing: why it cannot be read, and what it is."""


class Unread(Invalid):
    """Lines that are no receipt; `text` is how they came."""

    def __init__(self, why: Invalid, text: str) -> None:
        super().__init__(str(why), pointer=why.pointer)
        self.text = text


@dataclass(frozen=True)
class Unreadable:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    hurry: Callable[[], None]

    def of(self, till: TillSettings) -> Report:
        """For one till. The same text again is the same piece of work."""
        return lambda sentence, text: self._report(till, sentence, text, self.clock())

    def _report(self, till: TillSettings, sentence: str, text: str, now: datetime) -> None:
        name = sha256(f"{till.id}\n{text}".encode()).hexdigest()[:32]
        id, why, told = f"{self.settings.id}:unreadable:{name}", masked(sentence)[:500], masked(text[:LONGEST])
        try:
            self.outbox.put(
                id, name, lambda seq: ReportUnreadable(id, self.settings.id, seq, now, till.id, why, told), now
            )
        except DiskTrouble as error:
            log.error("till %s: what could not be read cannot be told: %s", till.id, error)
        self.hurry()


def as_text(body: Mapping[str, Any]) -> str:
    """A receipt in the JSON form, to be looked at."""
    return json.dumps(body, ensure_ascii=False, indent=1, default=str)

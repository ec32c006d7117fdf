"""Commands on which the server itself fails: nothing of them stands, the counter sends them again, staff are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from loyalty.checkout import staff_work
from loyalty.db.prepared import Cursor
from loyalty.db.session import write
from loyalty.errors import LoyaltyError

KIND = "stuck_command"
TOLD_FROM = 2
"""So many tries have failed before staff are told: what passes by itself is nobody's work."""
OF_THE_WHOLE_SERVER = (LoyaltyError, OperationalError, InterfaceError)
"""Full disk, no connection, no programme: no command is to blame, and none would do better by itself."""
_SENTENCE = "The server fails on this command. Nothing of it is booked; the counter keeps it and goes on trying."


@dataclass(frozen=True)
class Again:
    """What a counter says of commands that were set aside: numbers that it keeps back, and how often the one that it
    sends now has failed."""

    held: Sequence[int] = ()
    tried: int = 0


FIRST_TIME = Again()


@dataclass(frozen=True)
class Fault:
    """`id`: of the command; the sentence is for the counter's log."""

    id: str
    sentence: str


def noted(
    engine: Engine, counter: str, raw: Mapping[str, Any], error: Exception, tried: int, now: datetime
) -> Fault:
    """The fault, for the counter; when it does not pass, for staff too."""
    id = str(raw.get("id") or "")
    if tried >= TOLD_FROM:
        with write(engine) as session:
            if staff_work.of_command(session, id, KIND) is None:
                trouble = staff_work.Trouble(KIND, _SENTENCE, now, id, counter, body=dict(raw))
                staff_work.note(Cursor(session), trouble, now)
    return Fault(id, f"{type(error).__name__}: the server's log has the rest.")


def mended(engine: Engine, raws: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """They were answered after all: nobody needs to look at them any more."""
    with write(engine) as session:
        for raw in raws:
            if (row := staff_work.of_command(session, str(raw.get("id") or ""), KIND)) is not None:
                staff_work.done(session, row.id, now, None)

"""The card that this counter makes for a job: whose it is, which steps are behind it, what it is known by.

It lies on the counter's own disk, sealed, and each step is written down before the server is told: after a power cut
the same card goes on with the very step it was at.
"""

import json
from dataclasses import dataclass, replace
from secrets import randbelow

from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.store import Store

NUMBER_DIGITS = 14
"""Digits only, which every track takes; too few for a bank card's number."""
_PLACE = "issue_card.body"
# As `known` is, but sealed: a member's name and the number of a card stand in it.
_TABLE = "CREATE TABLE IF NOT EXISTS issue_card (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT"


@dataclass(frozen=True)
class Hand:
    """kind: that of the card's credential. number: what is written on its stripe. told: steps that the server knows of.

    face_as_of, digest and profile: what was printed, for the report once the card is somebody's.
    """

    job: str
    place: int
    kind: str
    steps: tuple[str, ...]
    member: MemberView
    number: str
    done: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    token: str | None = None
    face_as_of: str | None = None
    face_digest: str | None = None

    @property
    def step(self) -> str | None:
        """What is to be done now; None when only the server has to hear of it."""
        return next((step for step in self.steps if step not in self.done), None)

    @property
    def credential(self) -> Token | None:
        return Token(self.kind, self.token) if self.token else None

    def after(self, step: str, token: str | None = None) -> "Hand":
        return replace(self, done=(*self.done, step), token=token or self.token)


def fresh_number() -> str:
    """For the stripe of a new card: no member's number, so that a lost card can be told from the next one."""
    return str(10 ** (NUMBER_DIGITS - 1) + randbelow(9 * 10 ** (NUMBER_DIGITS - 1)))


class HandKept:
    """One card at most."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.writing() as connection:
            connection.execute(_TABLE)

    def read(self) -> Hand | None:
        rows = self._store.rows("SELECT body FROM issue_card")
        return from_json(Hand, json.loads(self._store.seal.open(rows[0]["body"], _PLACE))) if rows else None

    def write(self, hand: Hand | None) -> None:
        """On the disk when this returns; None when there is no card any more."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM issue_card")
            if hand is not None:
                body = self._store.seal.close(json.dumps(to_json(hand), ensure_ascii=False), _PLACE)
                connection.execute("INSERT INTO issue_card (id, body) VALUES (1, ?)", (body,))

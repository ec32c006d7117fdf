"""Whose credential is it? Asks the server, falls back on what this counter remembers, and tells the two apart."""

from dataclasses import dataclass

from loyalty.clock import Clock
from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.online import LinkWatch
from loyalty.counter.snapshots import Snapshots
from loyalty.errors import CardBlocked, LoyaltyError, UnknownMember


@dataclass(frozen=True)
class Answer:
    """`member`, or a `code` with its sentence; `code` "offline" means that only the server could tell."""

    member: MemberView | None = None
    fresh: bool = False
    code: str = ""
    sentence: str = ""


OFFLINE = Answer(code="offline", sentence="The server cannot be reached; this card is not known at this counter yet.")


class Identifier:
    """Asking also tells the watch whether the server is there."""

    def __init__(self, link: Link, watch: LinkWatch, snapshots: Snapshots, clock: Clock) -> None:
        self._link, self._watch, self._snapshots, self._clock = link, watch, snapshots, clock

    def remembered(self, token: Token) -> Answer:
        """From this counter's own disk, at once."""
        known = self._snapshots.find(token)
        if isinstance(known, MemberView):
            return Answer(known)
        return Answer(code="card_blocked", sentence=known) if known else OFFLINE

    def ask(self, token: Token) -> Answer:
        """From the server, within the link's time limit; what it says is remembered."""
        try:
            member = self._link.lookup(token)
        except Unreachable as error:
            self._watch.missed(error)
            return self.remembered(token)
        except LoyaltyError as error:
            self._watch.heard()
            if isinstance(error, CardBlocked):
                self._snapshots.block(token, str(error))
            elif isinstance(error, UnknownMember):
                self._snapshots.forget(token)
            return Answer(code=error.code, sentence=str(error))
        self._watch.heard()
        self._snapshots.keep(member, self._clock(), token)
        return Answer(member, fresh=True)

    def search(self, text: str) -> list[MemberView]:
        """Members who fit a number, a name or a phone's end; from memory when the server is away."""
        try:
            found = self._link.search(text)
        except Unreachable as error:
            self._watch.missed(error)
            return self._snapshots.search(text)
        self._watch.heard()
        for member in found:
            self._snapshots.keep(member, self._clock())
        return found

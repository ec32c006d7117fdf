"""Whose credential is it? Asks the server, falls back on what this counter remembers, and tells the two apart."""

from collections.abc import Callable
from dataclasses import dataclass

from loyalty.clock import Clock
from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.counter.card_memory import SENTENCES, SUSPECTED
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


def _refusal(why: str) -> Answer:
    code = "card_suspected" if why in SUSPECTED else "card_blocked"
    return Answer(code=code, sentence=SENTENCES.get(why, SENTENCES["blocked"]))


OFFLINE = Answer(code="offline", sentence="The server cannot be reached; this card is not known at this counter yet.")


class Identifier:
    """Asking also tells the watch whether the server is there."""

    def __init__(
        self, link: Link, watch: LinkWatch, snapshots: Snapshots, clock: Clock,
        refused: Callable[[Token], str | None] = lambda token: None,
    ) -> None:  # fmt: skip
        self._link, self._watch, self._snapshots, self._clock = link, watch, snapshots, clock
        self._refused = refused

    def remembered(self, token: Token) -> Answer:
        """From this counter's own disk, at once; a card on the hot list is refused, whatever else is known of it."""
        if why := self._refused(token):
            return _refusal(why)
        known = self._snapshots.find(token)
        if isinstance(known, MemberView):
            return Answer(known)
        return Answer(code="card_blocked", sentence=known) if known else OFFLINE

    def ask(self, token: Token) -> Answer:
        """From the server, within the link's time limit; what it says is remembered."""
        why = self._refused(token)
        if why in SUSPECTED:  # the server may not have heard of it yet
            return _refusal(why)
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
        self._snapshots.keep(member, self._clock(), None if token.is_pass else token)
        return Answer(member, fresh=True)

    def search(self, text: str) -> list[MemberView]:
        """Members who fit a number, a name or a phone's end; from memory when the server is away."""
        try:
            found = self._link.search(text)
        except Unreachable as error:
            self._watch.missed(error)
            return self._snapshots.search(text)
        self._watch.heard()
        self._snapshots.keep_all(found, self._clock())
        return found

"""Commands that the server could not book for a fault of its own: tried again later and alone, for as long as it takes.

Meanwhile only what concerns the same member, card, sale or hold waits with them; everybody else's sales go on. It is
kept in memory only: after a restart the server is asked once more and says the same again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loyalty.contract.commands import Command
from loyalty.contract.concerns import concerns, of_member
from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.snapshots import Snapshots

FIRST_S, LONGEST_S = 5.0, 600.0


@dataclass(frozen=True)
class Chosen:
    """What is sent next. `held`: numbers before the last of them that are kept back; `tried`: how often it was the
    one that failed, 0 for all that was never set aside."""

    entries: list[Entry]
    held: tuple[int, ...] = ()
    tried: int = 0


@dataclass(frozen=True)
class _Failed:
    tried: int
    again_at: float
    """On the monotonic clock."""


class SetAside:
    """For one thread."""

    def __init__(
        self, outbox: Outbox, snapshots: Snapshots, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._outbox, self._snapshots, self._monotonic = outbox, snapshots, monotonic
        self._failed: dict[str, _Failed] = {}

    def __len__(self) -> int:
        return len(self._failed)

    def failed(self, id: str) -> None:
        """The server could not book this one; the pause before the next try doubles each time."""
        before = self._failed.get(id)
        tried = before.tried + 1 if before else 1
        pause_s = min(FIRST_S * 2 ** min(tried - 1, 20), LONGEST_S)
        self._failed[id] = _Failed(tried, self._monotonic() + pause_s)

    def answered(self, id: str) -> None:
        """It is booked or refused: whatever waited for it may go."""
        self._failed.pop(id, None)

    def choose(self, waiting: Sequence[Entry], limit: int) -> Chosen:
        """Of the entries that wait, in order: one that is due again, alone; else those that nothing holds back."""
        if not self._failed:
            return Chosen(list(waiting[:limit]))
        busy: set[str] = set()
        free: list[Entry] = []
        back: list[int] = []
        now = self._monotonic()
        for entry in waiting:
            about = self.about(entry.command)
            failed, follows = self._failed.get(entry.id), bool(about & busy)
            if failed is not None and not follows and now >= failed.again_at:
                return Chosen([entry], self._before(entry, waiting), failed.tried)
            if failed is not None or follows:
                busy |= about
                back.append(entry.seq)
            elif len(free) < limit:
                free.append(entry)
        return Chosen(free, tuple(seq for seq in back if free and seq < free[-1].seq))

    def pause_s(self) -> float:
        """How long until one of them is due again."""
        now = self._monotonic()
        return max(0.0, min((each.again_at - now for each in self._failed.values()), default=LONGEST_S))

    def about(self, command: Command) -> frozenset[str]:
        """`concerns`, with what the named commands of this counter concern, and owners of credentials it knows."""
        found = set(concerns(command))
        for name in list(found):
            kind, _, value = name.partition(":")
            if kind == "id" and value != command.id and (other := self._outbox.find(value)):
                found |= concerns(other.command)
        for name in list(found):
            kind, _, value = name.partition(":")
            if kind not in ("id", "member") and isinstance(
                owner := self._snapshots.find(Token(kind, value)), MemberView
            ):
                found.add(of_member(owner.id))
        return frozenset(found)

    @staticmethod
    def _before(entry: Entry, waiting: Sequence[Entry]) -> tuple[int, ...]:
        return tuple(each.seq for each in waiting if each.seq < entry.seq)



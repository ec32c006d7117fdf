"""Waiting for the server's answer to what stands in the outbox: as long as it can come, never longer."""

from dataclasses import dataclass

from loyalty.counter.online import LinkWatch
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.sender import Sender

PATIENCE_S = 4.0
"""A little longer than one request may take: after that a command is pending."""
PATIENCE_OFFLINE_S = 1.0


@dataclass(frozen=True)
class Awaiting:
    outbox: Outbox
    watch: LinkWatch
    sender: Sender

    def answer(self, id: str) -> Entry:
        """The entry once answered; still open when the server cannot be reached."""
        self.watch.recount()
        was_online, misses = self.watch.state.online, self.watch.all_misses
        self.sender.hurry()
        if was_online:
            found = self.outbox.wait_for(id, PATIENCE_S, lambda: not self.watch.state.online)
        else:  # one quick try, the server may just have come back
            found = self.outbox.wait_for(id, PATIENCE_OFFLINE_S, lambda: self.watch.all_misses > misses)
        assert found is not None  # entries are never deleted
        return found

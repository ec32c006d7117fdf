"""Selling and undoing: on the disk first, then to the server, then an answer for whoever asked."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.commands import CancelPurchase, RecordPurchase
from loyalty.contract.outcomes import PurchaseOutcome
from loyalty.counter import till as till_mind
from loyalty.counter.desk import Desk
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.online import LinkWatch
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.sale_request import SaleRequest
from loyalty.counter.sender import Sender
from loyalty.counter.settings import CounterSettings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.views import sale_row
from loyalty.errors import Conflict, Expired, LoyaltyError, NotFound
from loyalty.ids import new_id

PATIENCE_S = 4.0
"""A little longer than one request may take: after that the sale is pending."""
PATIENCE_OFFLINE_S = 1.0
_UNDO = ":undo"


class NoMember(LoyaltyError):
    """A sale without anybody to credit."""

    code = "no_member"


@dataclass(frozen=True)
class Selling:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    snapshots: Snapshots
    jobs: PrintJobs
    link: Link
    watch: LinkWatch
    sender: Sender
    desk: Desk

    def sell(self, request: SaleRequest) -> tuple[Entry, bool]:
        """The sale's entry, answered or still open, and whether it is new. It is on the disk in any case."""
        now = self.clock()
        id = self._command_id(request.id or new_id("sale", now))
        if self.outbox.find(id) is None:
            member, token = self._who(request)
        else:
            member, token = None, None  # asked again: what stands in the outbox counts
        entry, new = self.outbox.put(
            id, request.print,
            lambda seq: RecordPurchase(
                id=id, counter=self.settings.id, seq=seq, occurred_at=now, member=member, token=token,
                amount=request.amount, lines=request.lines, store=self.settings.store, staff=request.staff,
                channel=request.channel, tender=request.tender, codes=request.codes,
            ), now,
        )  # fmt: skip
        if new and self._for_present(entry):
            self.desk.act(lambda till: till_mind.commit(till, id))
        return self._awaited(entry), new

    def undo(self, id: str) -> tuple[Entry, bool]:
        """Takes the sale back; asked twice, it is still taken back once."""
        now = self.clock()
        sale = self.outbox.find(self._command_id(id))
        if sale is None or not isinstance(sale.command, RecordPurchase):
            raise NotFound(f"There is no sale {id!r} at this counter; look in the last sales.")
        if (standing := self.outbox.find(sale.id + _UNDO)) is not None:
            return self._awaited(standing), False
        if sale.state == "refused":
            raise Conflict("The server refused this sale, so there is nothing to undo.")
        if now - sale.made_at > timedelta(minutes=self.settings.undo_minutes):
            raise Expired(
                f"This sale is older than {self.settings.undo_minutes} minutes; book a return in the back office."
            )
        booked = sale.outcome.purchase if isinstance(sale.outcome, PurchaseOutcome) else sale.id
        entry, new = self.outbox.put(
            sale.id + _UNDO, "undo",
            lambda seq: CancelPurchase(
                id=sale.id + _UNDO, counter=self.settings.id, seq=seq, occurred_at=now, purchase=booked
            ), now,
        )  # fmt: skip
        return self._awaited(entry), new

    def last_sales(self, limit: int = 12) -> list[dict[str, Any]]:
        """Newest first, each with whether it can still be undone."""
        oldest = self.clock() - timedelta(minutes=self.settings.undo_minutes)
        rows: list[dict[str, Any]] = []
        for entry in self.outbox.latest(limit * 3):
            if isinstance(entry.command, RecordPurchase) and len(rows) < limit:
                undo = self.outbox.find(entry.id + _UNDO)
                undoable = undo is None and entry.state != "refused" and entry.made_at >= oldest
                receipt = None
                if isinstance(entry.outcome, PurchaseOutcome):
                    receipt = self.jobs.receipt_of(entry.outcome.purchase)
                rows.append(sale_row(entry, undo, undoable, self.snapshots, receipt))
        return rows

    def quote(self, amount: Decimal | None) -> dict[str, Any] | None:
        """The amount as typed now; what the sale would give when the server can say so, else None."""
        till = self.desk.act(lambda till: till_mind.typed(till, amount))
        member = till.present.member if till.present else None
        if amount is None or member is None or not self.watch.state.online:
            return None
        try:
            place = {"store": self.settings.store} if self.settings.store else {}
            answer = self.link.quote({"member": member.id, "amount": str(amount), **place})
        except (Unreachable, LoyaltyError):
            return None  # a quote is a courtesy; the sale itself will tell
        self.desk.act(lambda till: till_mind.quoted(till, amount, answer))
        return answer

    def _command_id(self, id: str) -> str:
        """The counter's name makes the till's own numbers unique at the server; a full id is taken as it is."""
        return id if id.startswith(self.settings.id + ":") else f"{self.settings.id}:{id}"

    def _who(self, request: SaleRequest) -> tuple[str | None, Any]:
        if request.member or request.token:
            return request.member, request.token
        till = self.desk.till
        if till.present is None and till.asking is not None:
            till = self.desk.wait_until_asked(till.asking, PATIENCE_S)
        if till.present is None:
            raise NoMember("Nobody is at the counter; scan or tap a card first, or name a member or token.")
        if till.committing:
            raise Conflict("The sale before this one is still on its way; wait a moment and try again.")
        if till.present.member:
            return till.present.member.id, None
        return None, till.present.token

    def _for_present(self, entry: Entry) -> bool:
        present, command = self.desk.till.present, entry.command
        if present is None or not isinstance(command, RecordPurchase):
            return False
        if command.member:
            return bool(present.member and present.member.id == command.member)
        return bool(command.token and present.token == command.token)

    def _awaited(self, entry: Entry) -> Entry:
        """The entry once answered; still open when the server cannot be reached, which the desk then shows."""
        self.watch.recount()
        was_online, misses = self.watch.state.online, self.watch.all_misses
        self.sender.hurry()
        if was_online:
            found = self.outbox.wait_for(entry.id, PATIENCE_S, lambda: not self.watch.state.online)
        else:  # one quick try, the server may just have come back
            found = self.outbox.wait_for(entry.id, PATIENCE_OFFLINE_S, lambda: self.watch.all_misses > misses)
        assert found is not None  # entries are never deleted
        if found.open:
            self.desk.stored(found)
        return found

"""Gift cards at the till: sold, asked, paying a sale of a member or of nobody, replaced. First set aside, then paid."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from loyalty.clock import Clock
from loyalty.contract.commands import Command, ReleaseHold
from loyalty.contract.gift_cards import GiftOutcome, GiftPay, HoldGift, PayGift, ReplaceGift, SellGift
from loyalty.counter.awaiting import Awaiting
from loyalty.counter.choosing import NotOffline
from loyalty.counter.desk import Desk
from loyalty.counter.link import Link
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.sale_request import read_sale
from loyalty.counter.selling import Selling, command_id
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.errors import Conflict, LoyaltyError


class SupervisorWanted(LoyaltyError):
    """Money moves to another card: whoever stands at the till may not do that alone."""

    code = "supervisor_needed"


@dataclass(frozen=True)
class GiftDesk:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    awaiting: Awaiting
    desk: Desk
    staff: StaffDesk
    link: Link
    selling: Selling

    def look(self, code: str) -> dict[str, Any]:
        """`{gift, available, last_day}` as the server has it now. NotFound for a code that is no gift card."""
        self._need_server()
        found: dict[str, Any] = self.link.at_counter("GET", f"gift-card?code={quote(code, safe='')}")
        return found

    def sell(self, id: str, code: str, pay: Decimal) -> tuple[Entry, bool]:
        """A new card, or more on one in use; stored first, so it works without the server too."""
        return self._tell(id, [code, str(pay)], lambda at, seq: SellGift(
            at, self.settings.id, seq, self.clock(), code, pay, self.staff.name
        ))  # fmt: skip

    def pay(self, id: str, code: str, amount: Decimal) -> tuple[Entry, bool]:
        """The sale of the member who is here, or of nobody, paid with the card as far as it goes.

        The hold's own entry where the server said no to it: then nothing was sold.
        """
        if (standing := self.outbox.find(command_id(self.settings, id))) is not None:
            return self.awaiting.answer(standing.id), False
        self._need_server()
        if self.desk.till.committing:
            raise Conflict("The sale before is still on its way; wait a moment and try again.")
        held, _ = self._tell(f"{id}-held", [code, str(amount)], lambda at, seq: HoldGift(
            at, self.settings.id, seq, self.clock(), code, amount, self.settings.hold_minutes, self.staff.name
        ))  # fmt: skip
        if held.open:
            self._let_go(id, held.id)
            raise NotOffline("The server does not answer, so nothing was paid; take the money another way.")
        if not isinstance(held.outcome, GiftOutcome):
            return held, True
        entry, new = self._book(id, held.id, amount, held.outcome.amount)
        if entry.state == "refused":
            self._let_go(id, held.id)
        return entry, new

    def replace(self, id: str, receipt: str, code: str, supervisor: StaffMember | None) -> tuple[Entry, bool]:
        """The card in place of the one that was sold with `receipt`; with staff this takes a supervisor."""
        here = self.staff.here
        if self.staff.known and not supervisor and not (here and here.supervisor):
            raise SupervisorWanted("Replacing a gift card needs a supervisor.")
        self._need_server()
        staff = supervisor.id if supervisor else self.staff.name
        return self._tell(id, [receipt, code], lambda at, seq: ReplaceGift(
            at, self.settings.id, seq, self.clock(), receipt, code, staff
        ))  # fmt: skip

    def _book(self, id: str, hold: str, amount: Decimal, held: Decimal) -> tuple[Entry, bool]:
        present = self.desk.till.present
        if present is not None and present.member is not None:
            asked = read_sale({"id": id, "amount": str(amount)}, self.settings.currency)
            member, pays = present.member.id, (GiftPay(hold, held),)
            return self.selling.sell(replace(asked, member=member, gifts=pays, print=f"{asked.print} {hold}"))
        return self._tell(id, [hold, str(held)], lambda at, seq: PayGift(
            at, self.settings.id, seq, self.clock(), hold, held, self.staff.name
        ))  # fmt: skip

    def _let_go(self, id: str, hold: str) -> None:
        self._tell(f"{id}-back", [hold], lambda at, seq: ReleaseHold(
            at, self.settings.id, seq, self.clock(), hold, "gift card", self.staff.name
        ))  # fmt: skip

    def _need_server(self) -> None:
        if not self.awaiting.watch.state.online:
            raise NotOffline("The server cannot be reached; only it knows what is on a gift card.")

    def _tell(self, id: str, asked: list[str], make: Callable[[str, int], Command]) -> tuple[Entry, bool]:
        whole = command_id(self.settings, id)
        _, new = self.outbox.put(whole, json.dumps(asked), lambda seq: make(whole, seq), self.clock())
        return self.awaiting.answer(whole), new

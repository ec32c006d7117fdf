"""Selling: on the disk first, then to the server, then an answer for whoever asked."""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.claim import KIND as CLAIM
from loyalty.contract.commands import RecordPurchase
from loyalty.contract.token import Token
from loyalty.counter import till as till_mind
from loyalty.counter.awaiting import PATIENCE_S, Awaiting
from loyalty.counter.choosing import NoMember, NotOffline
from loyalty.counter.claims import Claims, Ticket
from loyalty.counter.desk import Desk
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.redeeming import Redeeming
from loyalty.counter.redemptions import ASKING, sold, write
from loyalty.counter.sale_parts import pays, redeem_of
from loyalty.counter.sale_request import SaleRequest
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk
from loyalty.counter.till import Till
from loyalty.errors import Conflict
from loyalty.ids import new_id


@dataclass(frozen=True)
class Selling:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    awaiting: Awaiting
    redeeming: Redeeming
    desk: Desk
    staff: StaffDesk
    claims: Claims

    def sell(self, request: SaleRequest) -> tuple[Entry, bool]:
        """The sale's entry, answered or still open, and whether it is new. It is on the disk in any case."""
        id = command_id(self.settings, request.id or new_id("sale", self.clock()))
        if (standing := self.outbox.find(id)) is not None:  # asked again: what stands in the outbox counts
            same, _ = self.outbox.put(id, request.print, lambda seq: standing.command, standing.made_at)
            return self._awaited(same), False
        ticket = self.claims.ticket(id, request, self.clock()) if request.claim else None
        member, token = (None, ticket.token) if ticket else self._who(request)
        if request.asks_server and not self.awaiting.watch.state.online:
            raise NotOffline("The server cannot be reached, so nothing can be redeemed now; sell without the reward.")
        entry, new = self._put(id, request, member, token, ticket)
        return self._awaited(entry), new

    def _put(
        self, id: str, request: SaleRequest, member: str | None, token: Token | None, ticket: Ticket | None
    ) -> tuple[Entry, bool]:
        """The sale with the rewards chosen for it, or its receipt with the code, in one transaction of the disk."""
        with self.redeeming.lock:
            till, now = self._till_of(request, member), self.clock()
            told = bool(till.quote) and "refused" not in (till.quote or {})
            promised = told or not self.awaiting.watch.state.online
            amount = request.amount if request.amount is not None else sum(line.amount for line in request.lines)
            lowers = [redeem_of(row, Decimal(amount), promised) for row in till.chosen if not row.handed]

            def also(connection: sqlite3.Connection) -> None:
                write(connection, *(sold(row, id) for row in till.chosen))
                if ticket:
                    self.claims.write(connection, ticket, id, now)

            entry, new = self.outbox.put(
                id, request.print,
                lambda seq: RecordPurchase(
                    id=id, counter=self.settings.id, seq=seq, occurred_at=request.at or now, member=member, token=token,
                    amount=request.amount, lines=request.lines, store=self.settings.store,
                    staff=request.staff or self.staff.name,
                    channel=request.channel, tender=request.tender, codes=(*request.codes, *till.extras.codes),
                    redeem=(*request.redeem, *lowers), vouchers=(*request.vouchers, *till.extras.vouchers),
                    pay=(*request.pay, *pays(till)), discount=request.discount or _discount(till, request),
                    gifts=request.gifts,
                ), now, also,
            )  # fmt: skip
            if new and ticket:
                self.claims.written()
            if new and self._for_present(entry):
                self.desk.act(lambda till: till_mind.commit(till, id))
        return entry, new

    def _till_of(self, request: SaleRequest, member: str | None) -> Till:
        """The till, when the sale is that of the member who stands there: then what was chosen goes with it."""
        till = self.desk.till
        here = till.present and till.present.member and till.present.member.id == member
        if not here or till.committing:
            return Till()
        if any(row.state == ASKING for row in till.chosen):
            raise Conflict("The reward is still being set aside; press Enter again in a moment.")
        return till

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
        if not isinstance(command, RecordPurchase):
            return False
        if present is None:  # a sale without a card was typed for whoever stands there, and is over for the till too
            return bool(command.token and command.token.kind == CLAIM)
        if command.member:
            return bool(present.member and present.member.id == command.member)
        return bool(command.token and present.token == command.token)

    def _awaited(self, entry: Entry) -> Entry:
        """The entry once answered; still open when the server cannot be reached, which the desk then shows."""
        found = self.awaiting.answer(entry.id)
        if found.open:
            self.desk.stored(found)
        return found


def _discount(till: Till, request: SaleRequest) -> Decimal | None:
    """What the cashier took off, for the very amount that it was taken off."""
    return till.extras.discount if request.amount == till.amount else None


def command_id(settings: CounterSettings, id: str) -> str:
    """The counter's name makes the till's own numbers unique at the server; a full id is taken as it is."""
    return id if id.startswith(settings.id + ":") else f"{settings.id}:{id}"

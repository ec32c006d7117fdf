"""Taking sales back: undone, returned in parts, moved to their right member. Each is a command of its own, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.commands import (
    CancelPurchase,
    Command,
    GivePieces,
    MovePurchase,
    ReturnPurchase,
    TopUp,
    UndoPieces,
    UndoTopUp,
    UsePass,
)
from loyalty.contract.gift_cards import PayGift, SellGift, UndoGift
from loyalty.contract.outcomes import PurchaseOutcome
from loyalty.contract.token import Token
from loyalty.counter.awaiting import Awaiting
from loyalty.counter.choosing import NoMember, NotOffline
from loyalty.counter.desk import Desk
from loyalty.counter.link import Link, Unreachable
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.redeeming import Redeeming
from loyalty.counter.redemptions import CAPTURED, RELEASED, SOLD
from loyalty.counter.return_request import ReturnRequest
from loyalty.counter.selling import command_id
from loyalty.counter.settings import CounterSettings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.counter.views import sale_of, sale_row, topup_row
from loyalty.errors import Conflict, Expired, Invalid, NotFound
from loyalty.ids import new_id

UNDO, MOVE = ":undo", ":move"
VALUE = TopUp | UsePass | GivePieces | SellGift | PayGift
"""What is booked without a sale: undone by a command of its own."""


@dataclass(frozen=True)
class Undoing:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    awaiting: Awaiting
    redeeming: Redeeming
    snapshots: Snapshots
    jobs: PrintJobs
    link: Link
    desk: Desk
    staff: StaffDesk

    def undo(self, id: str, supervisor: StaffMember | None = None) -> tuple[Entry, bool]:
        """Takes the sale or top-up back; asked twice, it is still taken back once. A supervisor may do it late."""
        sale = self._value(id) or self._own(id)
        if (standing := self.outbox.find(sale.id + UNDO)) is not None:
            return self.awaiting.answer(standing.id), False
        self._check_recent(sale, supervisor)
        if isinstance(sale.command, VALUE):
            return self._undo_value(sale, supervisor)
        now, captures = self.clock(), self._rewards_back(sale)
        return self._tell(
            sale.id + UNDO, "undo",
            lambda seq: CancelPurchase(
                id=sale.id + UNDO, counter=self.settings.id, seq=seq, occurred_at=now, purchase=_booked(sale),
                captures=captures, staff=supervisor.id if supervisor else self.staff.name,
            ),
        )  # fmt: skip

    def _undo_value(self, entry: Entry, supervisor: StaffMember | None) -> tuple[Entry, bool]:
        now, staff = self.clock(), supervisor.id if supervisor else self.staff.name
        undo: Callable[..., Command] = partial(UndoPieces, of=entry.id)
        if isinstance(entry.command, TopUp):
            undo = partial(UndoTopUp, topup=entry.id)
        elif isinstance(entry.command, SellGift | PayGift):
            undo = partial(UndoGift, of=entry.id)
        make = partial(undo, entry.id + UNDO, self.settings.id, occurred_at=now, staff=staff)
        return self._tell(entry.id + UNDO, "undo", lambda seq: make(seq=seq))

    def give_back(self, id: str, request: ReturnRequest) -> tuple[Entry, bool]:
        """A part of a sale of any counter comes back. A sale that only the server knows needs the server."""
        sale = self._find(id)
        if sale is not None and sale.state == "refused":
            raise Conflict("The server refused this sale, so there is nothing to return.")
        purchase, online = _booked(sale) if sale else id, self.awaiting.watch.state.online
        if sale is None and not online:
            raise NotOffline("This sale is not of this counter, and the server cannot be reached; try again later.")
        back = command_id(self.settings, request.id or new_id("return", self.clock()))
        if online and self.outbox.find(back) is None and not (sale and sale.open):
            _check_left(self.sold(purchase), request)
        now = self.clock()
        return self._tell(
            back, request.print + purchase,
            lambda seq: ReturnPurchase(
                id=back, counter=self.settings.id, seq=seq, occurred_at=now, purchase=purchase, lines=request.lines,
                amount=request.amount, all=request.all, staff=request.staff or self.staff.name,
            ),
        )  # fmt: skip

    def move(self, id: str, member: str | None, token: Token | None, reason: str) -> tuple[Entry, bool]:
        """The sale was booked for the wrong member: it is booked for this one instead."""
        sale = self._own(id)
        if (standing := self.outbox.find(sale.id + MOVE)) is not None:
            return self.awaiting.answer(standing.id), False
        self._check_recent(sale, None)
        if self.outbox.find(sale.id + UNDO) is not None:
            raise Conflict("This sale was undone already.")
        command = sale_of(sale)
        taken = [row for row in self.redeeming.rows.of_sale(sale.id) if row.state != RELEASED]
        if command is None or taken or command.redeem or command.vouchers or command.pay or command.gifts:
            raise Conflict("This sale took rewards or stored value of its member; undo it and book it again.")
        if command.member is not None and command.member == member:
            raise Conflict("The sale is booked for this member already.")
        id, now = sale.id + MOVE, self.clock()
        right = replace(command, id=id, member=member, token=token)
        return self._tell(
            id, "move",
            lambda seq: MovePurchase(
                id=id, counter=self.settings.id, seq=seq, occurred_at=now, purchase=_booked(sale),
                sale=replace(right, seq=seq), reason=reason, staff=self.staff.name,
            ),
        )  # fmt: skip

    def last_sales(self, limit: int = 12) -> list[dict[str, Any]]:
        """Newest first, each with what can still be done about it."""
        oldest = self.clock() - timedelta(minutes=self.settings.undo_minutes)
        rows: list[dict[str, Any]] = []
        for entry in self.outbox.latest(limit * 3):
            bought = isinstance(entry.command, VALUE)
            if (bought or sale_of(entry) is not None) and len(rows) < limit:
                undo, moved = self.outbox.find(entry.id + UNDO), self.outbox.find(entry.id + MOVE)
                gone = any(each is not None and each.state != "refused" for each in (undo, moved))
                undoable = not gone and entry.state != "refused" and entry.made_at >= oldest
                if bought:
                    rows.append(topup_row(entry, undo, undoable, self.snapshots))
                    continue
                receipt = None
                if isinstance(entry.outcome, PurchaseOutcome):
                    receipt = self.jobs.receipt_of(entry.outcome.purchase)
                rows.append(sale_row(entry, undo, moved, undoable, self.snapshots, receipt))
        return rows

    def sold(self, id: str) -> dict[str, Any]:
        """A sale of any counter as it stands at the server; `offline` when it cannot be asked."""
        sale = self._find(id)
        with _reached():
            return self.link.sold(_booked(sale) if sale else id)

    def of_member(self) -> list[dict[str, Any]]:
        """The last sales of the member who is here, at any counter."""
        present = self.desk.till.present
        if present is None or present.member is None:
            raise NoMember("Nobody is at the counter; scan or tap a card first.")
        with _reached():
            return self.link.last_sold(present.member.id)

    def _tell(self, id: str, request: str, make: Callable[[int], Any]) -> tuple[Entry, bool]:
        entry, new = self.outbox.put(id, request, make, self.clock())
        return self.awaiting.answer(entry.id), new

    def _find(self, id: str) -> Entry | None:
        """A sale of this counter, by the till's id or the whole one."""
        entry = self.outbox.find(command_id(self.settings, id))
        return entry if entry is not None and sale_of(entry) is not None else None

    def _value(self, id: str) -> Entry | None:
        entry = self.outbox.find(command_id(self.settings, id))
        return entry if entry is not None and isinstance(entry.command, VALUE) else None

    def _own(self, id: str) -> Entry:
        sale = self._find(id)
        if sale is None:
            raise NotFound(f"There is no sale {id[:60]!r} at this counter; look in the last sales.")
        return sale

    def _check_recent(self, sale: Entry, supervisor: StaffMember | None) -> None:
        if sale.state == "refused":
            raise Conflict("The server refused this sale, so there is nothing to undo.")
        if supervisor is None and self.clock() - sale.made_at > timedelta(minutes=self.settings.undo_minutes):
            raise Expired(
                f"This sale is older than {self.settings.undo_minutes} minutes; take its goods back as a return."
            )

    def _rewards_back(self, sale: Entry) -> tuple[str, ...]:
        """Rewards not handed out yet stay; the captures of those that were."""
        handed = [row for row in self.redeeming.rows.of_sale(sale.id) if row.handed]
        for row in handed:
            if row.state == SOLD:
                self.redeeming.settle(row.id, given=False)
        return tuple(f"{row.id}:given" for row in handed if row.state == CAPTURED)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except Unreachable as error:
        raise NotOffline("The server cannot be reached; try again in a moment.") from error


def _booked(sale: Entry) -> str:
    return sale.outcome.purchase if isinstance(sale.outcome, PurchaseOutcome) else sale.id


def _check_left(sold: dict[str, Any], request: ReturnRequest) -> None:
    """Before anything is stored: a return that cannot be is no work for staff."""
    left = Decimal(str(sold.get("left", "0")))
    if left <= 0:
        raise Invalid("Nothing of this sale is left to return.", pointer="/amount")
    if request.amount is not None and request.amount > left:
        raise Invalid(f"Only {left} of this sale is left to return.", pointer="/amount")
    pieces: dict[str, Decimal] = {}
    for line in sold.get("lines") or ():
        pieces[line["sku"] or ""] = pieces.get(line["sku"] or "", Decimal(0)) + Decimal(str(line["left"]))
    for wanted in request.lines:
        if wanted.quantity > pieces.get(wanted.sku, Decimal(0)):
            raise Invalid(f"Only {pieces.get(wanted.sku, 0)} of {wanted.sku} is left to return.", pointer="/lines")

"""Books a till's receipt: into the outbox with the counter's id and number, once for each number of the till."""

import hashlib
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import quote

from loyalty.clock import Clock, rfc3339
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.sale_request import SaleRequest
from loyalty.counter.selling import Selling, command_id
from loyalty.counter.settings import CounterSettings
from loyalty.counter.store import Store
from loyalty.counter.tills.receipt import Receipt
from loyalty.counter.tills.seen_card import SeenCard
from loyalty.counter.tills.settings import TillSettings
from loyalty.counter.undoing import Undoing
from loyalty.errors import Conflict, LoyaltyError

LONGEST_IN_ID = 120


@dataclass(frozen=True)
class Booked:
    """`entry` is None for a receipt of nobody: without a card there is nothing to credit. `new` is False for a receipt
    that came before; it then has the outcome of the first time."""

    entry: Entry | None
    new: bool


class NeverSold(LoyaltyError):
    """Goods come back of a receipt that was never handed over."""

    code = "not_found"


@dataclass(frozen=True)
class Booking:
    settings: CounterSettings
    clock: Clock
    store: Store
    outbox: Outbox
    selling: Selling
    undoing: Undoing
    seen: SeenCard
    _locks: dict[str, threading.Lock] = field(default_factory=dict)

    def book(self, till: TillSettings, receipt: Receipt) -> Booked:
        """LoyaltyError in one sentence; Conflict when the number was used for another receipt."""
        with self._locks.setdefault(till.id, threading.Lock()):  # the same receipt may come twice at once
            id = sale_id(till, receipt.number)
            if self._was_nobodys(id, receipt.print):
                return Booked(None, new=False)
            if receipt.back is not None and receipt.returns is not None:
                return self._back(till, id, receipt)
            assert receipt.sale is not None  # the reader of receipts gives the one or the other
            sale = replace(receipt.sale, id=id)
            standing = self.outbox.find(command_id(self.settings, id)) is not None
            if not standing and sale.token is None:
                member, token = self.seen.take(timedelta(seconds=till.card_within_s), self.clock())
                if member is None and token is None and till.claims and self.selling.claims.offer:
                    return Booked(*self.selling.sell(replace(sale, claim=True)))
                if member is None and token is None:
                    self._remember_nobody(id, receipt.print)
                    return Booked(None, new=True)
                return self._for_seen(replace(sale, member=member, token=token))
            return Booked(*self.selling.sell(sale))

    def _for_seen(self, sale: SaleRequest) -> Booked:
        try:
            return Booked(*self.selling.sell(sale))
        except LoyaltyError:
            self.seen.give_back()
            raise

    def _back(self, till: TillSettings, id: str, receipt: Receipt) -> Booked:
        assert receipt.back is not None and receipt.returns is not None
        sold = sale_id(till, receipt.returns)
        if self._known_as_nobodys(sold):
            self._remember_nobody(id, receipt.print)
            return Booked(None, new=True)
        if self.outbox.find(command_id(self.settings, sold)) is None:
            raise NeverSold(
                f"The receipt {receipt.returns!r} that comes back was never handed over by the till {till.id}."
            )
        return Booked(*self.undoing.give_back(sold, replace(receipt.back, id=id)))

    def _was_nobodys(self, id: str, digest: str) -> bool:
        rows = self.store.rows("SELECT request FROM till_receipt WHERE id = ?", id)
        if rows and rows[0]["request"] != digest:
            raise Conflict("The number of this receipt was used before for another one; every receipt needs its own.")
        return bool(rows)

    def _known_as_nobodys(self, id: str) -> bool:
        return bool(self.store.rows("SELECT 1 FROM till_receipt WHERE id = ?", id))

    def _remember_nobody(self, id: str, digest: str) -> None:
        """Asked again after the next customer's card was read, the answer must be the same."""
        with self.store.writing() as connection:
            connection.execute(
                "INSERT INTO till_receipt (id, request, made_at) VALUES (?, ?, ?)", (id, digest, rfc3339(self.clock()))
            )


def sale_id(till: TillSettings, number: str) -> str:
    """The id of a receipt's sale at this counter: `pos-1~000123`."""
    safe = quote(number, safe="")
    if len(safe) > LONGEST_IN_ID:
        safe = hashlib.sha256(number.encode()).hexdigest()
    return f"{till.id}~{safe}"

"""Stored value at the till: what is sold, told by the server and remembered; a top-up is stored first, then sent."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.commands import TopUp
from loyalty.counter.awaiting import Awaiting
from loyalty.counter.choosing import NoMember
from loyalty.counter.desk import Desk
from loyalty.counter.known import Known
from loyalty.counter.link import Link
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.selling import command_id
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk
from loyalty.errors import Conflict, Invalid, LoyaltyError, NotFound

_KNOWN = "topups"
_NONE: dict[str, Any] = {"topups": [], "wallets": [], "passes": [], "stamps": []}


@dataclass(frozen=True)
class TopUpWish:
    """A top-up of the programme by its name, or `amount` of money into `wallet` (the first one where it is None)."""

    id: str
    topup: str | None = None
    amount: Decimal | None = None
    wallet: str | None = None


@dataclass(frozen=True)
class ToppingUp:
    settings: CounterSettings
    clock: Clock
    known: Known
    link: Link
    outbox: Outbox
    awaiting: Awaiting
    desk: Desk
    staff: StaffDesk

    def fetch(self) -> None:
        """Asks the server what is sold. Unreachable as the link has it; an older server sells nothing here."""
        try:
            said = self.link.at_counter("GET", "topups")
        except LoyaltyError:
            said = _NONE
        if (text := json.dumps(said)) != self.known.get(_KNOWN):
            self.known.put(_KNOWN, text)

    @property
    def offers(self) -> dict[str, Any]:
        """`{topups: [{name, wallet, pay, gives, gifts}], wallets, passes, stamps}` as the server told it last."""
        return {**_NONE, **json.loads(self.known.get(_KNOWN) or "{}")}

    def top_up(self, wish: TopUpWish) -> tuple[Entry, bool]:
        """The entry, answered or still open, and whether it is new; on the disk in any case, also while offline."""
        id = command_id(self.settings, wish.id)
        asked = json.dumps([wish.topup, str(wish.amount), wish.wallet])
        if self.outbox.find(id) is None:
            pay, wallet = self._price(wish)
            member, now = self._member(), self.clock()
            made = lambda seq: TopUp(  # noqa: E731 - one expression, as the outbox takes it
                id, self.settings.id, seq, now, member, pay, wish.topup, wallet, self.staff.name
            )
            _, new = self.outbox.put(id, asked, made, now)
        else:
            _, new = self.outbox.put(id, asked, _never, self.clock())
        return self.awaiting.answer(id), new

    def _member(self) -> str:
        till = self.desk.till
        if till.present is None or till.present.member is None:
            raise NoMember("Nobody is at the counter; scan or tap a card first.")
        if till.committing:
            raise Conflict("The sale before is still on its way; wait a moment and try again.")
        return till.present.member.id

    def _price(self, wish: TopUpWish) -> tuple[Decimal, str | None]:
        """What is to be paid, and the wallet of a free amount."""
        if wish.topup is not None:
            found = next((each for each in self.offers["topups"] if each["name"] == wish.topup), None)
            if found is None:
                raise NotFound(f"There is no top-up {wish.topup[:60]!r} here; choose one from the list.")
            return Decimal(str(found["pay"])), None
        wallets = self.offers["wallets"]
        wallet = wish.wallet or next(iter(wallets), None)
        if wallet not in wallets or wish.amount is None:
            raise Invalid("Say which top-up, or an amount and a wallet of money.", pointer="/topup")
        return wish.amount, wallet


def _never(seq: int) -> TopUp:
    raise AssertionError("an entry that stands is not made anew")

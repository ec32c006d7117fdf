"""Pieces that are counted: a visit taken from a pass, a stamp given by hand. Stored first, then sent, once each."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.clock import Clock
from loyalty.contract.commands import GivePieces, UsePass
from loyalty.contract.outcomes import MemberView
from loyalty.contract.stored_value import REASONS
from loyalty.counter.awaiting import Awaiting
from loyalty.counter.choosing import NoMember, OverFloor
from loyalty.counter.desk import Desk
from loyalty.counter.outbox import Entry, Outbox
from loyalty.counter.selling import command_id
from loyalty.counter.settings import CounterSettings
from loyalty.counter.staff import StaffDesk, StaffMember
from loyalty.counter.topping_up import ToppingUp
from loyalty.errors import Conflict, InsufficientPoints, Invalid

_DAY = timedelta(days=1)
_LOOKED_AT = 500
"""Commands among which a day's stamps of one member are counted."""


class OverStamps(OverFloor):
    """More stamps by hand than whoever stands at the till may give."""

    code = "over_stamps"


@dataclass(frozen=True)
class PieceWish:
    """So many pieces of `wallet` for the member who is here; with a `reason` they are given, else used."""

    id: str
    wallet: str
    count: int = 1
    reason: str | None = None


@dataclass(frozen=True)
class Pieces:
    settings: CounterSettings
    clock: Clock
    outbox: Outbox
    awaiting: Awaiting
    desk: Desk
    staff: StaffDesk
    sold: ToppingUp

    def move(self, wish: PieceWish, supervisor: StaffMember | None = None) -> tuple[Entry, bool]:
        """The entry, answered or still open, and whether it is new; on the disk in any case, also while offline."""
        id = command_id(self.settings, wish.id)
        asked, standing = json.dumps([wish.wallet, wish.count, wish.reason]), self.outbox.find(id)
        now = self.clock()
        if standing is not None:
            _, new = self.outbox.put(id, asked, lambda seq: standing.command, now)
            return self.awaiting.answer(id), new
        member = self._member()
        staff = supervisor.id if supervisor else self.staff.name
        make = self._visit if wish.reason is None else self._stamp
        _, new = self.outbox.put(id, asked, make(id, wish, member, now, staff, supervisor), now)
        return self.awaiting.answer(id), new

    def _visit(
        self, id: str, wish: PieceWish, member: MemberView, now: datetime, staff: str | None, _: StaffMember | None
    ) -> Callable[[int], UsePass]:
        self._check("passes", wish)
        there = member.wallets.get(wish.wallet)
        if there is None or there.available < wish.count:
            left = f"{there.available:f}" if there else "0"
            raise InsufficientPoints(f"{wish.wallet}: {left} left; sell a new pass first.")
        return lambda seq: UsePass(id, self.settings.id, seq, now, member.id, wish.wallet, wish.count, staff)

    def _stamp(
        self, id: str, wish: PieceWish, member: MemberView, now: datetime, staff: str | None,
        supervisor: StaffMember | None,
    ) -> Callable[[int], GivePieces]:  # fmt: skip
        self._check("stamps", wish)
        reason = wish.reason or ""
        if reason not in REASONS:
            raise Invalid(f"The reason is one of {', '.join(REASONS)}.", pointer="/reason")
        here = self.staff.here
        free = not self.staff.known or supervisor or (here and here.supervisor)
        if not free and self._given(member.id, now) + wish.count > self.settings.stamps_by_hand:
            raise OverStamps(f"More than {self.settings.stamps_by_hand} stamps a day by hand need a supervisor.")
        return lambda seq: GivePieces(
            id, self.settings.id, seq, now, member.id, wish.wallet, reason, wish.count, staff
        )  # fmt: skip

    def _given(self, member: str, now: datetime) -> int:
        """By hand to this member in 24 hours, at this counter; what was undone counts too."""
        return sum(
            entry.command.count
            for entry in self.outbox.latest(_LOOKED_AT)
            if isinstance(entry.command, GivePieces) and entry.command.member == member
            and entry.state != "refused" and now - entry.made_at < _DAY
        )  # fmt: skip

    def _check(self, kind: str, wish: PieceWish) -> None:
        if wish.wallet not in self.sold.offers[kind]:
            raise Invalid(f"{wish.wallet[:60]!r} is none of the {kind} here; choose one.", pointer="/wallet")

    def _member(self) -> MemberView:
        till = self.desk.till
        if till.present is None or till.present.member is None:
            raise NoMember("Nobody is at the counter; scan or tap a card first.")
        if till.committing:
            raise Conflict("The sale before is still on its way; wait a moment and try again.")
        return till.present.member

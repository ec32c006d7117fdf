"""The rows of a ledger in dictionaries, with the indexes that its questions need."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from loyalty.points import versions
from loyalty.points.facts import Account, Booking, Hold, Lot, Member, Spend, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse, TopUp, Voucher
from loyalty.points.facts_tier import Entitlement, VersionRow
from loyalty.points.plan import Plan
from loyalty.points.quick_rows import replace
from loyalty.points.store import ProgrammeVersion

Row = TypeVar("Row")

_BY_BOOKING: dict[type, Callable[[Any], Any]] = {
    PurchaseLine: lambda row: row.purchase,
    **{kind: lambda row: row.booking for kind in (Lot, Spend, Voucher, RuleUse, Award, Transfer)},
}


class MemoryRows:
    """Rows by type and key. `absorb` posts a plan. `of_bookings`: kinds that are looked for by their booking."""

    of_bookings: Mapping[type, Callable[[Any], Any]] = _BY_BOOKING

    def __init__(self) -> None:
        self.rows: dict[type, dict[Any, Any]] = defaultdict(dict)
        self._of_booking: dict[tuple[type, Any], dict[Any, None]] = defaultdict(dict)
        self._of_member: dict[tuple[type, str], dict[Any, None]] = defaultdict(dict)
        self.uses_by_name: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
        self.known_versions: list[ProgrammeVersion] = []
        self.clock_at: datetime | None = None
        self.numbers = count(1).__next__

    def absorb(self, plan: Plan) -> None:
        for kind, rows in plan.rows.items():
            stored = self.rows[kind]
            by_booking = self.of_bookings.get(kind)
            for key, row in rows.items():
                if key in stored and by_booking is not None and by_booking(stored[key]) != by_booking(row):
                    self._of_booking[kind, by_booking(stored[key])].pop(key, None)
                stored[key] = row
                if by_booking is not None:
                    self._of_booking[kind, by_booking(row)][key] = None
                if hasattr(row, "member"):
                    self._of_member[kind, row.member][key] = None
                if isinstance(row, RuleUse):
                    self.uses_by_name[row.section, row.name][key] = None
        for row in plan.changed(VersionRow):
            self.known_versions.append(versions.follow(self.known_versions[-1] if self.known_versions else None, row))
        for order in plan.orders:
            self._review_all(order.at)
        if plan.clock_to is not None:
            self.clock_at = plan.clock_to

    def _review_all(self, at: datetime) -> None:
        standings = self.rows[Standing]
        for key, row in standings.items():
            standings[key] = replace(row, due_at=at if row.due_at is None else min(at, row.due_at))

    # -- one row by its key

    def member(self, id: str) -> Member | None:
        return self.rows[Member].get(id)

    def standing(self, member: str) -> Standing | None:
        return self.rows[Standing].get(member)

    def account(self, member: str, wallet: str) -> Account | None:
        return self.rows[Account].get((member, wallet))

    def booking(self, id: str) -> Booking | None:
        return self.rows[Booking].get(id)

    def lot(self, number: int) -> Lot | None:
        return self.rows[Lot].get(number)

    def spend(self, number: int) -> Spend | None:
        return self.rows[Spend].get(number)

    def hold(self, id: str) -> Hold | None:
        return self.rows[Hold].get(id)

    def voucher(self, id: str) -> Voucher | None:
        return self.rows[Voucher].get(id)

    def purchase(self, id: str) -> Purchase | None:
        return self.rows[Purchase].get(id)

    def purchase_state(self, id: str) -> PurchaseState | None:
        return self.rows[PurchaseState].get(id)

    def topup(self, id: str) -> TopUp | None:
        return self.rows[TopUp].get(id)

    # -- rows of one booking, of one member

    def _booked(self, kind: type[Row], booking: str) -> list[Row]:
        stored = self.rows[kind]
        return [stored[key] for key in self._of_booking.get((kind, booking), ())]

    def of_member(self, kind: type[Row], member: str) -> list[Row]:
        """All rows of one type of one member, in the order they came."""
        stored = self.rows[kind]
        return [stored[key] for key in self._of_member.get((kind, member), ())]

    def lines_of(self, purchase: str) -> Sequence[PurchaseLine]:
        return self._booked(PurchaseLine, purchase)

    def lots_of(self, booking: str) -> Sequence[Lot]:
        return self._booked(Lot, booking)

    def spends_of(self, booking: str) -> Sequence[Spend]:
        return self._booked(Spend, booking)

    def vouchers_of(self, booking: str) -> Sequence[Voucher]:
        return self._booked(Voucher, booking)

    def vouchers_used_by(self, booking: str) -> Sequence[Voucher]:
        return [row for row in self.rows[Voucher].values() if row.used_by == booking]

    def uses_of(self, booking: str) -> Sequence[RuleUse]:
        return self._booked(RuleUse, booking)

    def awards_of(self, booking: str) -> Sequence[Award]:
        return self._booked(Award, booking)

    def transfers_of(self, booking: str) -> Sequence[Transfer]:
        return self._booked(Transfer, booking)

    def accounts(self, member: str) -> Sequence[Account]:
        return self.of_member(Account, member)

    def open_lots(self, member: str, wallet: str) -> Sequence[Lot]:
        return [row for row in self.live_lots(member) if row.wallet == wallet and (row.remaining or row.held)]

    def live_lots(self, member: str) -> Sequence[Lot]:
        """All lots of a member of which something remains or is held, and perhaps others."""
        return self.of_member(Lot, member)

    def unpaid_spends(self, member: str, wallet: str) -> Sequence[Spend]:
        return [row for row in self.of_member(Spend, member) if row.wallet == wallet and row.unpaid]

    def open_holds(self, member: str, wallet: str | None = None) -> Sequence[Hold]:
        holds = self.of_member(Hold, member)
        return [row for row in holds if row.status == "open" and wallet in (None, row.wallet)]

    def open_vouchers(self, member: str) -> Sequence[Voucher]:
        return [row for row in self.of_member(Voucher, member) if row.status == "open"]

    def open_topups(self, member: str, wallet: str) -> Sequence[TopUp]:
        return [row for row in self.of_member(TopUp, member) if row.wallet == wallet and row.open]

    def entitlements(self, member: str) -> Sequence[Entitlement]:
        return [row for row in self.of_member(Entitlement, member) if row.status != "ended"]

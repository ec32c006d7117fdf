"""Rows with pending changes laid over them: what a plan is made of. See plan.py."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from loyalty.points.facts import Account, Booking, Hold, Lot, Member, Spend, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse, TopUp, Voucher
from loyalty.points.facts_tier import Entitlement, ReviewAll
from loyalty.points.store import Facts, Numbers

Row = TypeVar("Row")


class Overlay:
    """Rows of a ledger with pending changes: `rows` holds each new or changed row by type and key, as first put."""

    def __init__(self, facts: Facts, numbers: Numbers) -> None:
        self.facts = facts
        self.number = numbers
        self.rows: dict[type, dict[Any, Any]] = {}
        self.orders: list[ReviewAll] = []
        self.clock_to: datetime | None = None  # the clock has run for everybody up to here
        self.read_rows: dict[type, dict[Any, Any]] = {}
        self._answers: dict[tuple[Any, ...], Sequence[Any]] = {}

    # -- writing

    def put(self, row: Any) -> None:
        """Adds a new row or replaces the one with the same key. Read a row through the plan before replacing it."""
        self.rows.setdefault(type(row), {})[row.key] = row

    def changed(self, kind: type[Row]) -> Sequence[Row]:
        """New and replaced rows of one type, in the order they were first put."""
        return list(self.rows.get(kind, {}).values())

    def before(self, kind: type[Row], key: Any) -> Row | None:
        """The row as the facts have it; None for a new one."""
        row: Row | None = self.read_rows.get(kind, {}).get(key)
        return row

    @property
    def empty(self) -> bool:
        return not self.rows and not self.orders and self.clock_to is None

    # -- laying changes over answers

    def _one(self, kind: type[Row], key: Any, ask: Callable[..., Row | None], *of: Any) -> Row | None:
        row: Row | None
        changed = self.rows.get(kind)
        if changed is not None and key in changed:
            row = changed[key]
            return row
        read = self.read_rows.get(kind)
        if read is None:
            read = self.read_rows[kind] = {}
        elif key in read:
            row = read[key]
            return row
        row = read[key] = ask(*of)
        return row

    def known_new(self, kind: type, key: Any) -> None:
        """Says that the facts have no such row, so that they need not be asked."""
        self.read_rows.setdefault(kind, {}).setdefault(key, None)

    def _asked(self, ask: Callable[..., Sequence[Row]], *of: Any) -> Sequence[Row]:
        """What the facts answer: they stay the same as long as a plan is made, so they are asked once."""
        key = (ask.__name__, *of)
        if key not in self._answers:
            self._answers[key] = ask(*of)
        return self._answers[key]

    def many(self, kind: type[Row], stored: Iterable[Row], fits: Callable[[Row], bool]) -> list[Row]:
        read = self.read_rows.setdefault(kind, {})
        changed = self.rows.get(kind, {})
        found = []
        for row in stored:
            key = row.key  # type: ignore[attr-defined]
            read.setdefault(key, row)
            if key not in changed:
                found.append(row)
        found.extend(row for row in changed.values() if fits(row))
        return found

    def added(self, kind: type[Row], worth: Callable[[Row], Any]) -> Any:
        """What the changes add to a sum over `worth`."""
        read = self.read_rows.get(kind, {})
        total: Any = 0
        for key, row in self.rows.get(kind, {}).items():
            total += worth(row)
            if read.get(key) is not None:
                total -= worth(read[key])
        return total

    # -- one row by its key

    def member(self, id: str) -> Member | None:
        return self._one(Member, id, self.facts.member, id)

    def standing(self, member: str) -> Standing | None:
        return self._one(Standing, member, self.facts.standing, member)

    def account(self, member: str, wallet: str) -> Account | None:
        return self._one(Account, (member, wallet), self.facts.account, member, wallet)

    def booking(self, id: str) -> Booking | None:
        return self._one(Booking, id, self.facts.booking, id)

    def lot(self, number: int) -> Lot | None:
        return self._one(Lot, number, self.facts.lot, number)

    def spend(self, number: int) -> Spend | None:
        return self._one(Spend, number, self.facts.spend, number)

    def hold(self, id: str) -> Hold | None:
        return self._one(Hold, id, self.facts.hold, id)

    def voucher(self, id: str) -> Voucher | None:
        return self._one(Voucher, id, self.facts.voucher, id)

    def purchase(self, id: str) -> Purchase | None:
        return self._one(Purchase, id, self.facts.purchase, id)

    def purchase_state(self, id: str) -> PurchaseState | None:
        return self._one(PurchaseState, id, self.facts.purchase_state, id)

    def topup(self, id: str) -> TopUp | None:
        return self._one(TopUp, id, self.facts.topup, id)

    # -- rows of one booking

    def lines_of(self, purchase: str) -> Sequence[PurchaseLine]:
        return self.many(PurchaseLine, self.facts.lines_of(purchase), lambda row: row.purchase == purchase)

    def lots_of(self, booking: str) -> Sequence[Lot]:
        return ordered(self.many(Lot, self._asked(self.facts.lots_of, booking), lambda row: row.booking == booking))

    def spends_of(self, booking: str) -> Sequence[Spend]:
        return ordered(self.many(Spend, self.facts.spends_of(booking), lambda row: row.booking == booking))

    def vouchers_of(self, booking: str) -> Sequence[Voucher]:
        return ordered(self.many(Voucher, self.facts.vouchers_of(booking), lambda row: row.booking == booking))

    def vouchers_used_by(self, booking: str) -> Sequence[Voucher]:
        stored = self.facts.vouchers_used_by(booking)
        return ordered(self.many(Voucher, stored, lambda row: row.used_by == booking))

    def uses_of(self, booking: str) -> Sequence[RuleUse]:
        return ordered(self.many(RuleUse, self.facts.uses_of(booking), lambda row: row.booking == booking))

    def awards_of(self, booking: str) -> Sequence[Award]:
        return ordered(self.many(Award, self.facts.awards_of(booking), lambda row: row.booking == booking))

    def transfers_of(self, booking: str) -> Sequence[Transfer]:
        return ordered(self.many(Transfer, self.facts.transfers_of(booking), lambda row: row.booking == booking))

    # -- open rows of one member

    def accounts(self, member: str) -> Sequence[Account]:
        return self.many(Account, self._asked(self.facts.accounts, member), lambda row: row.member == member)

    def open_lots(self, member: str, wallet: str) -> Sequence[Lot]:
        def fits(row: Lot) -> bool:
            return row.member == member and row.wallet == wallet and (row.remaining > 0 or row.held > 0)

        return ordered(self.many(Lot, self._asked(self.facts.open_lots, member, wallet), fits))

    def unpaid_spends(self, member: str, wallet: str) -> Sequence[Spend]:
        def fits(row: Spend) -> bool:
            return row.member == member and row.wallet == wallet and row.unpaid > 0

        return ordered(self.many(Spend, self._asked(self.facts.unpaid_spends, member, wallet), fits))

    def open_holds(self, member: str, wallet: str | None = None) -> Sequence[Hold]:
        def fits(row: Hold) -> bool:
            return row.member == member and wallet in (None, row.wallet) and row.status == "open"

        return ordered(self.many(Hold, self.facts.open_holds(member, wallet), fits))

    def open_vouchers(self, member: str) -> Sequence[Voucher]:
        def fits(row: Voucher) -> bool:
            return row.member == member and row.status == "open"

        return ordered(self.many(Voucher, self._asked(self.facts.open_vouchers, member), fits))

    def open_topups(self, member: str, wallet: str) -> Sequence[TopUp]:
        def fits(row: TopUp) -> bool:
            return row.member == member and row.wallet == wallet and row.open

        return ordered(self.many(TopUp, self._asked(self.facts.open_topups, member, wallet), fits))

    def entitlements(self, member: str) -> Sequence[Entitlement]:
        def fits(row: Entitlement) -> bool:
            return row.member == member and row.status != "ended"

        return self.many(Entitlement, self._asked(self.facts.entitlements, member), fits)


def ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.number)  # type: ignore[attr-defined]

"""The ledger in the database, answering the engine's questions (`store.Facts`), each by an indexed query."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor
from loyalty.points import sql_queries as q
from loyalty.points.facts import Account, Booking, Hold, Lot, Member, Spend, Standing, Transfer
from loyalty.points.facts_sale import Award, Purchase, PurchaseLine, PurchaseState, RuleUse, TopUp, Voucher
from loyalty.points.facts_tier import Entitlement, TierSpell
from loyalty.points.sql_figures import Figures
from loyalty.points.store import ProgrammeVersion
from loyalty.points.versions import chain

VERSIONS = "versions"
Head = tuple[int, int, str]
"""Of an account: number of transfers, balance after the last, its hash."""
_OWN = len(fields(Member))


class SqlFacts(Figures):
    """Facts of one session: made for one transaction, thrown away with it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cursor = Cursor(session)
        self._standings: dict[str, Standing | None] = {}
        self._heads: dict[tuple[str, str], Head | None] = {}

    def head(self, member: str, wallet: str) -> Head | None:
        """The end of an account's chain; None while there is no such account."""
        if (member, wallet) not in self._heads:
            self.account(member, wallet)
        return self._heads[member, wallet]

    def posted(self) -> None:
        """What was read beside something else holds until something is written."""
        self._standings.clear()
        self._heads.clear()

    # one row by its key

    def member(self, id: str) -> Member | None:
        row = self.cursor.row(q.person, id=id)
        if row is None:
            return None
        self._standings[id] = None if row[_OWN] is None else Standing(*row[_OWN:])
        return Member(*row[:_OWN])

    def standing(self, member: str) -> Standing | None:
        if member in self._standings:
            return self._standings[member]
        return q.standing.one(self.cursor, member=member)

    def account(self, member: str, wallet: str) -> Account | None:
        row = self.cursor.row(q.account, member=member, wallet=wallet)
        self._heads[member, wallet] = None if row is None else (row[-3], row[-2], row[-1])
        return None if row is None else Account(*row[:-3])

    def booking(self, id: str) -> Booking | None:
        return q.booking.one(self.cursor, id=id)

    def lot(self, number: int) -> Lot | None:
        return q.lot.one(self.cursor, number=number)

    def spend(self, number: int) -> Spend | None:
        return q.spend.one(self.cursor, number=number)

    def hold(self, id: str) -> Hold | None:
        return q.hold.one(self.cursor, id=id)

    def voucher(self, id: str) -> Voucher | None:
        return q.voucher.one(self.cursor, id=id)

    def purchase(self, id: str) -> Purchase | None:
        return q.purchase.one(self.cursor, id=id)

    def purchase_state(self, id: str) -> PurchaseState | None:
        return q.purchase_state.one(self.cursor, id=id)

    def topup(self, id: str) -> TopUp | None:
        return q.topup.one(self.cursor, id=id)

    # rows of one booking

    def lines_of(self, purchase: str) -> Sequence[PurchaseLine]:
        return q.lines_of.many(self.cursor, booking=purchase)

    def lots_of(self, booking: str) -> Sequence[Lot]:
        """Each came with a transfer of its booking."""
        numbers = {move.lot for transfer in self.transfers_of(booking) for move in transfer.moves}
        found = [self.lot(number) for number in sorted(numbers)]
        return [lot for lot in found if lot is not None and lot.booking == booking]

    def spends_of(self, booking: str) -> Sequence[Spend]:
        return q.spends_of.many(self.cursor, booking=booking)

    def vouchers_of(self, booking: str) -> Sequence[Voucher]:
        return q.vouchers_of.many(self.cursor, booking=booking)

    def vouchers_used_by(self, booking: str) -> Sequence[Voucher]:
        return q.vouchers_used_by.many(self.cursor, booking=booking)

    def uses_of(self, booking: str) -> Sequence[RuleUse]:
        return q.uses_of.many(self.cursor, booking=booking)

    def awards_of(self, booking: str) -> Sequence[Award]:
        return q.awards_of.many(self.cursor, booking=booking)

    def transfers_of(self, booking: str) -> Sequence[Transfer]:
        return q.transfers_of.many(self.cursor, booking=booking)

    # open rows of one member

    def accounts(self, member: str) -> Sequence[Account]:
        return q.accounts.many(self.cursor, member=member)

    def open_lots(self, member: str, wallet: str) -> Sequence[Lot]:
        return q.open_lots.many(self.cursor, member=member, wallet=wallet)

    def unpaid_spends(self, member: str, wallet: str) -> Sequence[Spend]:
        return q.unpaid_spends.many(self.cursor, member=member, wallet=wallet)

    def open_holds(self, member: str, wallet: str | None = None) -> Sequence[Hold]:
        found = q.open_holds.many(self.cursor, member=member)
        return [hold for hold in found if wallet in (None, hold.wallet)]

    def open_vouchers(self, member: str) -> Sequence[Voucher]:
        return q.open_vouchers.many(self.cursor, member=member)

    def open_topups(self, member: str, wallet: str) -> Sequence[TopUp]:
        return q.open_topups.many(self.cursor, member=member, wallet=wallet)

    def entitlements(self, member: str) -> Sequence[Entitlement]:
        return q.entitlements.many(self.cursor, member=member)

    # levels and vouchers

    def tier_at(self, member: str, moment: datetime) -> TierSpell | None:
        return q.tier_at.one(self.cursor, member=member, upto=moment)

    def vouchers_issued(self) -> int:
        return self.cursor.value(q.count, id="vouchers") or 0

    # the programme and the clock

    def version(self, moment: datetime) -> ProgrammeVersion | None:
        known = self._versions()
        started = [row for row in known if row[1] <= moment]
        return self._version(started[-1] if started else known[0] if known else None)

    def versions(self, after: int) -> Sequence[ProgrammeVersion]:
        latest = max(self._versions(), default=None)
        return [] if latest is None or latest[0] <= after else self._chain(latest)[after:]

    def latest(self) -> ProgrammeVersion | None:
        return self._version(max(self._versions(), default=None))

    def _versions(self) -> list[tuple[int, datetime, int]]:
        """Number, moment and length of the document of all versions in order of time, read once in a transaction."""
        known: list[tuple[int, datetime, int]] | None = self.cursor.remembered.get(VERSIONS)
        if known is None:
            rows = self.cursor.rows(q.versions)
            known = self.cursor.remembered[VERSIONS] = [(number, at, length) for number, at, length in rows]
        return known

    def _version(self, row: Sequence[Any] | None) -> ProgrammeVersion | None:
        return None if row is None else self._chain(row)[row[0] - 1]

    def _chain(self, row: Sequence[Any]) -> Sequence[ProgrammeVersion]:
        """All versions up to this one, read from their documents once in the life of the process: none ever changes."""
        key = (self.cursor.address, *row)
        if key not in _KNOWN:
            if len(_KNOWN) > 100:
                _KNOWN.clear()
            _KNOWN[key] = chain(q.versions_upto.many(self.cursor, number=row[0]))
        return _KNOWN[key]

    def clock(self) -> datetime | None:
        moment: datetime | None = self.cursor.value(q.clock)
        return moment

    def members_due(self, upto: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        return [(due_at, member) for due_at, member in self.cursor.rows(q.members_due, upto=upto, limit=limit)]

    def next_lot_moment(self, member: str, after: datetime | None) -> datetime | None:
        later = after or _EVER
        found = [
            self.cursor.value(q.next_pending, member=member, after=later),
            self.cursor.value(q.next_dying, member=member, after=later),
        ]
        return min((moment for moment in found if moment is not None), default=None)

    def pending_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        return q.pending_lots.many(self.cursor, member=member, upto=upto)

    def dying_lots(self, member: str, upto: datetime) -> Sequence[Lot]:
        return q.dying_lots.many(self.cursor, member=member, upto=upto)

    # over many rows: for people and reports, see state.Book

    def members(self) -> Sequence[str]:
        return [row[0] for row in self.cursor.rows(q.members)]

    def row_counts(self, member: str, wallet: str) -> Mapping[str, int]:
        return {kind: int(many) for kind, many in self.cursor.rows(q.row_counts, member=member, wallet=wallet)}

    def outstanding(self, wallet: str) -> int:
        return int(self.cursor.value(q.outstanding, wallet=wallet))


_EVER = datetime(1900, 1, 1, tzinfo=UTC)
_KNOWN: dict[tuple[Any, ...], Sequence[ProgrammeVersion]] = {}
"""By database, number, moment and length of the document."""


def forget_programmes() -> None:
    """For those who empty a database or put another in its place while the process lives on."""
    _KNOWN.clear()

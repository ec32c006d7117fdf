"""Takes back earned points, lot by lot, as the wallet's `on_return` says. Spec: programme, section 5, point 3."""

from fractions import Fraction

from loyalty.points import posting, spending
from loyalty.points.exact import half_up
from loyalty.points.facts import Exact, Lot, LotMove, Spend
from loyalty.points.quick_rows import replace
from loyalty.points.step import Step


class Reversal:
    """Collects what is taken back of one member's wallet, to be booked as one `return`."""

    def __init__(self, step: Step, member: str, wallet: str) -> None:
        self.step = step
        self.member = member
        self.wallet = wallet
        self.policy = step.programme.wallet(wallet).on_return
        self.moves: list[LotMove] = []
        self.unpaid = 0
        self.counted = 0  # expired before: counts as taken

    def take(self, number: int, share: Exact) -> None:
        """Asks back `share` (cumulative, 0 to 1) of the lot's points, less what was asked back before."""
        lot = self.step.lot(number)
        due = half_up(Fraction(lot.amount) * share) - lot.reversed
        if due <= 0:
            return
        self.step.plan.put(replace(lot, reversed=lot.reversed + due))
        if self.policy == "pending_only" and lot.active:
            return
        own = self._own(number, due)
        self._uncount(number, own + self._elsewhere(due - own))

    def _own(self, number: int, due: int) -> int:
        """From the sale's own lot; what of it has expired counts as taken."""
        lot = self.step.lot(number)
        part = min(due, lot.remaining)
        if part:
            self.moves.append(spending.take_from(self.step, lot, part))
        lot = self.step.lot(number)
        gone = min(due - part, lot.expired - lot.forgiven)
        if gone:
            self.step.plan.put(replace(lot, forgiven=lot.forgiven + gone))
            self.counted += gone
        return part + gone

    def _elsewhere(self, rest: int) -> int:
        """The rest from other lots, then waived or a deficit."""
        account = self.step.account(self.member, self.wallet)
        part = min(rest, max(0, account.available))
        if part:
            moves, _ = spending.take(self.step, account, part)
            self.moves.extend(moves)
        rest -= part
        if rest and self.policy == "allow_negative":
            posting.change(self.step, self.step.account(self.member, self.wallet), deficit=rest)
            self.unpaid += rest
            part += rest
        return part

    def _uncount(self, number: int, taken: int) -> None:
        """What was taken back no longer counts as earned."""
        lot: Lot = self.step.lot(number)
        by = min(taken, lot.earned)
        if not by:
            return
        self.step.plan.put(replace(lot, earned=lot.earned - by))
        if lot.active:
            posting.change(self.step, self.step.account(self.member, self.wallet), earned=-by)

    def book(self, source: str) -> int:
        """Writes the transfer that takes back what the booking `source` gave; the points taken back."""
        merged = _merged(self.moves)
        taken = sum(move.amount for move in merged) + self.unpaid
        number = posting.transfer(
            self.step,
            "return",
            self.member,
            self.wallet,
            -taken,
            posting.outgoing(merged),
            reverses=self._given_by(source),
        )
        if self.unpaid:
            row = Spend(
                self.step.context.numbers(),
                self.step.booking,
                self.member,
                self.wallet,
                "return",
                self.unpaid,
                (),
                self.unpaid,
                refundable=False,
                transfer=number,
            )
            self.step.plan.put(row)
        return taken + self.counted

    def _given_by(self, source: str) -> int | None:
        for row in self.step.plan.transfers_of(source):
            if row.member == self.member and row.wallet == self.wallet and row.kind in ("earn", "credit"):
                return row.number
        return None


def _merged(moves: list[LotMove]) -> list[LotMove]:
    """One move for each lot."""
    found: dict[int, LotMove] = {}
    for move in moves:
        known = found.get(move.lot, LotMove(move.lot, 0))
        found[move.lot] = LotMove(move.lot, known.amount + move.amount, known.cost + move.cost)
    return list(found.values())

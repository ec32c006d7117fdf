"""How a member stands: balances, lots, level, vouchers, segments, as the `expect` of scenario files names them.

Money is decimal text; points are whole numbers or decimal text; days are ISO dates, moments RFC 3339.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol

from loyalty.clock import rfc3339
from loyalty.points import lots, segments, tiers, vouchers
from loyalty.points.calendar import end_of_day
from loyalty.points.exact import half_up, money_text, points_json
from loyalty.points.facts import Account, Lot
from loyalty.points.plan import Plan
from loyalty.points.programme import Wallet
from loyalty.points.result import voucher_json
from loyalty.points.step import Context, Step, started
from loyalty.points.store import Facts

_NO_ROW = 0


class Book(Facts, Protocol):
    """Facts and the figures over many rows that only people and reports ask for."""

    def members(self) -> Sequence[str]: ...

    """All members in the order they came."""

    def row_counts(self, member: str, wallet: str) -> Mapping[str, int]: ...

    """Number of transfers of one wallet of one member, by kind."""

    def outstanding(self, wallet: str) -> int: ...

    """Sum of Account.balance of one wallet over all members."""


class State:
    """The ledger as it stands at one moment; the clock should have run up to it."""

    def __init__(self, book: Book, at: datetime) -> None:
        self.book = book
        plan = Plan(book, _no_number)
        self.step = Step(plan, started(book, at), Context(_no_number), at, at)
        self.programme = self.step.programme

    def of_member(self, member: str) -> dict[str, Any]:
        """Everything but the wallets' details; see `wallet`."""
        self.step.member(member)
        standing = self.step.standing(member)
        level = tiers.present_tier(self.book, self.programme, standing, self.step.day)
        last = tiers.until(self.book, standing, level, self.step.day)
        first = self.wallet_units(member, self.programme.first_wallet)
        return {
            "balance": self._points(self.programme.first_wallet, first.available),
            "tier": level.name if level else None,
            "tier_since": standing.tier_since.isoformat() if standing.tier_since else None,
            "tier_until": last.isoformat() if last else None,
            "to_next": self._to_next(member),
            "purchases": standing.purchases,
            "spend": money_text(standing.spend, self.programme.digits),
            "vouchers": [voucher_json(self.programme, each) for each in self._vouchers(member)],
        }

    def wallet_units(self, member: str, wallet: str) -> Account:
        return self.step.account(member, wallet)

    def wallet(self, member: str, name: str) -> dict[str, Any]:
        """Balances and lots of one wallet. KeyError for an unknown one."""
        wallet, account = self.programme.wallet(name), self.wallet_units(member, name)
        digits = self.programme.digits
        figures = {
            "available": account.available,
            "pending": account.pending,
            "held": account.held,
            "total": account.available + account.pending + account.held,
            "deficit": account.deficit,
            "earned": account.earned,
        }
        return {
            **{key: self._points(name, amount) for key, amount in figures.items()},
            "cost": money_text(account.cost, digits),
            "held_cost": money_text(account.held_cost, digits),
            "liability": self._worth(wallet, account.balance),
            "lots": [self._lot(lot, account) for lot in self._open_lots(wallet, account)],
        }

    def expiring_by(self, member: str, name: str, day: date) -> int | str:
        """Active points that are gone by the end of `day`."""
        wallet, account = self.programme.wallet(name), self.wallet_units(member, name)
        end = end_of_day(day, self.step.zone)
        total = 0
        for lot in self._open_lots(wallet, account):
            gone = lots.expiry_of(lot, account, self.step.zone)
            if lot.active and gone is not None and gone <= end:
                total += lot.remaining
        return self._points(name, total)

    def liability(self, name: str) -> str:
        """What all members' points of a wallet are worth."""
        return self._worth(self.programme.wallet(name), self.book.outstanding(name))

    def segment(self, name: str) -> list[str]:
        """The members of a segment, in the order they came."""
        return [member for member in self.book.members() if self._belongs(member, name)]

    def _belongs(self, member: str, name: str) -> bool:
        person = self.step.member(member)
        return segments.belongs(self.book, self.programme, person, name, self.step.day.toordinal())

    def _vouchers(self, member: str) -> list[Any]:
        mine = [each for each in self.book.open_vouchers(member) if vouchers.in_hand(each, self.step.day)]
        return sorted(mine, key=lambda each: (each.ordinal, each.number))

    def _open_lots(self, wallet: Wallet, account: Account) -> Iterable[Lot]:
        rows = [lot for lot in self.book.open_lots(account.member, wallet.name) if lot.remaining]
        return lots.in_order(rows, wallet, account, self.step.zone)

    def _lot(self, lot: Lot, account: Account) -> dict[str, Any]:
        gone = lots.expiry_of(lot, account, self.step.zone)
        last = lots.last_day_of(lot, account)
        if gone is not None and last is None:
            last = self.step.day_of(gone - timedelta(microseconds=1))
        return {
            "points": self._points(lot.wallet, lot.remaining),
            "expires_on": last.isoformat() if last else None,
            "expires_at": rfc3339(gone) if gone else None,
            "cost": money_text(lot.cost, self.programme.digits),
            "active": lot.active,
        }

    def _to_next(self, member: str) -> dict[str, Any] | None:
        found = tiers.missing(self.step, member)
        if found is None or self.programme.tiers is None:
            return None
        name, amount = found
        wallet = self.programme.tiers.metric_wallet
        if self.programme.tiers.metric == "spend":
            return {"name": name, "missing": money_text(amount, self.programme.digits)}
        return {"name": name, "missing": self._points(wallet, amount) if wallet else amount}

    def _points(self, wallet: str, amount: int) -> int | str:
        return points_json(amount, self.programme.wallet(wallet).decimals)

    def _worth(self, wallet: Wallet, amount: int) -> str:
        value = Fraction(amount, 10**wallet.decimals) * wallet.value_per_point * 10**self.programme.digits
        return money_text(half_up(value), self.programme.digits)


def _no_number() -> int:
    return _NO_ROW

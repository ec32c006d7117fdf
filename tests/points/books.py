"""Checks that the books of a shop in memory agree with each other: the invariants of the ledger."""

from collections import defaultdict

from loyalty.points.facts import Account, Hold, Lot, Member, Settlement, Spend, Standing, Transfer
from loyalty.points.facts_sale import PurchaseState
from loyalty.points.memory import MemoryFacts


def check(facts: MemoryFacts) -> None:
    """Accounts = sums of transfers = lots less deficit; nothing below zero; figures = sums of what they count."""
    lots: list[Lot] = list(facts.rows[Lot].values())
    transfers: list[Transfer] = list(facts.rows[Transfer].values())
    _accounts(facts, lots, transfers)
    _lots(facts, lots, transfers)
    _figures(facts)


def _accounts(facts: MemoryFacts, lots: list[Lot], transfers: list[Transfer]) -> None:
    sums: dict[str, int] = defaultdict(int)
    for row in transfers:
        assert row.amount > 0
        assert (row.debit.startswith("member:")) != (row.credit.startswith("member:")), "one member, one house account"
        sums[row.debit] -= row.amount
        sums[row.credit] += row.amount
    assert sum(sums.values()) == 0
    for account in facts.rows[Account].values():
        key = (account.member, account.wallet)
        mine = [lot for lot in lots if (lot.member, lot.wallet) == key]
        assert account.balance == sums[f"member:{account.member}:{account.wallet}"], account
        assert account.active == sum(lot.remaining for lot in mine if lot.active), account
        assert account.pending == sum(lot.remaining for lot in mine if not lot.active), account
        assert account.held == sum(lot.held for lot in mine) == _held(facts, key), account
        assert account.cost == sum(lot.cost for lot in mine), account
        assert account.held_cost == sum(lot.held_cost for lot in mine), account
        assert account.earned == sum(lot.earned for lot in mine if lot.active), account
        assert account.deficit == _unpaid(facts, key), account
        assert not (account.deficit and account.active), "a deficit is paid from what is there"
        assert min(account.active, account.pending, account.held, account.deficit, account.earned) >= 0, account


def _held(facts: MemoryFacts, key: tuple[str, str]) -> int:
    holds = facts.rows[Hold].values()
    return sum(hold.amount for hold in holds if (hold.member, hold.wallet) == key and hold.status == "open")


def _unpaid(facts: MemoryFacts, key: tuple[str, str]) -> int:
    return sum(spend.unpaid for spend in facts.rows[Spend].values() if (spend.member, spend.wallet) == key)


def _lots(facts: MemoryFacts, lots: list[Lot], transfers: list[Transfer]) -> None:
    moved: dict[int, int] = defaultdict(int)
    for row in [*transfers, *facts.rows[Settlement].values()]:
        for move in row.moves:
            moved[move.lot] += move.amount
    for lot in lots:
        assert moved[lot.number] == lot.remaining + lot.held, lot
        assert 0 <= lot.remaining + lot.held <= lot.amount, lot
        assert 0 <= lot.cost + lot.held_cost <= max(lot.base_cost, lot.cost), lot
        assert min(lot.remaining, lot.held, lot.cost, lot.held_cost, lot.earned) >= 0, lot
        assert lot.reversed <= lot.amount, lot
    for spend in facts.rows[Spend].values():
        taken = sum(take.amount for take in spend.takes)
        assert taken + spend.unpaid + spend.restored == spend.amount, spend


def _figures(facts: MemoryFacts) -> None:
    for member in facts.rows[Member]:
        states = [row for row in facts.rows[PurchaseState].values() if row.member == member]
        standing: Standing = facts.rows[Standing][member]
        assert standing.spend == sum(row.net for row in states), standing
        assert standing.purchases == sum(1 for row in states if row.counts), standing
        assert all(row.net >= 0 for row in states)

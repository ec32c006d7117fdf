"""Re-sums the whole ledger and checks its hash chains: what `loyalty db verify` prints.

Balances are caches; the transfers are the truth. Every account is added up again from its transfers, every lot from
the moves of transfers and settlements, and every transfer's hash is computed again from its content. What was answered
is compared with what was booked (verify_answers.py), and the figures that the database keeps of everybody with what
they are made of (member_figures.py). Reads one consistent state and changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db import audit
from loyalty.ops import member_figures, verify_answers
from loyalty.ops.verify_answers import EVERY
from loyalty.points import sql_rows as rows
from loyalty.points import tables as t
from loyalty.points import tables_sale as ts
from loyalty.points.chain import FIRST, effect, link
from loyalty.points.facts import Transfer
from loyalty.points.sql_facts import SqlFacts

MOST_PROBLEMS = 1_000
"""One wrong row may be followed by many; a longer list helps nobody."""


@dataclass(frozen=True)
class Problem:
    """What does not hold: the table and row it was found at, and one sentence."""

    table: str
    row: str
    sentence: str


@dataclass
class Report:
    accounts: int = 0
    transfers: int = 0
    lots: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def found(self, table: str, row: object, sentence: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(table, str(row), sentence))

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "accounts": self.accounts,
            "transfers": self.transfers,
            "lots": self.lots,
            "problems": [asdict(problem) for problem in self.problems],
        }


def rows_to_check(session: Session) -> int:
    """As many as `verify` tells its progress of."""
    return sum(session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
               for table in (t.transfers, verify_answers.outcomes))  # fmt: skip


def verify(session: Session, progress: Callable[[int], object] = lambda rows: None) -> Report:
    """Everything, in one pass over each table. `progress` is told how many rows more were looked at."""
    report = Report()
    accounts = {(row.member, row.wallet): row for row in session.execute(sa.select(t.accounts))}
    report.accounts = len(accounts)
    seen = set()
    for key, chain in groupby(_transfers(session, progress), key=lambda each: (each[0].member, each[0].wallet)):
        seen.add(key)
        _check_chain(report, key, accounts.get(key), chain)
    for key, account in accounts.items():
        if key not in seen and (account.transfers or account.balance):
            report.found("accounts", _name(key), "The account counts transfers, but none are there.")
    _check_lots(report, session, accounts)
    _check_purchases(report, session)
    for found in verify_answers.check(session, _decimals(session), progress):
        report.found(found.table, found.row, found.sentence)
    for figure in member_figures.check(session):
        report.found(*figure)
    for number, sentence in audit.check(session):
        report.found("audit_entries", number, sentence)
    return report


def _decimals(session: Session) -> dict[str, int]:
    """Of each wallet there ever was."""
    known: dict[str, int] = {}
    for version in SqlFacts(session).versions(0):
        known |= {name: wallet.decimals for name, wallet in version.programme.wallets.items()}
    return known


def _transfers(session: Session, progress: Callable[[int], object]) -> Iterator[tuple[Transfer, Any]]:
    """Every transfer with its moves, account by account in booking order."""
    order = (t.transfers.c.member, t.transfers.c.wallet, t.transfers.c.number)
    names = rows.transfers.names
    found = session.execute(sa.select(t.transfers).order_by(*order).execution_options(yield_per=EVERY))
    for number, row in enumerate(found, start=1):
        if number % EVERY == 0:
            progress(EVERY)
        fact = {name: getattr(row, name) for name in names}
        yield Transfer(**fact), row


def _check_chain(
    report: Report, key: tuple[str, str], account: Any, chain: Iterator[tuple[Transfer, Any]]
) -> None:
    count, balance, head = 0, 0, FIRST
    for transfer, row in chain:
        count += 1
        balance += effect(transfer)
        mine = f"member:{transfer.member}:{transfer.wallet}"
        if mine not in (transfer.debit, transfer.credit):
            report.found("transfers", transfer.number, f"The transfer moves no points of its account {mine}.")
        if row.previous_hash != head:
            report.found(
                "transfers", transfer.number, "The transfer does not follow the one before it: a row is missing or new."
            )
        if row.hash != link(row.previous_hash, transfer, row.balance_after):
            report.found("transfers", transfer.number, "The transfer was changed after it was booked.")
        elif row.balance_after != balance:
            report.found(
                "transfers",
                transfer.number,
                f"The balance after it is written as {row.balance_after}, but adds up to {balance}.",
            )
        head = row.hash
    report.transfers += count
    if account is None:
        report.found("accounts", _name(key), "There are transfers, but the account itself is missing.")
        return
    if (account.transfers, account.head) != (count, head):
        report.found(
            "accounts", _name(key), f"The account ends with transfer {account.transfers}, but {count} are there."
        )
    if account.balance != balance:
        report.found(
            "accounts", _name(key), f"The balance is written as {account.balance}, but adds up to {balance}."
        )


def _check_lots(report: Report, session: Session, accounts: dict[tuple[str, str], Any]) -> None:
    moved: dict[int, int] = defaultdict(int)
    statement = sa.select(t.lot_moves.c.lot, sa.func.sum(t.lot_moves.c.amount)).group_by(t.lot_moves.c.lot)
    for lot, amount in session.execute(statement):
        moved[lot] += int(amount)
    for settlement in session.execute(sa.select(t.settlements.c.moves)):
        for move in settlement.moves:
            moved[move.lot] += move.amount
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for lot in session.execute(sa.select(t.lots)):
        report.lots += 1
        if lot.remaining + lot.held != moved.pop(lot.number, 0):
            report.found(
                "lots", lot.number, f"The lot holds {lot.remaining + lot.held}, which its moves do not add up to."
            )
        figures = sums[lot.member, lot.wallet]
        figures[0 if lot.active else 1] += lot.remaining
        figures[2] += lot.held
        figures[3] += lot.cost
        figures[4] += lot.held_cost
    for number in moved:
        report.found("lots", number, "Transfers name this lot, but it is missing.")
    for key, account in accounts.items():
        written = [account.active, account.pending, account.held, account.cost, account.held_cost]
        for name, value, total in zip(("active", "pending", "held", "cost", "held_cost"), written, sums[key],
                                      strict=True):
            if value != total:
                report.found(
                    "accounts", _name(key), f"{name} is written as {value}, but the lots add up to {total}."
                )
        if account.balance != account.active + account.pending + account.held - account.deficit:
            report.found("accounts", _name(key), "active + pending + held - deficit is not the balance.")


def _check_purchases(report: Report, session: Session) -> None:
    """What was changed of a sale has its sale, and the lifetime spend of each member is the sum of what stands."""
    p, s, changed = ts.purchases, ts.purchase_states, ts.purchase_changes
    missing = (
        sa.select(changed.c.purchase).outerjoin(p, changed.c.purchase == p.c.id).where(p.c.id.is_(None)).limit(100)
    )
    for (id,) in session.execute(missing):
        report.found("purchase_changes", id, "What was taken back belongs to no sale.")
    sums = {
        row.member: (int(row.spend), int(row.purchases))
        for row in session.execute(
            sa.select(
                s.c.member,
                sa.func.sum(s.c.net).label("spend"),
                sa.func.sum(sa.case((s.c.counts, 1), else_=0)).label("purchases"),
            ).group_by(s.c.member)
        )
    }
    for row in session.execute(sa.select(t.standings.c.member, t.standings.c.spend, t.standings.c.purchases)):
        if (row.spend, row.purchases) != sums.get(row.member, (0, 0)):
            report.found("standings", row.member, "Spend or number of purchases is not the sum of the sales.")


def _name(key: tuple[str, str]) -> str:
    return f"member:{key[0]}:{key[1]}"

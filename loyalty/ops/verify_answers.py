"""Kept answers against what was booked: whoever alters what a counter or a program was told is found.

An answer is kept under the id of its booking; its figures were copied from the booking's result, and what a result says
was earned stands in the ledger, whose hashes cover it. Texts, and the member as they were then, are not compared: they
are blotted out when a person is erased.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.base import Document
from loyalty.points import tables as t

outcomes = sa.table("outcomes", sa.column("id"), sa.column("verb"), sa.column("answer", Document))
_work = sa.table("staff_work", sa.column("kind"), sa.column("command"))
"""As in loyalty/checkout/tables.py, of which nothing else is wanted here."""
_FIGURES = ("total", "due", "discount", "value", "redeemed", "refund", "earned", "reversed", "given_back", "spent")
_SALES, _BACK = ("record_purchase", "move_purchase"), ("cancel_purchase", "return_purchase")
_NOBODYS = ("unmatched", "claimable")
"""A sale that had no member then, and may have one since: booked under the same id, the answer stays."""
EVERY = 5_000


@dataclass(frozen=True)
class Found:
    """What does not hold: the table and row, and one sentence."""

    table: str
    row: str
    sentence: str


def check(
    session: Session, decimals: Mapping[str, int], progress: Callable[[int], object] = lambda rows: None
) -> Iterator[Found]:
    """In the order of ids. `decimals` of each wallet; `progress` is told how many rows more were looked at."""
    b = t.bookings
    statement = (
        sa.select(outcomes.c.id, outcomes.c.verb, outcomes.c.answer, b.c.verb.label("booked"), b.c.result, b.c.member)
        .select_from(outcomes.outerjoin(b, b.c.id == outcomes.c.id))
        .order_by(outcomes.c.id)
        .execution_options(yield_per=EVERY)
    )
    earned = _Earned(session, decimals)
    nobodys = set(session.scalars(sa.select(_work.c.command).where(_work.c.kind == "unmatched_sale")))
    for number, row in enumerate(session.execute(statement), start=1):
        sentence = _fault(row, nobodys) or (_fault_of_points(row, earned) if row.booked == "purchase" else None)
        if sentence is not None:
            yield Found("outcomes", row.id, sentence)
        if number % EVERY == 0:
            progress(EVERY)


class _Earned:
    """What the ledger says each booking gave its members, walked once in the order of bookings."""

    def __init__(self, session: Session, decimals: Mapping[str, int]) -> None:
        at, self._decimals = t.transfers.c, decimals
        statement = (
            sa.select(at.booking, at.member, at.wallet, sa.func.sum(at.amount).label("units"))
            .where(at.kind == "earn", at.booking.is_not(None))
            .group_by(at.booking, at.member, at.wallet)
            .order_by(at.booking)
            .execution_options(yield_per=EVERY)
        )
        self._groups = groupby(session.execute(statement), key=lambda row: row.booking)
        self._ahead: tuple[str, list[Any]] | None = None

    def by(self, booking: str, member: str) -> dict[str, Decimal]:
        """Points by wallet. Asked for in the order of bookings."""
        while self._ahead is None or self._ahead[0] < booking:
            found = next(self._groups, None)
            if found is None:
                self._ahead = None
                return {}
            self._ahead = (found[0], list(found[1]))
        if self._ahead[0] != booking:
            return {}
        return {row.wallet: Decimal(int(row.units)).scaleb(-self._decimals.get(row.wallet, 0))
                for row in self._ahead[1] if row.member == member}  # fmt: skip


def _fault(row: Any, nobodys: Set[str]) -> str | None:
    answer = row.answer
    if not isinstance(answer, Mapping):
        return "The kept answer is no document any more."
    if _is_nobodys(row):
        return None if row.id in nobodys else "The kept answer says that the sale had no member; no task tells of it."
    if row.booked is None:
        return "The kept answer says that something was booked, but nothing is." if _says_booked(row) else None
    wrong = [name for name in _FIGURES if name in answer and _figure(answer[name]) != _figure(row.result.get(name))]
    if not wrong:
        return None
    return f"The kept answer says {_words(answer, wrong[0])}, but the booking {_words(row.result, wrong[0])}."


def _says_booked(row: Any) -> bool:
    """A sale that waited for its member and was called off had nothing to take back."""
    if row.verb in _SALES:
        return bool(row.answer.get("status") == "booked")
    return row.verb in _BACK and any(_figure(row.answer.get(name)) for name in ("reversed", "refund", "given_back"))


def _is_nobodys(row: Any) -> bool:
    return row.verb == "record_purchase" and row.answer.get("status") in _NOBODYS


def _fault_of_points(row: Any, earned: _Earned) -> str | None:
    ledger = earned.by(row.id, row.member)
    if _is_nobodys(row) or "earned" not in row.answer or _figure(row.answer["earned"]) == _figure(ledger):
        return None
    words = ", ".join(f"{points:f} {wallet}" for wallet, points in ledger.items()) or "nothing"
    return f"The kept answer says {_words(row.answer, 'earned')}, but the ledger gave {words}."


def _words(document: Mapping[str, Any], name: str) -> str:
    return f"{name} {str(document.get(name, 'nothing'))[:80]}"


def _figure(value: Any) -> Any:
    """Amounts by value, wallets without the empty ones, nothing as zero; anything else as it stands."""
    if isinstance(value, Mapping):
        return {key: each for key, one in value.items() if (each := _figure(one))} or 0
    if value is None or value == "":
        return 0
    try:
        return Decimal(str(value)) or 0
    except InvalidOperation:
        return value

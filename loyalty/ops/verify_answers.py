"""Kept answers against what was booked: whoever alters what a counter or a program was told is found.

An answer is kept under the id of its booking; its figures were copied from the booking's result, and what a result says
was earned stands in the ledger, whose hashes cover it. Texts, and the member as they were then, are not compared: they
are blotted out when a person is erased.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.base import Document
from loyalty.points import tables as t

outcomes = sa.table("outcomes", sa.column("id"), sa.column("verb"), sa.column("answer", Document))
"""As in loyalty/checkout/tables.py, of which nothing else is wanted here."""
_FIGURES = ("total", "due", "discount", "value", "redeemed", "refund", "earned", "reversed", "given_back", "spent")
_OF_COMMANDS = ("record_purchase", "cancel_purchase", "return_purchase", "move_purchase")
_DONE = ("booked", "returned", "cancelled")
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
    for number, row in enumerate(session.execute(statement), start=1):
        sentence = _fault(row) or (_fault_of_points(row, earned) if row.booked == "purchase" else None)
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


def _fault(row: Any) -> str | None:
    answer = row.answer
    if not isinstance(answer, Mapping):
        return "The kept answer is no document any more."
    if row.booked is None:
        told = row.verb in _OF_COMMANDS and answer.get("status") in _DONE
        return "The kept answer says that something was booked, but nothing is." if told else None
    wrong = [name for name in _FIGURES if name in answer and _figure(answer[name]) != _figure(row.result.get(name))]
    if not wrong:
        return None
    return f"The kept answer says {_words(answer, wrong[0])}, but the booking {_words(row.result, wrong[0])}."


def _fault_of_points(row: Any, earned: _Earned) -> str | None:
    ledger = earned.by(row.id, row.member)
    if "earned" not in row.answer or _figure(row.answer["earned"]) == _figure(ledger):
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

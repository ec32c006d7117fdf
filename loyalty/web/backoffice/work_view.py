"""Sales and cards that staff has to look at: what counters reported and nobody has settled yet."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.staff_work import work as find_work
from loyalty.checkout.tables import staff_work
from loyalty.contract.claim import KIND as CLAIM

PAGE = 50
OPEN, SETTLED, RECEIPTS = "open", "settled", "receipts"
KINDS = ("unmatched_sale", "blocked_card", "refused_sale", "sequence_gap", "over_redemption", "copied_card",
         "worn_card", "stuck_command", "unreadable_receipt")  # fmt: skip


@dataclass(frozen=True)
class Task:
    """One thing to look at. `amount` is money in units of the currency (not cents), where the report has one."""

    id: str
    kind: str
    sentence: str
    counter: str | None
    member: str | None
    token_kind: str | None
    token_tail: str | None
    amount: Decimal | None
    occurred_at: datetime
    done_at: datetime | None
    done_by: str | None
    raw: str | None = None
    """What a till handed over, personal data masked, where it could not be read."""

    @property
    def by_code(self) -> bool:
        """A sale without a card, whose receipt carries a code."""
        return self.token_kind == CLAIM

    @property
    def by_member(self) -> bool:
        """The member claimed it on their own phone."""
        return (self.done_by or "").startswith("member:")


@dataclass(frozen=True)
class Tasks:
    rows: tuple[Task, ...]
    counts: dict[str, int]
    """Open ones by kind; only kinds that there are."""
    next: str | None

    @property
    def open(self) -> int:
        return sum(self.counts.values())


def count_open(session: Session, kind: str | None = None) -> int:
    """How many wait, all told or of one kind."""
    work = staff_work.c
    statement = sa.select(sa.func.count()).select_from(staff_work).where(work.status == "open")
    if kind is not None:
        statement = statement.where(work.kind == kind)
    return int(session.scalar(statement) or 0)


def read_tasks(session: Session, kind: str | None, before: str | None, show: str = OPEN) -> Tasks:
    """Those to `show`, the latest first; `before` is the id of the last row of the page before."""
    work = staff_work.c
    counts = {
        found: int(count)
        for found, count in session.execute(
            sa.select(work.kind, sa.func.count()).where(work.status == "open").group_by(work.kind)
        )
    }
    statement = sa.select(staff_work).where(_which(show)).order_by(work.id.desc()).limit(PAGE + 1)
    if kind is not None:
        statement = statement.where(work.kind == kind)
    if before is not None:
        statement = statement.where(work.id < before)
    found = session.execute(statement).mappings().all()
    rows = tuple(_task(row) for row in found[:PAGE])
    return Tasks(rows, counts, rows[-1].id if len(found) > PAGE else None)


def _which(show: str) -> sa.ColumnElement[bool]:
    """Sales with a code on their receipt are nobody's work: they stand for themselves, claimed or not."""
    work = staff_work.c
    if show == RECEIPTS:
        return sa.and_(work.kind == "unmatched_sale", work.token_kind == CLAIM)
    if show == SETTLED:
        return sa.and_(work.status == "done", sa.or_(work.token_kind.is_(None), work.token_kind != CLAIM))
    return work.status == "open"


@dataclass(frozen=True)
class SaleLine:
    """A line of the counter's report; `amount` in units of the currency."""

    what: str
    quantity: Decimal
    amount: Decimal


def read_task(session: Session, id: str) -> tuple[Task, tuple[SaleLine, ...]]:
    """One report with the lines of its sale. NotFound when there is none."""
    row = find_work(session, id)
    body = row.body if isinstance(row.body, dict) else {}
    lines = tuple(
        SaleLine(
            line.get("category") or line.get("sku") or "–",
            Decimal(str(line.get("quantity", 1))),
            Decimal(str(line["amount"])),
        )
        for line in body.get("lines") or ()
    )
    return _task(row._mapping), lines


def _task(row: Any) -> Task:
    token = row["token"]
    return Task(
        id=row["id"],
        kind=row["kind"],
        sentence=row["sentence"],
        counter=row["counter"],
        member=row["member"],
        token_kind=row["token_kind"],
        token_tail=token[-4:] if token else None,
        amount=_amount(row["body"]),
        occurred_at=row["occurred_at"],
        done_at=row["done_at"],
        done_by=row["done_by"],
        raw=_raw(row["body"]),
    )


def _raw(body: Any) -> str | None:
    text = body.get("text") if isinstance(body, dict) else None
    return text if isinstance(text, str) else None


def _amount(body: Any) -> Decimal | None:
    """The sale's total in the counter's report: its amount, else the sum of its lines."""
    if not isinstance(body, dict):
        return None
    try:
        if body.get("amount") is not None:
            return Decimal(str(body["amount"]))
        lines = body.get("lines") or ()
        return sum((Decimal(str(line["amount"])) for line in lines), Decimal(0)) if lines else None
    except (InvalidOperation, KeyError, TypeError):
        return None

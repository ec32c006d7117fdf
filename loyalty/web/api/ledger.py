"""The ledger over the API: what a member has and had, every row, and why it is what it is; points by hand."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from loyalty.checkout.member_view import programme_of
from loyalty.clock import rfc3339
from loyalty.errors import Invalid, NotFound
from loyalty.members.enrolment import get_member
from loyalty.points.exact import as_text
from loyalty.points.facts import Exact
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.sql_history import LedgerRow, balances_at, explain, ledger_rows
from loyalty.web.api.answers import BookedAnswer
from loyalty.web.api.answers_ledger import BalanceAnswer, ExplainAnswer, LedgerAnswer
from loyalty.web.api.calls import Asked, call
from loyalty.web.api.documents import points
from loyalty.web.api.schemas import BalanceQuery, PageQuery
from loyalty.web.api.schemas_bookings import CreditBody, DebitBody, RedemptionBody
from loyalty.web.api.steps import book


@call("GET", "/members/<id>/balance", scope="read", body=BalanceQuery, gives=BalanceAnswer,
      answer="Balances by wallet at a moment.")  # fmt: skip
def balance(session: Session, asked: Asked[BalanceQuery]) -> dict[str, Any]:
    """What the member had at `at` (default now), pending and held included: summed from the transfers themselves."""
    member = get_member(session, asked.path["id"])
    moment = asked.body.at or asked.now
    programme = programme_of(SqlFacts(session), asked.now).programme
    had = balances_at(session, member.id, moment)
    wallets = {name: _points(programme, name, had.get(name, 0)) for name in [*programme.wallets, *had]}
    return {"member": member.id, "at": rfc3339(moment), "wallets": wallets}


@call("GET", "/members/<id>/ledger", scope="read", body=PageQuery, gives=LedgerAnswer,
      answer="`rows`, the newest first, and `next`.")  # fmt: skip
def rows(session: Session, asked: Asked[PageQuery]) -> dict[str, Any]:
    """Every change of the member's points."""
    member = get_member(session, asked.path["id"])
    programme = programme_of(SqlFacts(session), asked.now).programme
    limit = asked.body.limit
    found = ledger_rows(session, member.id, limit + 1, _after(asked.body.cursor))
    after = str(found[limit - 1].number) if len(found) > limit else None
    return {"rows": [_row(programme, row) for row in found[:limit]], "next": after}


def _after(cursor: str | None) -> int | None:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise Invalid("The cursor is none of this list; send the entry next of an answer.", pointer="/cursor")
    return int(cursor) if cursor else None


@call("GET", "/ledger/<id>:explain", scope="read", gives=ExplainAnswer,
      answer="The row, rules and arithmetic, inputs, lots.")  # fmt: skip
def why(session: Session, asked: Asked[Any]) -> dict[str, Any]:
    """Why a row is what it is: rules of which programme version, on what inputs, rounded how, from which lots."""
    told = explain(session, _number(asked.path["id"]))
    programme = programme_of(SqlFacts(session), asked.now).programme
    wallet, booking = told.row.wallet, told.booking
    return {
        "row": _row(programme, told.row),
        "member": told.member,
        "verb": booking.verb if booking else "clock",
        "programme": booking.programme if booking else None,
        "rules": [
            {"rule": entry.rule, "points": _exact(programme, wallet, entry.points), "why": entry.why}
            for award in told.awards
            for entry in award.entries
        ],
        "result": booking.result if booking else None,
        "inputs": [
            {
                "sku": line.sku,
                "category": line.category,
                "quantity": as_text(line.quantity),
                "amount": f"{Decimal(line.amount).scaleb(-programme.digits)}",
                "paid": as_text(Fraction(line.paid) / 10**programme.digits),
            }
            for line in told.lines
        ],
        "lots": [
            {
                "lot": lot.number,
                "amount": _points(programme, wallet, amount),
                "active_at": rfc3339(lot.active_at),
                "last_day": lot.last_day.isoformat() if lot.last_day else None,
                "expires_at": rfc3339(lot.expires_at) if lot.expires_at else None,
            }
            for lot, amount in told.moves
        ],
    }


@call("POST", "/credits", scope="book", body=CreditBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was credited.")  # fmt: skip
def credit(session: Session, asked: Asked[CreditBody]) -> dict[str, Any]:
    """Gives points by hand; the reason is kept."""
    return book(session, asked, "credit")


@call("POST", "/debits", scope="book", body=DebitBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was taken.")  # fmt: skip
def debit(session: Session, asked: Asked[DebitBody]) -> dict[str, Any]:
    """Takes points by hand; the reason is kept."""
    return book(session, asked, "debit")


@call("POST", "/redemptions", scope="book", body=RedemptionBody, status=201, booking=True, gives=BookedAnswer,
      answer="What was redeemed.")  # fmt: skip
def redeem(session: Session, asked: Asked[RedemptionBody]) -> dict[str, Any]:
    """Redeems a reward without a sale."""
    return book(session, asked, "redeem")


def _row(programme: Programme, row: LedgerRow) -> dict[str, Any]:
    return {
        "id": str(row.number),
        "wallet": row.wallet,
        "amount": _points(programme, row.wallet, row.amount),
        "balance_after": _points(programme, row.wallet, row.balance_after),
        "code": row.kind,
        "reason": row.reason,
        "event": row.booking,
        "occurred_at": rfc3339(row.occurred_at),
        "recorded_at": rfc3339(row.recorded_at),
        "reverses": str(row.reverses) if row.reverses else None,
    }


def _points(programme: Programme, wallet: str, units: int) -> int | str:
    decimals = programme.wallet(wallet).decimals
    return points(Decimal(units).scaleb(-decimals), decimals)


def _exact(programme: Programme, wallet: str, value: Exact) -> str:
    return as_text(Fraction(value) / 10 ** programme.wallet(wallet).decimals)


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 18:
        raise NotFound(f"There is no ledger row {text[:40]!r}; rows are numbered.")
    return int(text)

"""What answers about balances and rows of the ledger look like; see answers.py."""

from typing import Any

from loyalty.web.api.answers import Given, Moment, PerWallet, Points


class BalanceAnswer(Given):
    member: str
    at: Moment
    wallets: PerWallet


class LedgerRowAnswer(Given):
    id: str
    wallet: str
    amount: Points
    balance_after: Points
    code: str
    reason: str | None
    event: str | None
    occurred_at: Moment
    recorded_at: Moment
    reverses: str | None


class LedgerAnswer(Given):
    rows: list[LedgerRowAnswer]
    next: str | None


class ExplainAnswer(Given):
    row: LedgerRowAnswer
    member: str
    verb: str
    programme: int | None
    rules: list[dict[str, str]]
    result: dict[str, Any] | None
    inputs: list[dict[str, str | None]]
    lots: list[dict[str, Any]]

"""The hash chain of an account: each transfer carries the hash of the one before it and of its own content.

Whoever changes, removes or slips in a row breaks every later hash of that account; `loyalty db verify` names the row.
"""

from hashlib import sha256

from loyalty.clock import rfc3339
from loyalty.db.json_text import encoding
from loyalty.points.facts import Transfer

FIRST = ""
"""What stands before the first transfer of an account."""


def link(previous_hash: str, transfer: Transfer, balance_after: int) -> str:
    """The hash of `transfer` (64 hex digits), following one with `previous_hash`."""
    content = [
        transfer.number,
        transfer.booking,
        transfer.kind,
        transfer.member,
        transfer.wallet,
        transfer.debit,
        transfer.credit,
        transfer.amount,
        rfc3339(transfer.occurred_at),
        rfc3339(transfer.recorded_at),
        [[move.lot, move.amount, move.cost] for move in transfer.moves],
        transfer.reverses,
        transfer.reason,
        balance_after,
    ]
    return sha256(f"{previous_hash}\n{_as_json(content)}".encode()).hexdigest()


_as_json = encoding(separators=(",", ":"))


def effect(transfer: Transfer) -> int:
    """What the transfer adds to its member's balance: the amount, or less than nothing."""
    return transfer.amount if transfer.credit.startswith("member:") else -transfer.amount

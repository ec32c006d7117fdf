"""A sale of a record that was merged since comes back: what that gives or takes is the one's who goes on."""

from datetime import datetime
from decimal import Decimal
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.checkout import staff_work
from loyalty.checkout.member_view import programme_of
from loyalty.db.prepared import Prepared
from loyalty.members.life_tables import member_merges
from loyalty.points.sql_engine import Ledger

LATE = ":late:"
"""Between the booking of a merge and what passed over after it."""
_merge = Prepared(
    sa.select(member_merges.c.id, member_merges.c.kept_id)
    .where(member_merges.c.merged_id == bindparam("merged"), member_merges.c.undone_at.is_(None))
    .order_by(member_merges.c.id.desc())
)


def bring_together(ledger: Ledger, member: str, purchase: str, command: str, now: datetime) -> None:
    """Before a sale of a merged record comes back: the points that it gave are taken from where they passed to."""
    if ledger.facts.cursor.row(_merge, merged=member) is None:
        return
    passed: dict[str, int] = {}
    for lot in ledger.facts.lots_of(purchase):
        passed[lot.wallet] = passed.get(lot.wallet, 0) + lot.amount - lot.remaining - lot.held - lot.reversed
    for wallet, units in passed.items():
        _bring(ledger, member, wallet, units, f"{command}:before", now)


def settled_with_who_goes_on(ledger: Ledger, member: str, command: str, now: datetime) -> str:
    """Passes over what `command` left on a merged record, and settles what it owes; the record that goes on."""
    row = ledger.facts.cursor.row(_merge, merged=member)
    if row is None:
        return member
    booking, kept = f"merge:{row[0]}", str(row[1])
    for account in ledger.facts.accounts(member):
        _bring(ledger, member, account.wallet, account.deficit, command, now)
    accounts = ledger.facts.accounts(member)
    if any(each.deficit or each.held for each in accounts):
        sentence = "A sale of a merged record came back; the record that goes on has not enough points for it."
        trouble = staff_work.Trouble("over_redemption", sentence, now, command, None, kept)
        staff_work.note(ledger.facts.cursor, trouble, now)
    elif any(each.balance for each in accounts):
        ledger.perform("merge", {"id": f"{booking}{LATE}{_short(command)}", "from": member, "to": kept}, now)
    return settled_with_who_goes_on(ledger, kept, command, now)


def _bring(ledger: Ledger, member: str, wallet: str, units: int, command: str, now: datetime) -> None:
    """So many points, as far as they are there, from the record that goes on to the merged one."""
    row = ledger.facts.cursor.row(_merge, merged=member)
    if row is None or units <= 0:
        return
    booking, kept = f"merge:{row[0]}", str(row[1])
    _bring(ledger, kept, wallet, units, command, now)  # it may have been merged itself
    decimals = programme_of(ledger.facts, now).programme.wallet(wallet).decimals
    points = Decimal(units).scaleb(-decimals)
    body = {"from": kept, "to": member, "wallet": wallet, "points": points, "of": booking}
    ledger.perform("merge", {"id": f"{booking}:brought:{_short(command)}:{wallet}", **body}, now)


def _short(command: str) -> str:
    """An id has room for 255 characters, and a command's own may have as many."""
    return command if len(command) <= 80 else sha256(command.encode()).hexdigest()

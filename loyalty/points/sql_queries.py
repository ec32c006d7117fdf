"""The prepared questions behind `SqlFacts`: rows by key, rows of a booking, open rows of a member."""

import sqlalchemy as sa
from sqlalchemy import bindparam, text

from loyalty.points import sql_rows as rows
from loyalty.points import tables as t
from loyalty.points import tables_sale as ts

ID: sa.BindParameter[str] = bindparam("id")
MEMBER: sa.BindParameter[str] = bindparam("member")
WALLET: sa.BindParameter[str] = bindparam("wallet")
BOOKING: sa.BindParameter[str] = bindparam("booking")
NUMBER: sa.BindParameter[int] = bindparam("number")
UPTO = bindparam("upto", type_=t.lots.c.active_at.type)
LATER_THAN = bindparam("after", type_=t.lots.c.active_at.type)

# one row by its key
person = rows.Prepared(
    sa.select(*rows.members.columns, *rows.standings.columns)
    .outerjoin_from(t.point_members, t.standings, t.standings.c.member == t.point_members.c.id)
    .where(t.point_members.c.id == ID)
)
"""A member with the standing: every step asks for both."""
standing = rows.standings.query(t.standings.c.member == MEMBER)
account = rows.Prepared(
    sa.select(*rows.accounts.columns, t.accounts.c.transfers, t.accounts.c.balance, t.accounts.c.head).where(
        t.accounts.c.member == MEMBER, t.accounts.c.wallet == WALLET
    )
)
"""An account with the end of its chain: who asks for it is about to add to it."""
booking = rows.bookings.query(t.bookings.c.id == ID)
lot = rows.lots.query(t.lots.c.number == NUMBER)
spend = rows.spends.query(t.spends.c.number == NUMBER)
hold = rows.holds.query(t.holds.c.id == ID)
voucher = rows.vouchers.query(ts.vouchers.c.id == ID)
purchase = rows.purchases.query(ts.purchases.c.id == ID)
purchase_state = rows.purchase_states.query(ts.purchase_states.c.purchase == ID)
topup = rows.topups.query(ts.topups.c.id == ID)

# rows of one booking
lines_of = rows.purchase_lines.query(ts.purchase_lines.c.purchase == BOOKING, order=[ts.purchase_lines.c.position])
spends_of = rows.spends.query(t.spends.c.booking == BOOKING, order=[t.spends.c.number])
vouchers_of = rows.vouchers.query(ts.vouchers.c.booking == BOOKING, order=[ts.vouchers.c.number])
vouchers_used_by = rows.vouchers.query(ts.vouchers.c.used_by == BOOKING, order=[ts.vouchers.c.number])
uses_of = rows.rule_uses.query(ts.rule_uses.c.booking == BOOKING, order=[ts.rule_uses.c.number])
awards_of = rows.awards.query(ts.awards.c.booking == BOOKING, order=[ts.awards.c.number])
transfers_of = rows.transfers.query(t.transfers.c.booking == BOOKING, order=[t.transfers.c.number])

# open rows of one member; the conditions are written as in the partial indexes, else these are not used
accounts = rows.accounts.query(t.accounts.c.member == MEMBER, order=[t.accounts.c.wallet])
open_lots = rows.lots.query(
    t.lots.c.member == MEMBER,
    t.lots.c.wallet == WALLET,
    text(f"({t.OPEN_LOT.text})"),
    order=[t.lots.c.number],
)
unpaid_spends = rows.spends.query(
    t.spends.c.member == MEMBER, t.spends.c.wallet == WALLET, t.UNPAID, order=[t.spends.c.number]
)
open_holds = rows.holds.query(t.holds.c.member == MEMBER, t.OPEN_HOLD, order=[t.holds.c.number])
open_vouchers = rows.vouchers.query(ts.vouchers.c.member == MEMBER, ts.OPEN_VOUCHER, order=[ts.vouchers.c.number])
open_topups = rows.topups.query(
    ts.topups.c.member == MEMBER, ts.topups.c.wallet == WALLET, ts.topups.c.open, order=[ts.topups.c.number]
)
entitlements = rows.entitlements.query(ts.entitlements.c.member == MEMBER, ts.entitlements.c.status != "ended")

# what time will change
pending_lots = rows.lots.query(
    t.lots.c.member == MEMBER,
    t.PENDING_LOT,
    t.lots.c.active_at <= UPTO,
    order=[t.lots.c.active_at, t.lots.c.number],
)
dying_lots = rows.lots.query(
    t.lots.c.member == MEMBER,
    t.DYING_LOT,
    t.lots.c.expires_at <= UPTO,
    order=[t.lots.c.expires_at, t.lots.c.number],
)
next_pending = rows.Prepared(
    sa.select(sa.func.min(t.lots.c.active_at, type_=t.lots.c.active_at.type)).where(
        t.lots.c.member == MEMBER, t.PENDING_LOT, t.lots.c.active_at > LATER_THAN
    )
)
next_dying = rows.Prepared(
    sa.select(sa.func.min(t.lots.c.expires_at, type_=t.lots.c.expires_at.type)).where(
        t.lots.c.member == MEMBER, t.DYING_LOT, t.lots.c.expires_at > LATER_THAN
    )
)
members_due = rows.Prepared(
    sa.select(t.standings.c.due_at, t.standings.c.member)
    .where(t.standings.c.due_at <= UPTO)
    .order_by(t.standings.c.due_at, t.standings.c.arrival)
    .limit(bindparam("limit"))
)
versions = rows.Prepared(
    sa.select(
        ts.programme_versions.c.number,
        ts.programme_versions.c.at,
        sa.func.length(sa.type_coerce(ts.programme_versions.c.document, sa.Text)),
    ).order_by(ts.programme_versions.c.at, ts.programme_versions.c.number)
)
versions_upto = rows.versions.query(
    ts.programme_versions.c.number <= NUMBER, order=[ts.programme_versions.c.number]
)
tier_at = rows.tier_spells.query(
    ts.tier_spells.c.member == MEMBER,
    ts.tier_spells.c.at <= UPTO,
    order=[ts.tier_spells.c.at.desc(), ts.tier_spells.c.number.desc()],
    first=True,
)
clock = rows.Prepared(sa.select(t.ledger_clock.c.moment).where(t.ledger_clock.c.id == 1))
count = rows.Prepared(sa.select(t.counts.c.value).where(t.counts.c.name == ID))

# over many rows
members = rows.Prepared(sa.select(t.standings.c.member).order_by(t.standings.c.arrival))
row_counts = rows.Prepared(
    sa.select(t.transfers.c.kind, sa.func.count())
    .where(t.transfers.c.member == MEMBER, t.transfers.c.wallet == WALLET)
    .group_by(t.transfers.c.kind)
)
outstanding = rows.Prepared(
    sa.select(sa.func.coalesce(sa.func.sum(t.accounts.c.balance), 0)).where(t.accounts.c.wallet == WALLET)
)

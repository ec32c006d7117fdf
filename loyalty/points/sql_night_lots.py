"""The night's points, for all members of a chunk at once: pending lots become active, others die.

What the engine does lot by lot (crediting.activate, crediting.expire, ledger.post) for lots that nothing else depends
on; `night` holds only members whose lots are of that kind, see sql_night.py.
"""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.points import tables as t
from loyalty.points.posting import HOUSE
from loyalty.points.sql_night_tables import as_json, dying, night, rfc3339_text, sha256_hex

_ours = t.lots.c.member.in_(sa.select(night.c.member))
"""Lots of the members of this chunk, said so that SQLite goes from members to lots and never through all lots."""


def due_to_activate(stop: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(t.PENDING_LOT, t.lots.c.active_at <= stop)


def due_to_die(stop: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(t.DYING_LOT, t.lots.c.expires_at <= stop)


def activate(session: Session, stop: datetime) -> None:
    """Lots whose moment has come count as active, in the lots and in the accounts."""
    lot, account = t.lots.c, t.accounts.c
    sums = (
        sa.select(
            lot.member,
            lot.wallet,
            sa.cast(sa.func.sum(lot.remaining), sa.BigInteger).label("points"),
            sa.cast(sa.func.sum(lot.earned), sa.BigInteger).label("earned"),
        )
        .where(_ours, due_to_activate(stop))
        .group_by(lot.member, lot.wallet)
        .subquery("ripe")
    )
    changed = session.execute(
        sa.update(t.accounts)
        .where(account.member == sums.c.member, account.wallet == sums.c.wallet)
        .values(
            pending=account.pending - sums.c.points,
            active=account.active + sums.c.points,
            earned=account.earned + sums.c.earned,
        )
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        session.execute(sa.update(t.lots).where(_ours, due_to_activate(stop)).values(active=True))


def expire(session: Session, stop: datetime) -> int:
    """Books a transfer for every lot past its moment, account by account in order of time; how many."""
    many = _gather(session, stop)
    if not many:
        return 0
    places = session.scalar(sa.select(sa.func.max(dying.c.place))) or 0
    wallets = session.scalars(sa.select(dying.c.wallet).distinct()).all()
    for place in range(1, places + 1):
        for wallet in wallets:
            session.execute(_book(wallet, place))
        session.execute(_carry_over(place))
    gone = t.lots.c.number.in_(sa.select(dying.c.lot))
    ended = {"remaining": 0, "cost": 0, "expired": t.lots.c.expired + t.lots.c.remaining}
    session.execute(sa.update(t.lots).where(gone).values(ended))
    return many


def _gather(session: Session, stop: datetime) -> int:
    """The lots that die, with the numbers of their transfers; how many."""
    lot = t.lots.c
    in_time = (lot.expires_at, lot.number)
    place = sa.func.row_number().over(partition_by=(lot.member, lot.wallet), order_by=in_time)
    order = sa.func.row_number().over(order_by=(lot.member, lot.wallet, *in_time))
    found = (
        sa.select(lot.number, lot.member, lot.wallet, lot.expires_at, lot.remaining, lot.cost, place, order)
        .where(_ours, due_to_die(stop))
    )
    session.execute(sa.insert(dying).from_select(list(dying.c), found))
    many = session.scalar(sa.select(sa.func.count()).select_from(dying)) or 0
    if many:
        taken = sa.update(t.counts).where(t.counts.c.name == "numbers").values(value=t.counts.c.value + many)
        end = session.scalar(taken.returning(t.counts.c.value)) or 0
        session.execute(sa.update(dying).values(number=dying.c.number + (end - many - 1)))
    return many


def _book(wallet: str, place: int) -> sa.Insert:
    """Transfers of the lots at one place, each following the one that its account ended with."""
    account = t.accounts.c
    mine = sa.literal("member:").concat(dying.c.member).concat(f":{wallet}")
    after = account.balance - dying.c.amount
    values = {
        "number": dying.c.number,
        "kind": sa.literal("expire"),
        "member": dying.c.member,
        "wallet": dying.c.wallet,
        "debit": mine,
        "credit": sa.literal(HOUSE["expire"]),
        "amount": dying.c.amount,
        "occurred_at": dying.c.moment,
        "recorded_at": dying.c.moment,
        "moves": as_json(_said(_move())),
        "balance_after": after,
        "previous_hash": account.head,
        "hash": _link(wallet, after),
    }
    rows = (
        sa.select(*values.values())
        .join_from(dying, t.accounts, sa.and_(account.member == dying.c.member, account.wallet == dying.c.wallet))
        .where(dying.c.place == place, dying.c.wallet == wallet)
        .order_by(dying.c.number)
    )
    return sa.insert(t.transfers).from_select(list(values), rows)


def _link(wallet: str, after: sa.ColumnElement[int]) -> sha256_hex:
    """`chain.link` in SQL, for an expiry of a member whose id JSON writes as it is."""
    name, house = json.dumps(wallet), json.dumps(HOUSE["expire"])
    moment = rfc3339_text(dying.c.moment)
    pieces = [
        *(t.accounts.c.head, "\n[", dying.c.number, ',null,"expire","', dying.c.member, f'",{name},"member:'),
        *(dying.c.member, f":{name[1:-1]}\",{house},", dying.c.amount, ',"', moment, '","', moment, '",'),
        *(*_move(), ",null,null,", after, "]"),
    ]
    return sha256_hex(_said(pieces))


def _move() -> list[Any]:
    """What is taken out of the lot, as pieces of JSON."""
    return ["[[", dying.c.lot, ",", -dying.c.amount, ",", -dying.c.cost, "]]"]


def _said(pieces: list[Any]) -> sa.ColumnElement[str]:
    text: sa.ColumnElement[str] = sa.literal("")
    for piece in pieces:
        text = text.concat(sa.literal(piece) if isinstance(piece, str) else sa.cast(piece, sa.Text))
    return text


def _carry_over(place: int) -> sa.Update:
    """Accounts after the lots at one place."""
    account, booked = t.accounts.c, t.transfers.c
    return (
        sa.update(t.accounts)
        .where(account.member == dying.c.member, account.wallet == dying.c.wallet, dying.c.place == place)
        .where(booked.number == dying.c.number)
        .values(
            active=account.active - dying.c.amount,
            cost=account.cost - dying.c.cost,
            transfers=account.transfers + 1,
            balance=booked.balance_after,
            head=booked.hash,
        )
    )

"""The night's points, for all members of a chunk at once: pending lots become active, others die.

What the engine does lot by lot (crediting.activate, crediting.expire, ledger.post) for lots that nothing else depends
on; `night` holds only members whose lots are of that kind, see sql_night.py.
"""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from loyalty.points import tables as t
from loyalty.points.posting import HOUSE
from loyalty.points.sql_night_bench import Bench
from loyalty.points.sql_night_tables import as_json, dying, earliest, night, opened, rfc3339_text, sha256_hex

_lot = opened.c
_ours = _lot.member.in_(sa.select(night.c.member))
"""Of the members of this chunk who were not left to the engine."""


def open_lots() -> sa.Insert:
    """Fills `opened`; without a join, so that SQLite goes from members to lots and never through all lots."""
    lot = t.lots.c
    columns = (lot.member, lot.number, lot.wallet, lot.active, lot.active_at, lot.expires_at)
    found = sa.select(*columns, lot.remaining, lot.cost, lot.earned, lot.follows_activity)
    theirs = lot.member.in_(sa.select(night.c.member))
    return sa.insert(opened).from_select(list(_lot), found.where(theirs, _OPEN, lot.remaining > 0))


_OPEN = sa.text(f"({t.OPEN_LOT.text})")


def due_to_activate(stop: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(sa.not_(_lot.active), _lot.active_at <= stop)


def due_to_die(stop: datetime) -> sa.ColumnElement[bool]:
    return _lot.expires_at <= stop


def next_change(stop: datetime, member: sa.ColumnElement[str]) -> sa.ScalarSelect[datetime]:
    """When the next of the member's lots ripens or dies, once those due at `stop` have."""
    ripens = sa.func.min(sa.case((sa.and_(sa.not_(_lot.active), _lot.active_at > stop), _lot.active_at)))
    left = sa.or_(_lot.expires_at.is_(None), _lot.expires_at > stop)
    found = sa.select(earliest(ripens, sa.func.min(_lot.expires_at)))
    return found.where(_lot.member == member, left).scalar_subquery()


def activate(bench: Bench, stop: datetime) -> None:
    """Lots whose moment has come count as active, in the lots and in the accounts."""
    if bench.do(_ripen, stop):
        bench.do(_ripened, stop)


def _ripened(stop: datetime) -> sa.Update:
    ripe = sa.select(_lot.lot).where(_ours, due_to_activate(stop))
    return sa.update(t.lots).where(t.lots.c.number.in_(ripe)).values(active=True)


def _ripen(stop: datetime) -> sa.Update:
    account = t.accounts.c
    sums = (
        sa.select(
            _lot.member,
            _lot.wallet,
            sa.cast(sa.func.sum(_lot.remaining), sa.BigInteger).label("points"),
            sa.cast(sa.func.sum(_lot.earned), sa.BigInteger).label("earned"),
        )
        .where(_ours, due_to_activate(stop))
        .group_by(_lot.member, _lot.wallet)
        .subquery("ripe")
    )
    return (
        sa.update(t.accounts)
        .where(account.member == sums.c.member, account.wallet == sums.c.wallet)
        .values(
            pending=account.pending - sums.c.points,
            active=account.active + sums.c.points,
            earned=account.earned + sums.c.earned,
        )
    )


def expire(bench: Bench, stop: datetime) -> int:
    """Books a transfer for every lot past its moment, account by account in order of time; how many."""
    many = bench.do(_gather, stop)
    if not many:
        return 0
    end = int(bench.value(_take_numbers, many=many))
    for wallet, places in bench.rows(_wallets):
        for place in range(1, places + 1):
            bench.do(_book, wallet, place, before=end - many - 1)
            bench.do(_carry_over, wallet, place, before=end - many - 1)
    bench.do(_end)
    return many


def _wallets() -> sa.Select[Any]:
    """Each wallet with the most lots that die in one account of it."""
    return sa.select(dying.c.wallet, sa.func.max(dying.c.place)).group_by(dying.c.wallet)


def _take_numbers() -> sa.ClauseElement:
    taken = sa.update(t.counts).where(t.counts.c.name == "numbers")
    return taken.values(value=t.counts.c.value + sa.bindparam("many")).returning(t.counts.c.value)


def _end() -> sa.Update:
    gone = t.lots.c.number.in_(sa.select(dying.c.lot))
    ended = {"remaining": 0, "cost": 0, "expired": t.lots.c.expired + t.lots.c.remaining}
    return sa.update(t.lots).where(gone).values(ended)


def _gather(stop: datetime) -> sa.Insert:
    """The lots that die, with the order of their transfers."""
    in_time = (_lot.expires_at, _lot.lot)
    place = sa.func.row_number().over(partition_by=(_lot.member, _lot.wallet), order_by=in_time)
    order = sa.func.row_number().over(order_by=(_lot.member, _lot.wallet, *in_time))
    found = sa.select(order, _lot.lot, _lot.member, _lot.wallet, _lot.expires_at, _lot.remaining, _lot.cost, place)
    found = found.where(_ours, due_to_die(stop))
    return sa.insert(dying).from_select(list(dying.c), found)


_NUMBER = dying.c.number + sa.bindparam("before", type_=sa.BigInteger)
"""Of the transfer: the order among those of the chunk, after all numbers handed out before."""


def _book(wallet: str, place: int) -> sa.Insert:
    """Transfers of the lots at one place, each following the one that its account ended with."""
    account = t.accounts.c
    mine = sa.literal("member:").concat(dying.c.member).concat(f":{wallet}")
    after = account.balance - dying.c.amount
    values = {
        "number": _NUMBER,
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
        *(t.accounts.c.head, "\n[", _NUMBER, ',null,"expire","', dying.c.member, f'",{name},"member:'),
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


def _carry_over(wallet: str, place: int) -> sa.Update:
    """Accounts after the lots at one place."""
    account, booked = t.accounts.c, t.transfers.c
    return (
        sa.update(t.accounts)
        .where(account.member == dying.c.member, account.wallet == dying.c.wallet)
        .where(dying.c.place == place, dying.c.wallet == wallet, booked.number == _NUMBER)
        .values(
            active=account.active - dying.c.amount,
            cost=account.cost - dying.c.cost,
            transfers=account.transfers + 1,
            balance=booked.balance_after,
            head=booked.hash,
        )
    )

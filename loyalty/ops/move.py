"""A shop grows: everything from its SQLite file into an empty PostgreSQL database, with the proof that all arrived; or
back into an empty file.

The source is only read. What is written to the target is one transaction, committed after the proof and not before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.orm import Session

from loyalty.db.audit import audit_head
from loyalty.db.base import Base
from loyalty.db.session import read, write, writing_connection
from loyalty.db.upgrade import is_current, upgrade
from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.ops.verify import verify
from loyalty.points.tables import accounts

AT_ONCE = 2_000
SEEDED = ("counts",)
"""Tables in which a new database has rows already; those of the file take their place."""

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Proof:
    """The same on both sides. `chain`: SHA-256 over the end of every account's chain and of the audit log's."""

    tables: int
    rows: int
    accounts: int
    transfers: int
    lots: int
    chain: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def rows_to_move(source: Engine) -> int:
    """For a progress bar."""
    with read(source) as session:
        return sum(_counts(session, _tables(source)).values())


def move(source: Engine, target: Engine, progress: Progress = lambda rows: None) -> Proof:
    """Conflict when the target holds something, LoyaltyError when a side does not verify: then nothing is written.

    The caller holds the lock on a file that is moved: nobody may sell meanwhile. PostgreSQL's one writer waits.
    """
    if {source.dialect.name, target.dialect.name} != {"sqlite", "postgresql"}:
        raise Invalid("A database is moved from a SQLite file to PostgreSQL or back; else use its own backup.")
    if not is_current(source):
        raise LoyaltyError("The database is not up to date: run loyalty db upgrade first.")
    upgrade(target)
    tables = _tables(source)
    still = read if source.dialect.name == "sqlite" else write
    with still(source) as here:
        before = _proof(here, tables, "The database that is moved")
        with writing_connection(target) as connection:
            _refuse_full(connection, tables)
            for table in tables:
                _copy(here, connection, table, progress)
            _set_counters(connection, tables)
            with Session(bind=connection) as there:
                after = _proof(there, tables, "The copy")
            if after != before:
                raise LoyaltyError(f"The copy is not what was moved ({after} for {before}); nothing was kept of it.")
    return after


def _tables(source: Engine) -> Sequence[Table]:
    """All tables of the source, those that others point at first, but none that the database fills by itself.

    LoyaltyError for one that nobody here knows.
    """
    there = set(sa.inspect(source).get_table_names()) - {"alembic_version"}
    known = [table for table in Base.metadata.sorted_tables if table.name in there]
    if strange := there - {table.name for table in known}:
        raise LoyaltyError(f"The database has tables that nobody here knows: {', '.join(sorted(strange))}.")
    return [table for table in known if not table.info.get("derived")]


def _counts(session: Session, tables: Sequence[Table]) -> dict[str, int]:
    counted = {table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables}
    return {name: int(count or 0) for name, count in counted.items()}


def _proof(session: Session, tables: Sequence[Table], side: str) -> Proof:
    report = verify(session)
    if not report.ok:
        first = report.problems[0]
        raise LoyaltyError(
            f"{side} does not verify ({first.table} {first.row}: {first.sentence}); run loyalty db verify and mend it."
        )
    counts = _counts(session, tables)
    chain = sha256("".join(f"{name}={count}\n" for name, count in sorted(counts.items())).encode())
    for line in _ends(session):
        chain.update(f"{line}\n".encode())
    return Proof(
        len(counts), sum(counts.values()), report.accounts, report.transfers, report.lots, chain.hexdigest()
    )


def _ends(session: Session) -> Iterator[str]:
    ends = sa.select(accounts.c.member, accounts.c.wallet, accounts.c.transfers, accounts.c.balance, accounts.c.head)
    for row in session.execute(ends.order_by(accounts.c.member, accounts.c.wallet)):
        yield "|".join(str(cell) for cell in row)
    for end in session.execute(sa.select(audit_head.c.entries, audit_head.c.hash)):
        yield f"audit|{end.entries}|{end.hash}"


def _refuse_full(connection: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if table.name in SEEDED:
            connection.execute(sa.delete(table))
        elif connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise Conflict(f"The database to move to is not empty (table {table.name}); name an empty one.")


def _copy(here: Session, connection: Connection, table: Table, progress: Progress) -> None:
    result = here.execute(sa.select(table).execution_options(yield_per=AT_ONCE))
    for rows in result.mappings().partitions():
        connection.execute(sa.insert(table), [dict(row) for row in rows])
        progress(len(rows))


def _set_counters(connection: Connection, tables: Sequence[Table]) -> None:
    """Keys that PostgreSQL counts itself go on after the highest one; SQLite looks for it at each row."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            if not isinstance(column.type, sa.Integer):
                continue
            name = sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))
            if (sequence := connection.scalar(name)) is not None:
                highest = connection.scalar(sa.select(sa.func.max(column)))
                connection.execute(sa.select(sa.func.setval(sequence, highest or 1, highest is not None)))

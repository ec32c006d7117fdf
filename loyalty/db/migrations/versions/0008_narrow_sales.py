"""A sale touches half as many tables and indexes: what is written and read together lies together.

Moves lie in their transfers, awards in their bookings; a state is kept only of sales that no longer stand as they
were booked. Views show all of them as before. Indexes that another one can answer for are gone.
"""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.append_only import protect
from loyalty.db.migrations.columns import NUMBER, Document, Moment, plain_text

revision = "0008"
down_revision = "0007"

_OPEN_SALE = "net = total AND counts AND refunded = 0 AND NOT cancelled"


def upgrade() -> None:
    for index in ("ix_lots_booking", "ix_lots_dying", "ix_lots_pending"):
        op.drop_index(index, "lots")
    for table in ("transfers", "lot_moves", "bookings", "awards", "purchases", "purchase_states", "rule_uses"):
        op.execute(f"CREATE TABLE old_{table} AS SELECT * FROM {table}")
        op.drop_table(table)
    op.create_index("ix_old_lot_moves", "old_lot_moves", ["transfer", "position"])
    op.create_index("ix_old_awards", "old_awards", ["booking", "number"])
    _transfers()
    _bookings()
    _clock_awards()
    _purchases()
    _purchase_changes()
    _rule_uses()
    for table in ("transfers", "lot_moves", "bookings", "awards", "purchases", "purchase_states", "rule_uses"):
        op.drop_table(f"old_{table}")
    protect(["transfers", "bookings", "clock_awards", "purchases"])
    for name, (sqlite, postgresql) in _VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {sqlite if _on_sqlite() else postgresql}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _copy(table: str, columns: str, **made: str) -> None:
    """All rows of the old table; `made` are new columns as SQL over it, named `o`."""
    names = [*columns.split(), *made]
    values = [*(f"o.{name}" for name in columns.split()), *made.values()]
    op.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM old_{table} o")


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("kind", plain_text(200), nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("debit", plain_text(500), nullable=False),
        sa.Column("credit", plain_text(500), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("moves", Document, nullable=False),
        sa.Column("reverses", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("balance_after", sa.BigInteger, nullable=False),
        sa.Column("previous_hash", plain_text(64), nullable=False),
        sa.Column("hash", plain_text(64), nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_transfers_amount_above_zero"),
        sa.CheckConstraint("debit <> credit", name="ck_transfers_two_accounts"),
        sa.PrimaryKeyConstraint("number", name="pk_transfers"),
    )
    sqlite = """(SELECT json_group_array(json_array(lot, amount, cost)) FROM
        (SELECT * FROM old_lot_moves m WHERE m.transfer = o.number ORDER BY m.position))"""
    postgresql = """(SELECT coalesce(json_agg(json_build_array(lot, amount, cost) ORDER BY position), '[]')
        FROM old_lot_moves m WHERE m.transfer = o.number)"""
    _copy(
        "transfers",
        "number booking kind member wallet debit credit amount occurred_at recorded_at reverses reason balance_after"
        " previous_hash hash",
        moves=sqlite if _on_sqlite() else postgresql,
    )
    op.create_index("ix_transfers_account", "transfers", ["member", "wallet", "number"])
    op.create_index("ix_transfers_booking", "transfers", ["booking"])
    op.create_index("ix_transfers_occurred_at", "transfers", ["occurred_at"])


def _bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("verb", plain_text(200), nullable=False),
        sa.Column("digest", plain_text(64), nullable=False),
        sa.Column("member", plain_text(255)),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("programme", sa.BigInteger, nullable=False),
        sa.Column("result", Document, nullable=False),
        sa.Column("awards", Document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_bookings"),
        sa.UniqueConstraint("id", name="uq_bookings_id"),
    )
    sqlite = """(SELECT json_group_array(json_array(number, member, wallet, points, json(lots), json(entries))) FROM
        (SELECT * FROM old_awards a WHERE a.booking = o.id ORDER BY a.number))"""
    postgresql = """(SELECT coalesce(
        json_agg(json_build_array(number, member, wallet, points, lots, entries) ORDER BY number), '[]')
        FROM old_awards a WHERE a.booking = o.id)"""
    _copy(
        "bookings",
        "number id verb digest member occurred_at recorded_at programme result",
        awards=sqlite if _on_sqlite() else postgresql,
    )
    no_sale = sa.text("verb <> 'purchase'")
    op.create_index("ix_bookings_member", "bookings", ["member"], sqlite_where=no_sale, postgresql_where=no_sale)


def _clock_awards() -> None:
    op.create_table(
        "clock_awards",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("wallet", plain_text(200), nullable=False),
        sa.Column("programme", sa.BigInteger, nullable=False),
        sa.Column("entries", Document, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("lots", Document, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_clock_awards"),
    )
    op.execute(
        "INSERT INTO clock_awards (number, booking, member, wallet, programme, entries, points, lots)"
        " SELECT number, booking, member, wallet, programme, entries, points, lots FROM old_awards a"
        " WHERE booking IS NULL OR NOT EXISTS (SELECT 1 FROM bookings b WHERE b.id = a.booking)"
    )
    op.create_index("ix_clock_awards_member", "clock_awards", ["member"])


def _purchases() -> None:
    op.create_table(
        "purchases",
        sa.Column("id", plain_text(255), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("discount", sa.BigInteger, nullable=False),
        sa.Column("programme", sa.BigInteger, nullable=False),
        sa.Column("store", plain_text(200)),
        sa.Column("channel", plain_text(200)),
        sa.Column("tender", plain_text(200)),
        sa.Column("codes", Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purchases"),
        sqlite_with_rowid=False,
    )
    _copy(
        "purchases", "id number member day occurred_at total due discount programme store channel tender codes"
    )
    op.create_index("ix_purchases_day", "purchases", ["day"])
    op.create_index("ix_purchases_member", "purchases", ["member", "day", "number", "total"])


def _purchase_changes() -> None:
    op.create_table(
        "purchase_changes",
        sa.Column("purchase", plain_text(255), nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("returned", Document, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("purchase", name="pk_purchase_changes"),
        sqlite_with_rowid=False,
    )
    names = "purchase, member, day, number, net, counts, refunded, returned, cancelled"
    values = ", ".join(f"s.{name}" for name in names.split(", "))
    op.execute(
        f"INSERT INTO purchase_changes ({names}) SELECT {values} FROM old_purchase_states s"
        f" LEFT JOIN purchases p ON p.id = s.purchase"
        f" WHERE p.id IS NULL OR NOT ({_OPEN_SALE} AND CAST(returned AS TEXT) = '[]')"
    )
    op.create_index("ix_purchase_changes_member", "purchase_changes", ["member", "day"])


def _rule_uses() -> None:
    op.create_table(
        "rule_uses",
        sa.Column("member", plain_text(255), nullable=False),
        sa.Column("section", plain_text(200), nullable=False),
        sa.Column("name", plain_text(200), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("booking", plain_text(255)),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("points_over", sa.BigInteger, nullable=False),
        sa.Column("points_under", sa.BigInteger, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("member", "section", "name", "day", "number", name="pk_rule_uses"),
        sqlite_with_rowid=False,
    )
    _copy("rule_uses", "member section name day number booking times points_over points_under undone")
    op.create_index("ix_rule_uses_booking", "rule_uses", ["booking"])
    op.create_index("ix_rule_uses_day", "rule_uses", ["section", "name", "day"])


_STATES = """SELECT p.id AS purchase, p.member, p.day, p.number, coalesce(c.net, p.total) AS net,
    coalesce(c.counts, {yes}) AS counts, coalesce(c.refunded, 0) AS refunded,
    coalesce(c.returned, {nothing}) AS returned, coalesce(c.cancelled, {no}) AS cancelled
    FROM purchases p LEFT JOIN purchase_changes c ON c.purchase = p.id"""
_CLOCK = "SELECT number, booking, member, wallet, programme, entries, points, lots FROM clock_awards UNION ALL "
_VIEWS = {
    "purchase_states": (
        _STATES.format(yes=1, no=0, nothing="'[]'"),
        _STATES.format(yes="true", no="false", nothing="'[]'::json"),
    ),
    "lot_moves": (
        """SELECT t.number AS transfer, m."key" AS position, json_extract(m.value, '$[0]') AS lot,
        json_extract(m.value, '$[1]') AS amount, json_extract(m.value, '$[2]') AS cost
        FROM transfers t, json_each(t.moves) m""",
        """SELECT t.number AS transfer, (m.place - 1)::integer AS position, (m.value ->> 0)::bigint AS lot,
        (m.value ->> 1)::bigint AS amount, (m.value ->> 2)::bigint AS cost
        FROM transfers t, json_array_elements(t.moves) WITH ORDINALITY AS m (value, place)""",
    ),
    "awards": (
        _CLOCK
        + """SELECT json_extract(a.value, '$[0]'), b.id, json_extract(a.value, '$[1]'),
        json_extract(a.value, '$[2]'), b.programme, json_extract(a.value, '$[5]'), json_extract(a.value, '$[3]'),
        json_extract(a.value, '$[4]') FROM bookings b, json_each(b.awards) a""",
        _CLOCK
        + """SELECT (a.value ->> 0)::bigint, b.id, a.value ->> 1, a.value ->> 2, b.programme, a.value -> 5,
        (a.value ->> 3)::bigint, a.value -> 4 FROM bookings b, json_array_elements(b.awards) AS a (value)""",
    ),
}
"""For SQLite, for PostgreSQL."""

"""A ledger with many purchases in it, written by SQL alone: rows as the engine leaves them, hashes aside.

Ten million purchases take minutes: no journal, no waiting for the disk, and the indexes are made at the end.
"""

import sqlite3
from contextlib import closing

from benchmarks.engine.shop import Shop

_CHUNK = 250_000
_DAYS = 900
"""Before the shop of the benchmark opened, so many days went by."""
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_DAY = f"date('2023-08-01', '+' || ((i - :start) * {_DAYS} / :rows) || ' days')"
_MOMENT = f"{_DAY} || 'T09:00:00.000000Z'"
_WHO, _SALE = "'m' || (i * 7 % :members)", "printf('g%012d', i)"
_ROWS = {
    "bookings": f"""(id, number, verb, digest, member, occurred_at, recorded_at, programme, result, awards) SELECT
    {_SALE}, i * 8, 'purchase', :hash, {_WHO}, {_MOMENT}, {_MOMENT}, 1,
    '{{"earned": {{"points": 105}}, "total": "105.00"}}',
    '[[' || (i * 8 + 3) || ',"m' || (i * 7 % :members) || '","points",105,[],[["base",105,""]]]]'""",
    "purchases": f"""(id, number, member, day, occurred_at, total, due, discount, programme, codes) SELECT
    {_SALE}, i * 8, {_WHO}, {_DAY}, {_MOMENT}, 10500, 10500, 0, 1, '[]'""",
    "purchase_lines": f"""(purchase, position, labels, quantity, amount, value, paid, points) SELECT
    {_SALE}, 0, '[]', '1', 10500, '10500', '10500', '[]'""",
    "lots": f"""(number, member, wallet, booking, kind, credited_at, active_at, active, amount, remaining, cost, held,
    held_cost, base_amount, base_cost, follows_activity, start_day, earned, reversed, expired, forgiven, part) SELECT
    i * 8 + 1, {_WHO}, 'points', {_SALE}, 'earn', {_MOMENT}, {_MOMENT}, 1, 105, 0, 0, 0,
    0, 105, 0, 0, {_DAY}, 105, 0, 0, 0, 0""",
    "transfers": f"""(number, booking, kind, member, wallet, debit, credit, amount, occurred_at, recorded_at, moves,
    balance_after, previous_hash, hash) SELECT i * 8 + 2, {_SALE}, 'earn', {_WHO}, 'points', 'issued',
    'member:m' || (i * 7 % :members) || ':points', 105, {_MOMENT}, {_MOMENT},
    '[[' || (i * 8 + 1) || ',105,0]]', 105, :hash, :hash""",
    "rule_uses": f"""(member, section, name, day, number, booking, times, points_over, points_under, undone) SELECT
    {_WHO}, 'earn', 'base', {_DAY}, i * 8 + 4, {_SALE}, 1, 105, 1, 0""",
}
_NEXT = "SELECT value FROM counts WHERE name = 'numbers'"
_TAKEN = "UPDATE counts SET value = ? WHERE name = 'numbers'"


def grow(shop: Shop, rows: int) -> None:
    """Until `rows` transfers are there; the points of all of them are spent."""
    file = shop.engine.url.database
    shop.engine.dispose()  # the journal can be put away only while nobody else is there
    with closing(sqlite3.connect(str(file), isolation_level=None)) as connection:
        run = connection.execute
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -131072"):
            run(f"PRAGMA {pragma}")
        indexes = run("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        made_later = [(name, sql) for name, table, sql in indexes.fetchall() if table in _ROWS]
        for name, _ in made_later:
            run(f"DROP INDEX {name}")
        start = run(_NEXT).fetchone()[0] // 8 + 1
        values = {"start": start, "rows": rows, "members": shop.members, "hash": "0" * 64}
        for first in range(start, start + rows, _CHUNK):
            _write(connection, {**values, "first": first, "last": min(first + _CHUNK, start + rows) - 1})
        for _, sql in made_later:
            run(sql)
        run(_TAKEN, ((start + rows) * 8,))
        run("PRAGMA journal_mode = WAL")


def _write(connection: sqlite3.Connection, values: dict[str, int | str]) -> None:
    connection.execute("BEGIN")
    for table, columns in _ROWS.items():
        names, _, cells = columns.partition("SELECT")
        order = f" ORDER BY {_WHO}, i" if table == "rule_uses" else ""  # as its key is
        connection.execute(f"INSERT INTO {table} {names} {_NUMBERS} SELECT {cells} FROM n{order}", values)
    connection.execute("COMMIT")

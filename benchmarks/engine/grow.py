"""A ledger with many purchases in it, written by SQL alone: rows as the engine leaves them, hashes aside."""

from benchmarks.engine.shop import Shop
from loyalty.db.session import checkpoint, writing_connection

_CHUNK = 50_000
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_MOMENT = "'2025-06-01T09:00:00.000000Z'"
_ROWS = (
    """INSERT INTO bookings (id, number, verb, digest, member, occurred_at, recorded_at, programme, result,
    awards) SELECT printf('g%012d', i), i * 8, 'purchase', :hash, 'm' || (i * 7 % :members), {at}, {at}, 1,
    '{{"earned": {{"points": 105}}, "total": "105.00"}}',
    '[[' || (i * 8 + 3) || ',"m' || (i * 7 % :members) || '","points",105,[],[["base",105,""]]]]' FROM n""",
    """INSERT INTO purchases (id, number, member, day, occurred_at, total, due, discount, programme, codes)
    SELECT printf('g%012d', i), i * 8, 'm' || (i * 7 % :members), '2025-06-01', {at}, 10500, 10500, 0, 1, '[]'
    FROM n""",
    """INSERT INTO purchase_lines (purchase, position, labels, quantity, amount, value, paid, points)
    SELECT printf('g%012d', i), 0, '[]', '1', 10500, '10500', '10500', '[]' FROM n""",
    """INSERT INTO lots (number, member, wallet, booking, kind, credited_at, active_at, active, amount, remaining, cost,
    held, held_cost, base_amount, base_cost, follows_activity, start_day, earned, reversed, expired, forgiven, part)
    SELECT i * 8 + 1, 'm' || (i * 7 % :members), 'points', printf('g%012d', i), 'earn', {at}, {at}, 1, 105, 0, 0,
    0, 0, 105, 0, 0, '2025-06-01', 105, 0, 0, 0, 0 FROM n""",
    """INSERT INTO transfers (number, booking, kind, member, wallet, debit, credit, amount, occurred_at, recorded_at,
    moves, balance_after, previous_hash, hash) SELECT i * 8 + 2, printf('g%012d', i), 'earn', 'm' || (i * 7 % :members),
    'points', 'issued', 'member:m' || (i * 7 % :members) || ':points', 105, {at}, {at},
    '[[' || (i * 8 + 1) || ',105,0]]', 105, :hash, :hash FROM n""",
)
_NEXT = "SELECT value FROM counts WHERE name = 'numbers'"
_TAKEN = "UPDATE counts SET value = :next WHERE name = 'numbers'"


def grow(shop: Shop, rows: int) -> None:
    """Until `rows` transfers are there; the points of all of them are spent."""
    with writing_connection(shop.engine) as connection:
        start = connection.exec_driver_sql(_NEXT).scalar_one() // 8 + 1
    for first in range(start, start + rows, _CHUNK):
        last = min(first + _CHUNK, start + rows) - 1
        values = {"first": first, "last": last, "members": shop.members, "hash": "0" * 64}
        with writing_connection(shop.engine) as connection:
            for insert in _ROWS:
                connection.exec_driver_sql(_with_numbers(insert), values)
            connection.exec_driver_sql(_TAKEN, {"next": last * 8 + 8})
    checkpoint(shop.engine)


def _with_numbers(insert: str) -> str:
    into, _, rest = insert.format(at=_MOMENT).partition("SELECT")
    return f"{into} {_NUMBERS} SELECT {rest}"

"""The bare night, on sqlite3 alone: one transaction over everybody, without chains, dates or reasons."""

import sqlite3
from pathlib import Path

_TABLES = """
CREATE TABLE members (id TEXT PRIMARY KEY, tier TEXT NOT NULL, balance INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lots (id INTEGER PRIMARY KEY, member TEXT NOT NULL, remaining INTEGER NOT NULL, expires_at TEXT NOT NULL);
CREATE INDEX lots_dying ON lots (expires_at) WHERE remaining > 0;
CREATE TABLE sales (member TEXT NOT NULL, day TEXT NOT NULL, net INTEGER NOT NULL);
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY, member TEXT NOT NULL, points INTEGER NOT NULL, after INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE INDEX ledger_member ON ledger (member, id);
"""
_EXPIRE = (
    "CREATE TEMP TABLE gone AS SELECT id, member, remaining FROM lots WHERE remaining > 0 AND expires_at <= :now",
    """INSERT INTO ledger (member, points, after, at) SELECT gone.member, -gone.remaining,
    members.balance - gone.remaining, :now FROM gone JOIN members ON members.id = gone.member""",
    """UPDATE members SET balance = balance - old.points
    FROM (SELECT member, sum(remaining) AS points FROM gone GROUP BY member) AS old WHERE members.id = old.member""",
    "UPDATE lots SET remaining = 0 WHERE id IN (SELECT id FROM gone)",
    "DROP TABLE gone",
)
_TIERS = """UPDATE members SET tier = found.tier FROM (
    SELECT member, CASE WHEN sum(net) >= :gold THEN 'Gold' ELSE 'Basic' END AS tier FROM sales
    WHERE day BETWEEN :first AND :last GROUP BY member
) AS found WHERE members.id = found.member AND members.tier <> found.tier"""


class BareNight:
    """The same members, lots and sales as in `source`, a database of the product."""

    def __init__(self, file: Path, source: Path) -> None:
        self._connection = connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")
        connection.executescript(_TABLES)
        connection.execute("ATTACH ? AS source", (str(source),))
        connection.execute("BEGIN")
        connection.execute("INSERT INTO lots SELECT number, member, remaining, expires_at FROM source.lots")
        connection.execute("INSERT INTO sales SELECT member, day, net FROM source.purchase_states")
        connection.execute("CREATE INDEX sales_member ON sales (member, day, net)")
        connection.execute(
            "INSERT INTO members SELECT s.member, s.tier, a.balance FROM source.standings s JOIN source.accounts a"
            " ON a.member = s.member ORDER BY s.member"
        )
        connection.execute("COMMIT")
        connection.execute("DETACH source")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def run(self, now: str, first: str, last: str, gold: int) -> None:
        """Everything of one night in one transaction."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        for statement in _EXPIRE:
            run(statement, {"now": now} if ":now" in statement else {})
        run(_TIERS, {"first": first, "last": last, "gold": gold})
        run("COMMIT")
        run("PRAGMA wal_checkpoint(TRUNCATE)")

    def figures(self) -> tuple[int, int]:
        """(points of all members, members who are Gold): to see that both nights did the same."""
        found = self._connection.execute("SELECT sum(balance), sum(tier = 'Gold') FROM members").fetchone()
        return int(found[0]), int(found[1])

    def close(self) -> None:
        self._connection.close()

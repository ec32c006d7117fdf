"""The bare work, on sqlite3 alone: what every engine has to do, and nothing of what makes it one."""

import sqlite3
from pathlib import Path

MEMBERS = 1_000
_TABLES = """
CREATE TABLE keys (id TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE balances (member TEXT PRIMARY KEY, points INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY, member TEXT NOT NULL, points INTEGER NOT NULL, after INTEGER NOT NULL, at TEXT NOT NULL
);
"""


class Floor:
    """One purchase: idempotency row, ledger row and balance in one commit. `synchronous`: FULL or NORMAL."""

    def __init__(self, folder: Path, synchronous: str) -> None:
        self._connection = connection = sqlite3.connect(folder / f"floor-{synchronous}.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO balances VALUES (?, 0)", [(f"m{n}",) for n in range(MEMBERS)])
        connection.execute("COMMIT")
        self._done = 0

    def buy(self) -> None:
        self._done += 1
        run, member = self._connection.execute, f"m{self._done * 7 % MEMBERS}"
        run("BEGIN IMMEDIATE")
        run("INSERT INTO keys VALUES (?, ?)", (f"k{self._done:012}", '{"earned": 105}'))
        found = run("UPDATE balances SET points = points + 105 WHERE member = ? RETURNING points", (member,)).fetchone()
        run(
            "INSERT INTO ledger (member, points, after, at) VALUES (?, 105, ?, ?)",
            (member, found[0], "2026-03-01T09:00:00.000000Z"),
        )
        run("COMMIT")

    def close(self) -> None:
        self._connection.close()

"""What this counter keeps of cards as things: which to refuse, the number each showed last, and what is still to be
told to the server. Cards stand here by the digest of their credential, never in clear; reports on their way are sealed.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from loyalty.contract.card_report import CardReport, hot_name
from loyalty.contract.token import Token
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.store import Store

# Made when they are missing, as with the faces: a lost row here is told anew by the server or by the card itself.
_TABLES = (
    "CREATE TABLE IF NOT EXISTS hot_card (name TEXT PRIMARY KEY, why TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS hot_version (id INTEGER PRIMARY KEY, version TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS card_number (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS card_face (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, design TEXT) STRICT",
    "CREATE TABLE IF NOT EXISTS card_report (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT",
)
_REPORT = "card_report.body"
SUSPECTED = ("copied", "bent")
_ANOTHER = "keep serving without it and ask for another one."
SENTENCES = {
    "blocked": f"This card is blocked; {_ANOTHER}",
    "lost": f"This card was reported lost; {_ANOTHER}",
    "replaced": f"This card was replaced by a new one; {_ANOTHER}",
    "retired": f"This card was taken out of use; {_ANOTHER}",
    "copied": "This card shows an older state than was seen before: it may be a copy; ask for another proof.",
    "bent": "What is written on this card was not written by this shop; ask for another proof.",
}


class CardMemory:
    """In the counter's own store. Thread-safe as the store is."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.writing() as connection:
            for table in _TABLES:
                connection.execute(table)

    def refused(self, token: Token) -> str | None:
        """Why the card may not be taken: a word of SENTENCES; None when nothing is held against it."""
        rows = self._store.rows("SELECT why FROM hot_card WHERE name = ?", hot_name(token.kind, token.value))
        return str(rows[0]["why"]) if rows else None

    def suspect(self, token: Token, why: str) -> None:
        """Found out here; the server hears of it by a report and tells everybody."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO hot_card (name, why) VALUES (?, ?)", (hot_name(token.kind, token.value), why)
            )

    def hot_version(self) -> str:
        """Of the list that is here; empty before the first one."""
        rows = self._store.rows("SELECT version FROM hot_version")
        return str(rows[0]["version"]) if rows else ""

    def new_hot_list(self, version: str, cards: Mapping[str, str]) -> None:
        """The server's whole list takes the place of what was here."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM hot_card")
            connection.executemany("INSERT INTO hot_card (name, why) VALUES (?, ?)", list(cards.items()))
            connection.execute("INSERT OR REPLACE INTO hot_version (id, version) VALUES (1, ?)", (version,))

    def face(self) -> tuple[int, Any]:
        """Version and document of the shop's design of the face; 0 and None for the product's own."""
        rows = self._store.rows("SELECT version, design FROM card_face")
        if not rows:
            return 0, None
        return int(rows[0]["version"]), json.loads(rows[0]["design"] or "null")

    def new_face(self, version: int, design: Any) -> None:
        """What is printed from now on."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO card_face (id, version, design) VALUES (1, ?, ?)", (version, json.dumps(design))
            )

    def sequence(self, token: Token) -> int | None:
        """The number that this counter saw last on the card; None when it never saw one."""
        rows = self._store.rows("SELECT sequence FROM card_number WHERE name = ?", hot_name(token.kind, token.value))
        return int(rows[0]["sequence"]) if rows else None

    def report(self, report: CardReport) -> None:
        """To be told to the server; a number in it is remembered here at once."""
        with self._store.writing() as connection:
            self.write(connection, report)

    def write(self, connection: sqlite3.Connection, report: CardReport) -> None:
        """As `report`, within a transaction of somebody else's."""
        body = self._store.seal.close(json.dumps(to_json(report)), _REPORT)
        connection.execute("INSERT OR IGNORE INTO card_report (id, body) VALUES (?, ?)", (report.id, body))
        if report.token is not None and report.sequence is not None:
            connection.execute(
                "INSERT INTO card_number (name, sequence) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET sequence = max(sequence, excluded.sequence)",
                (hot_name(report.token.kind, report.token.value), report.sequence),
            )

    def untold(self, limit: int = 50) -> list[CardReport]:
        """Oldest first."""
        rows = self._store.rows("SELECT body FROM card_report ORDER BY rowid LIMIT ?", limit)
        return [from_json(CardReport, json.loads(self._store.seal.open(row["body"], _REPORT))) for row in rows]

    def told(self, reports: list[CardReport]) -> None:
        """The server has them."""
        with self._store.writing() as connection:
            connection.executemany("DELETE FROM card_report WHERE id = ?", [(one.id,) for one in reports])

"""A store from before its contents were sealed: everything personal in it is sealed, and nothing of it is left over."""

import json
import logging
import sqlite3

from loyalty.counter.sealing import Seal
from loyalty.counter.store_tables import sought_by

log = logging.getLogger(__name__)
_SEALED = {
    "command": ("body", "outcome"),
    "member": ("view",),
    "print_job": ("body",),
    "card_report": ("body",),
}


def seal_all(connection: sqlite3.Connection, seal: Seal) -> None:
    """In the caller's transaction. The new columns are there and empty."""
    _add_what_was_looked_for(connection, seal)
    for table, columns in _SEALED.items():
        for column in columns:
            if _there(connection, table):
                _rewrite(connection, seal, table, column)
    if _there(connection, "shown_face"):  # a lost picture costs one whole erasure
        connection.execute("DELETE FROM shown_face")


def _add_what_was_looked_for(connection: sqlite3.Connection, seal: Seal) -> None:
    for row in connection.execute("SELECT id, view FROM member").fetchall():
        view = json.loads(row["view"])
        sought = seal.close(sought_by(view["number"], view["name"]), "member.sought")
        connection.execute("UPDATE member SET sought = ? WHERE id = ?", (sought, row["id"]))
    connection.execute("UPDATE print_job SET as_of = json_extract(body, '$.as_of') WHERE kind = 'face'")
    connection.create_function("sealed_name", 1, seal.name)
    connection.execute("UPDATE credential SET value = sealed_name(value)")


def _rewrite(connection: sqlite3.Connection, seal: Seal, table: str, column: str) -> None:
    def closed(text: str | None) -> str | None:
        return None if text is None else seal.close(text, f"{table}.{column}")

    connection.create_function("sealed", 1, closed)
    connection.execute(f"UPDATE {table} SET {column} = sealed({column})")


def _there(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def sweep(connection: sqlite3.Connection) -> bool:
    """Writes the file anew, so that nothing of what was overwritten stays in it; False when there is no room now."""
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        log.warning("what stood in the store before it was sealed is cleared away at the next start: %s", error)
        return False
    return True

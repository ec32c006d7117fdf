"""What this counter knows of members without asking: their last view, and whose each credential is.

A snapshot is shown with its `as of`; it never decides what is booked.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.contract.outcomes import MemberView
from loyalty.contract.token import Token
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.store import Store


class Snapshots:
    """In the counter's own store; the newest view of each member wins."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, view: MemberView, now: datetime, token: Token | None = None) -> None:
        """Remember the view, that these credentials are in use, and that `token` led to this member."""
        self.keep_all([view], now, token)

    def keep_all(self, views: Sequence[MemberView], now: datetime, token: Token | None = None) -> None:
        """The same for many in one transaction; `token` is the last one's."""
        with self._store.writing(promised=False) as connection:
            for view in views:
                pairs = {_pair(card) for card in view.cards} | ({(token.kind, token.value)} if token else set())
                _keep(connection, view, rfc3339(view.as_of or now), pairs)

    def block(self, token: Token, sentence: str) -> None:
        """The server said that this credential may not be used."""
        with self._store.writing(promised=False) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO credential (kind, value, blocked) VALUES (?, ?, ?)",
                (token.kind, token.value, sentence),
            )

    def forget(self, token: Token) -> None:
        """The server does not know this credential (any more)."""
        with self._store.writing(promised=False) as connection:
            connection.execute("DELETE FROM credential WHERE kind = ? AND value = ?", (token.kind, token.value))

    def find(self, token: Token) -> MemberView | str | None:
        """The member whom `token` names, the sentence why it is blocked, or None when this counter never saw it."""
        rows = self._store.rows(
            "SELECT c.blocked, m.view, m.as_of FROM credential c LEFT JOIN member m ON m.id = c.member"
            " WHERE c.kind = ? AND c.value = ?", token.kind, token.value,
        )  # fmt: skip
        if not rows:
            return None
        return str(rows[0]["blocked"]) if rows[0]["blocked"] else _view(rows[0]["view"], rows[0]["as_of"])

    def member(self, id: str) -> MemberView | None:
        rows = self._store.rows("SELECT view, as_of FROM member WHERE id = ?", id)
        return _view(rows[0]["view"], rows[0]["as_of"]) if rows else None

    def search(self, text: str, limit: int = 10) -> list[MemberView]:
        """Members whose number begins with `text` or whose name contains it."""
        rows = self._store.rows(
            "SELECT view, as_of FROM member WHERE substr(json_extract(view, '$.number'), 1, length(?1)) = ?1"
            " OR instr(lower(json_extract(view, '$.name')), lower(?1)) > 0 ORDER BY id LIMIT ?2", text, limit,
        )  # fmt: skip
        return [view for row in rows if (view := _view(row["view"], row["as_of"]))]

    def owner_of_stripe(self, text: str) -> str | None:
        """The id of the member one of whose credentials reads `text`, whatever its kind."""
        rows = self._store.rows("SELECT member FROM credential WHERE value = ? AND member IS NOT NULL", text)
        return str(rows[0]["member"]) if rows else None


def _keep(connection: sqlite3.Connection, view: MemberView, as_of: str, pairs: set[tuple[str, str]]) -> None:
    connection.execute(
        "INSERT INTO member (id, view, as_of) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET view = excluded.view, as_of = excluded.as_of WHERE excluded.as_of >= member.as_of",
        (view.id, json.dumps(to_json(view), ensure_ascii=False), as_of),
    )
    # Credentials that the server no longer names are forgotten: a replaced card must not sell offline.
    connection.execute("DELETE FROM credential WHERE member = ?", (view.id,))
    connection.executemany(
        "INSERT OR REPLACE INTO credential (kind, value, member) VALUES (?, ?, ?)",
        [(kind, value, view.id) for kind, value in sorted(pairs)],
    )


def _pair(card: str) -> tuple[str, str]:
    kind, _, value = card.partition(":")
    return kind, value


def _view(text: str | None, as_of: str | None) -> MemberView | None:
    if text is None or as_of is None:
        return None
    data: dict[str, Any] = json.loads(text)
    view = from_json(MemberView, data)
    return view if view.as_of else from_json(MemberView, {**data, "as_of": parse_rfc3339(as_of).isoformat()})

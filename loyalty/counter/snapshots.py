"""What this counter knows of members without asking: their last view, and whose each credential is.

A snapshot is shown with its `as of`; it never decides what is booked. On the disk all of it is sealed.
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
from loyalty.counter.sealing import Seal
from loyalty.counter.sought import Sought
from loyalty.counter.store import Store
from loyalty.counter.store_tables import sought_by

_VIEW = "member.view"


class Snapshots:
    """In the counter's own store; the newest view of each member wins."""

    def __init__(self, store: Store) -> None:
        self._store, self._seal, self.sought = store, store.seal, Sought(store)

    def keep(self, view: MemberView, now: datetime, token: Token | None = None) -> None:
        """Remember the view, that these credentials are in use, and that `token` led to this member."""
        self.keep_all([view], now, token)

    def keep_all(self, views: Sequence[MemberView], now: datetime, token: Token | None = None) -> None:
        """The same for many in one transaction; `token` is the last one's."""
        with self._store.writing(promised=False) as connection:
            for view in views:
                pairs = {_pair(card) for card in view.cards} | ({(token.kind, token.value)} if token else set())
                _keep(connection, self._seal, view, rfc3339(view.as_of or now), pairs)
        self.sought.heard(views)

    def block(self, token: Token, sentence: str) -> None:
        """The server said that this credential may not be used. On the disk at once, or it would work offline."""
        with self._store.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO credential (kind, value, blocked) VALUES (?, ?, ?)",
                (token.kind, self._seal.name(token.value), sentence),
            )

    def forget(self, token: Token) -> None:
        """The server does not know this credential (any more)."""
        with self._store.writing(promised=False) as connection:
            connection.execute(
                "DELETE FROM credential WHERE kind = ? AND value = ?", (token.kind, self._seal.name(token.value))
            )

    def find(self, token: Token) -> MemberView | str | None:
        """The member whom `token` names, the sentence why it is blocked, or None when this counter never saw it."""
        rows = self._store.rows(
            "SELECT c.blocked, m.view, m.as_of FROM credential c LEFT JOIN member m ON m.id = c.member"
            " WHERE c.kind = ? AND c.value = ?", token.kind, self._seal.name(token.value),
        )  # fmt: skip
        if not rows:
            return None
        return str(rows[0]["blocked"]) if rows[0]["blocked"] else self._view(rows[0])

    def member(self, id: str) -> MemberView | None:
        rows = self._store.rows("SELECT view, as_of FROM member WHERE id = ?", id)
        return self._view(rows[0]) if rows else None

    def search(self, text: str, limit: int = 10) -> list[MemberView]:
        """Members whose number begins with `text` or whose name contains it."""
        return [view for id in self.sought.by(text, limit) if (view := self.member(id))]

    def owner_of_stripe(self, text: str) -> str | None:
        """The id of the member one of whose credentials reads `text`, whatever its kind."""
        rows = self._store.rows(
            "SELECT member FROM credential WHERE value = ? AND member IS NOT NULL", self._seal.name(text)
        )
        return str(rows[0]["member"]) if rows else None

    def _view(self, row: sqlite3.Row) -> MemberView | None:
        if row["view"] is None or row["as_of"] is None:
            return None
        data: dict[str, Any] = json.loads(self._seal.open(row["view"], _VIEW))
        view = from_json(MemberView, data)
        return view if view.as_of else from_json(MemberView, {**data, "as_of": parse_rfc3339(row["as_of"]).isoformat()})


def _keep(
    connection: sqlite3.Connection, seal: Seal, view: MemberView, as_of: str, pairs: set[tuple[str, str]]
) -> None:
    connection.execute(
        "INSERT INTO member (id, view, as_of, sought) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " view = excluded.view, as_of = excluded.as_of, sought = excluded.sought WHERE excluded.as_of >= member.as_of",
        (view.id, seal.close(json.dumps(to_json(view), ensure_ascii=False), _VIEW), as_of,
         seal.close(sought_by(view.number, view.name), "member.sought")),
    )  # fmt: skip
    # Credentials that the server no longer names are forgotten: a replaced card must not sell offline.
    connection.execute("DELETE FROM credential WHERE member = ?", (view.id,))
    connection.executemany(
        "INSERT OR REPLACE INTO credential (kind, value, member) VALUES (?, ?, ?)",
        [(kind, seal.name(value), view.id) for kind, value in sorted(pairs)],
    )


def _pair(card: str) -> tuple[str, str]:
    kind, _, value = card.partition(":")
    return kind, value

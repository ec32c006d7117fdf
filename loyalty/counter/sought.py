"""Who is meant by a piece of a name or number, while the server is away.

On the disk names are sealed, so nothing can be looked for there: they are opened once and kept in memory, some 250
bytes for each member.
"""

import threading
from collections.abc import Iterable

from loyalty.contract.outcomes import MemberView
from loyalty.counter.sealing import Seal
from loyalty.counter.store import Store
from loyalty.counter.store_tables import sought_by

PAGE, REST_S = 250, 0.02
"""Opened at a time, and the rest between: 200,000 names keep the processor busy for seconds, and cards are scanned."""


class Sought:
    """Thread-safe. Read from the disk with the first search, or when `get_ready` is called before."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._texts: dict[str, str] | None = None
        self._newer: dict[str, str] = {}
        """What was heard of while the disk was being read."""
        self._reading, self._hurry = threading.Lock(), threading.Event()

    def by(self, text: str, limit: int) -> list[str]:
        """Ids of members whose number begins with `text` or whose name contains it, in their own order."""
        self._hurry.set()  # somebody waits
        self.get_ready()
        word = text.casefold()
        with self._lock:
            rows = list((self._texts or {}).items())
        return sorted(id for id, known in rows if _fits(known, word))[:limit]

    def heard(self, views: Iterable[MemberView]) -> None:
        """These are what they are now."""
        with self._lock:
            (self._newer if self._texts is None else self._texts).update(
                (view.id, sought_by(view.number, view.name)) for view in views
            )

    def get_ready(self) -> None:
        """Reads the disk unless that was done; DiskTrouble or SealBroken when it cannot be."""
        with self._reading:
            if self._texts is not None:
                return
            found = self._read(self._store.seal)
            with self._lock:
                self._texts = found | self._newer
                self._newer = {}

    def _read(self, seal: Seal) -> dict[str, str]:
        found: dict[str, str] = {}
        last = ""
        while True:
            rows = self._store.rows("SELECT id, sought FROM member WHERE id > ? ORDER BY id LIMIT ?", last, PAGE)
            found.update((row["id"], seal.open(row["sought"], "member.sought")) for row in rows)
            if len(rows) < PAGE:
                return found
            last = rows[-1]["id"]
            self._hurry.wait(REST_S)


def _fits(known: str, word: str) -> bool:
    return known.startswith(word) or known.find(word, known.find("\n")) >= 0

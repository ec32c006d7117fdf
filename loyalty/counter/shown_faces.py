"""What the cards show that this counter printed, as long as that is certain. A lost row costs one full erasure.

A row is taken away, on the disk, before a card is touched, and put back when the printer has confirmed the new face: a
job that was interrupted, in whatever way, leaves no row behind.
"""

import zlib
from datetime import datetime

from loyalty.clock import rfc3339
from loyalty.contract.raster import Raster
from loyalty.counter.store import Store

KEPT = 2000
"""Faces remembered, some 4 KB each; those printed longest ago go first."""
_DOTS = "shown_face.dots"
# Made when it is missing: nothing here is worth a step of the store's own versions.
_TABLE = """
CREATE TABLE IF NOT EXISTS shown_face (
    card TEXT PRIMARY KEY, member TEXT, width INTEGER NOT NULL, height INTEGER NOT NULL, dots BLOB NOT NULL,
    printed_at TEXT NOT NULL
) STRICT
"""


class ShownFaces:
    """By card; what names a card is the matter of whoever asks. Sealed: a face has its owner's name on it."""

    def __init__(self, store: Store) -> None:
        self._store, self._seal = store, store.seal
        with store.writing() as connection:
            connection.execute(_TABLE)

    def of(self, card: str) -> Raster | None:
        """What the card shows; None when that is not certain."""
        name = self._seal.name(card)
        rows = self._store.rows("SELECT width, height, dots FROM shown_face WHERE card = ?", name)
        if not rows:
            return None
        dots = self._seal.open_bytes(rows[0]["dots"], _DOTS)
        return Raster(rows[0]["width"], rows[0]["height"], zlib.decompress(dots))

    def forget(self, card: str) -> None:
        """The card is about to be touched."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM shown_face WHERE card = ?", (self._seal.name(card),))

    def forget_member(self, member: str) -> None:
        """Somebody looked at a card of this member and wants it printed anew."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM shown_face WHERE member = ?", (member,))

    def confirmed(self, card: str, member: str | None, face: Raster, now: datetime) -> None:
        """The printer said that the face is on the card."""
        dots = self._seal.close_bytes(zlib.compress(face.rows), _DOTS)
        with self._store.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO shown_face (card, member, width, height, dots, printed_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (self._seal.name(card), member, face.width, face.height, dots, rfc3339(now)),
            )
            connection.execute(
                "DELETE FROM shown_face WHERE card NOT IN"
                " (SELECT card FROM shown_face ORDER BY printed_at DESC LIMIT ?)",
                (KEPT,),
            )

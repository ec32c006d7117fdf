"""Everything the server must be told: on this disk first, then sent in order, each with its answer beside it."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.contract.commands import KINDS, Command
from loyalty.contract.outcomes import (
    CancelOutcome,
    GiftOutcome,
    HoldOutcome,
    NotedOutcome,
    Outcome,
    PurchaseOutcome,
    Refusal,
    TopUpOutcome,
)
from loyalty.contract.wire import from_json, to_json
from loyalty.counter.retiming import with_right_time
from loyalty.counter.store import Store
from loyalty.errors import Conflict

PENDING, SENT, ANSWERED, REFUSED = "pending", "sent", "answered", "refused"
SLICE_S = 0.03
_BODY, _OUTCOME = "command.body", "command.outcome"


@dataclass(frozen=True)
class Entry:
    """One command and what became of it. `sent` without an answer may or may not have reached the server."""

    seq: int
    id: str
    command: Command
    state: str
    made_at: datetime
    clock_off_s: float = 0.0
    """What the machine's clock was known to lack when `made_at` was taken from it."""
    outcome: Outcome | None = None

    @property
    def open(self) -> bool:
        return self.state in (PENDING, SENT)


class Outbox:
    """Rows are never deleted and numbers never skipped: the server can see that nothing is missing."""

    def __init__(self, store: Store) -> None:
        self._store, self._seal = store, store.seal
        self.changed = threading.Condition()
        """Notified when a command was stored or answered."""
        self.clock_off_s: Callable[[], float] = float
        """What the machine's clock is known to lack."""

    def put(
        self, id: str, request: str, make: Callable[[int], Command], now: datetime,
        also: Callable[[sqlite3.Connection], object] | None = None,
    ) -> tuple[Entry, bool]:  # fmt: skip
        """Store the command that `make` builds from its number; it is on the disk on return.

        `also` is written in the same transaction. The same id and `request` again gives the entry that stands, and
        False; another request gives Conflict.
        """
        with self._store.writing() as connection:
            found = connection.execute("SELECT * FROM command WHERE id = ?", (id,)).fetchone()
            if found is None:
                seq = connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM command").fetchone()[0]
                body = self._seal.close(json.dumps(to_json(make(seq)), ensure_ascii=False), _BODY)
                connection.execute(
                    "INSERT INTO command (seq, id, request, body, state, made_at, clock_off_s)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (seq, id, request, body, PENDING, rfc3339(now), self.clock_off_s()),
                )
                if also is not None:
                    also(connection)
        if found is not None and found["request"] != request:
            raise Conflict(f"The id {id!r} was used before for another sale; give every sale an id of its own.")
        self._tell()
        entry = self.find(id)
        assert entry is not None  # it was written above
        return entry, found is None

    def find(self, id: str) -> Entry | None:
        rows = self._store.rows("SELECT * FROM command WHERE id = ?", id)
        return self._entry(rows[0]) if rows else None

    def waiting(self, limit: int) -> list[Entry]:
        """The oldest commands without an answer, in order."""
        rows = self._store.rows(
            "SELECT * FROM command WHERE state IN ('pending', 'sent') ORDER BY seq LIMIT ?", limit
        )
        return [self._entry(row) for row in rows]

    def waiting_count(self) -> int:
        return int(self._store.rows("SELECT count(*) FROM command WHERE state IN ('pending', 'sent')")[0][0])

    def mark_sent(self, entries: list[Entry]) -> list[Entry]:
        """On the disk before the bytes leave, for the server may know of them from here on; as they are to be sent.

        What was never sent and was stamped by a clock that is known to be wrong by now gets its right time.
        """
        fresh = [entry for entry in entries if entry.state == PENDING]
        timed = {entry.seq: self._timed(entry) for entry in fresh}
        if fresh:
            with self._store.writing() as connection:
                connection.executemany("UPDATE command SET state = 'sent' WHERE seq = ?", [(seq,) for seq in timed])
                for entry in fresh:
                    if (right := timed[entry.seq]) is not entry:
                        self._write_time(connection, right)
        return [timed.get(entry.seq, entry) for entry in entries]

    def _timed(self, entry: Entry) -> Entry:
        by = timedelta(seconds=self.clock_off_s() - entry.clock_off_s)
        if not by:
            return entry
        command = with_right_time(entry.command, entry.made_at, by)
        off_s = entry.clock_off_s + by.total_seconds()
        return replace(entry, command=command, made_at=entry.made_at + by, clock_off_s=off_s)

    def _write_time(self, connection: sqlite3.Connection, entry: Entry) -> None:
        body = self._seal.close(json.dumps(to_json(entry.command), ensure_ascii=False), _BODY)
        connection.execute(
            "UPDATE command SET body = ?, made_at = ?, clock_off_s = ? WHERE seq = ?",
            (body, rfc3339(entry.made_at), entry.clock_off_s, entry.seq),
        )

    def answer(self, id: str, outcome: Outcome, now: datetime) -> bool:
        """Keep the answer; False when there was one already, which then stays. A lost one is asked again."""
        state = REFUSED if isinstance(outcome, Refusal) else ANSWERED
        with self._store.writing(promised=False) as connection:
            done = connection.execute(
                "UPDATE command SET state = ?, answered_at = ?, outcome = ?"
                " WHERE id = ? AND state IN ('pending', 'sent')",
                (state, rfc3339(now), self._seal.close(json.dumps(to_json(outcome), ensure_ascii=False), _OUTCOME), id),
            ).rowcount
        self._tell()
        return bool(done)

    def latest(self, limit: int) -> list[Entry]:
        """The newest commands first."""
        rows = self._store.rows("SELECT * FROM command ORDER BY seq DESC LIMIT ?", limit)
        return [self._entry(row) for row in rows]

    def wait_for(self, id: str, timeout_s: float, hopeless: Callable[[], bool]) -> Entry | None:
        """The entry once it is answered, or as it stands after timeout_s or when `hopeless` turns true."""
        end, entry = time.monotonic() + timeout_s, self.find(id)
        with self.changed:
            while entry and entry.open and time.monotonic() < end and not hopeless():
                self.changed.wait(SLICE_S)
                entry = self.find(id)
        return entry

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _entry(self, row: sqlite3.Row) -> Entry:
        body = json.loads(self._seal.open(row["body"], _BODY))
        outcome = self._seal.open(row["outcome"], _OUTCOME) if row["outcome"] else None
        return Entry(
            seq=row["seq"], id=row["id"], command=from_json(KINDS[body["type"]], body), state=row["state"],
            made_at=parse_rfc3339(row["made_at"]), clock_off_s=row["clock_off_s"],
            outcome=read_outcome(json.loads(outcome)) if outcome else None,
        )  # fmt: skip


def read_outcome(data: Any) -> Outcome:
    """An answer of the server: which of the seven it is shows in its own fields. Invalid when it is none."""
    fields = data if isinstance(data, dict) else {}
    if fields.get("status") == "refused":
        return from_json(Refusal, data)
    if fields.get("status") == "noted":
        return from_json(NotedOutcome, data)
    if "reversed" in fields:
        return from_json(CancelOutcome, data)
    if "gift" in fields:
        return from_json(GiftOutcome, data)
    if "topup" in fields:
        return from_json(TopUpOutcome, data)
    if "hold" in fields:
        return from_json(HoldOutcome, data)
    return from_json(PurchaseOutcome, data)

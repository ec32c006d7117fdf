"""What is still to be printed, on disk. Jobs follow from outcomes that are booked; none can change a point.

A face waits for its member's card, if need be until the next visit. A receipt is printed now or never unasked: after
a crash nobody can tell whether the paper came out, so it waits for the cashier's word.
"""

import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from loyalty.clock import parse_rfc3339, rfc3339
from loyalty.contract.outcomes import FaceData, MemberView, ReceiptData
from loyalty.contract.wire import to_json
from loyalty.counter.known import Known
from loyalty.counter.print_job import (
    BODY,
    FACE,
    FAILED,
    PRINTING,
    RECEIPT,
    WAITING,
    WAITING_FOR_CARD,
    PrintJob,
    read_job,
)
from loyalty.counter.shown_faces import ShownFaces
from loyalty.counter.store import Store
from loyalty.ids import new_id

_OPEN = "('waiting_for_card', 'waiting', 'printing', 'failed')"
Also = Callable[[sqlite3.Connection], object]
"""What else is written in the same transaction."""
MOST_ATTEMPTS = 6
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=2)


class PrintJobs:
    """`changed` is notified and `version` grows whenever any job changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.shown = ShownFaces(store)
        self.counts = Known(store)
        """Faces that each printer printed, for those that do not count: wear.py."""
        self.changed = threading.Condition()
        self.version = 0
        self._recover()

    def _recover(self) -> None:
        """After a crash: faces begin anew, receipts in doubt wait for a person."""
        self._change("UPDATE print_job SET state = 'waiting_for_card' WHERE kind = 'face' AND state = 'printing'")
        self._change(
            "UPDATE print_job SET state = 'failed', trouble = 'in_doubt'"
            " WHERE kind = 'receipt' AND state IN ('printing', 'waiting')"
        )

    def add_face(
        self, member: MemberView, face: FaceData, purchase: str | None, now: datetime, armed: bool = True,
        again: bool = False,
    ) -> PrintJob | None:  # fmt: skip
        """The member's newest face; older ones fall away. None when this or a newer one is printed or waiting.

        `again`: this one is printed anew, somebody asks for it.
        """
        as_of = str(to_json(face)["as_of"])
        with self._store.writing(promised=False) as disk:  # in one step, whatever kills the program in between
            newest = disk.execute(
                "SELECT max(as_of) FROM print_job WHERE kind = 'face' AND member = ?"
                " AND state IN ('waiting_for_card', 'printing', 'failed', 'done')", (member.id,),
            ).fetchone()[0]  # fmt: skip
            if newest and (parse_rfc3339(newest) > face.as_of or (newest == as_of and not again)):
                return None
            disk.execute(
                "UPDATE print_job SET state = 'superseded', armed_at = NULL"
                " WHERE kind = 'face' AND member = ? AND state IN ('waiting_for_card', 'failed')", (member.id,),
            )  # fmt: skip
            if armed:
                disk.execute("UPDATE print_job SET armed_at = NULL WHERE kind = 'face' AND armed_at IS NOT NULL")
            row = (FACE, WAITING_FOR_CARD, to_json(face), member.id, purchase, now, now if armed else None, as_of)
            id = self.insert(disk, *row)
        self.tell()
        return self.find(id)

    def add_receipt(self, receipt: ReceiptData, member: str | None, purchase: str, now: datetime) -> PrintJob:
        """One for each purchase, however often its outcome is heard."""
        if (standing := self.receipt_of(purchase)) is not None:
            return standing
        with self._store.writing(promised=False) as disk:
            id = self.insert(disk, RECEIPT, WAITING, to_json(receipt), member, purchase, now)
        self.tell()
        job = self.find(id)
        assert job is not None  # it was written above
        return job

    def arm(self, member: str, now: datetime) -> None:
        """The member is here again: the printer may ask for the card. Only one member's face is armed at a time."""
        waiting = self._store.rows(
            "SELECT id FROM print_job"
            " WHERE kind = 'face' AND member = ? AND state = 'waiting_for_card' AND armed_at IS NULL", member,
        )  # fmt: skip
        if waiting:
            self._change(
                "UPDATE print_job SET armed_at = CASE WHEN member = ? THEN ? END"
                " WHERE kind = 'face' AND state = 'waiting_for_card'", member, rfc3339(now),
            )  # fmt: skip

    def disarm(self, id: str) -> None:
        """Nobody brought the card; the face waits for the next visit."""
        self._change("UPDATE print_job SET armed_at = NULL WHERE id = ?", id)

    def armed_face(self, now: datetime) -> PrintJob | None:
        """The face the printer should ask a card for now."""
        return self._first("kind = 'face' AND state = 'waiting_for_card' AND armed_at IS NOT NULL", now)

    def face_of(self, member: str, now: datetime) -> PrintJob | None:
        """The waiting face of this member, armed or not."""
        return self._first("kind = 'face' AND state = 'waiting_for_card' AND member = ?", now, member)

    def due_receipt(self, now: datetime) -> PrintJob | None:
        return self._first("kind = 'receipt' AND state = 'waiting'", now)

    def _first(self, where: str, now: datetime, *values: Any) -> PrintJob | None:
        rows = self._store.rows(
            f"SELECT * FROM print_job WHERE {where} AND (next_try_at IS NULL OR next_try_at <= ?) ORDER BY id LIMIT 1",
            *values, rfc3339(now),
        )  # fmt: skip
        return read_job(rows[0], self._store.seal) if rows else None

    def begin(self, id: str) -> None:
        self._change("UPDATE print_job SET state = 'printing', attempts = attempts + 1 WHERE id = ?", id)

    def done(self, id: str, also: Also = bool) -> None:
        """It is out; `also` is written with that."""
        self._change(
            "UPDATE print_job SET state = 'done', armed_at = NULL, trouble = NULL, detail = NULL, next_try_at = NULL"
            " WHERE id = ?", id, also=also,
        )  # fmt: skip

    def failed(self, id: str, code: str, detail: str, now: datetime, final: bool = False) -> None:
        """Try again by itself a little later; when `final`, or after the last attempt, only when a person says so."""
        job = self.find(id)
        if job is None or job.state not in (PRINTING, WAITING, WAITING_FOR_CARD):
            return  # dropped by the cashier meanwhile
        pause = min(FIRST_PAUSE * 2 ** max(job.attempts - 1, 0), LONGEST_PAUSE)
        waiting = WAITING_FOR_CARD if job.kind == FACE else WAITING
        state = FAILED if final or job.attempts >= MOST_ATTEMPTS else waiting
        self._change(
            "UPDATE print_job SET state = ?, trouble = ?, detail = ?, next_try_at = ? WHERE id = ?",
            state, code, detail, rfc3339(now + pause), id,
        )  # fmt: skip

    def retry(self, id: str, now: datetime) -> bool:
        """The cashier asks for another try, now; also prints a receipt again. False when there is nothing to retry.

        A face is then printed as a whole: whoever asks may have seen that the card shows something else.
        """
        job = self.find(id)
        if job and job.kind == FACE and job.member:
            self.shown.forget_member(job.member)
        return self._change(
            "UPDATE print_job SET attempts = 0, next_try_at = NULL, trouble = NULL, detail = NULL,"
            " armed_at = CASE kind WHEN 'face' THEN ? END,"
            " state = CASE kind WHEN 'face' THEN 'waiting_for_card' ELSE 'waiting' END"
            " WHERE id = ? AND state NOT IN ('printing', 'superseded')", rfc3339(now), id,
        )  # fmt: skip

    def drop(self, id: str) -> bool:
        """The cashier gives the job up. False when it is not open."""
        return self._change(
            f"UPDATE print_job SET state = 'given_up', armed_at = NULL WHERE id = ? AND state IN {_OPEN}", id
        )

    def find(self, id: str) -> PrintJob | None:
        rows = self._store.rows("SELECT * FROM print_job WHERE id = ?", id)
        return read_job(rows[0], self._store.seal) if rows else None

    def newest_face(self, member: str) -> FaceData | None:
        """What is on the member's card, or will be once it is printed, as far as this counter knows."""
        rows = self._store.rows(
            "SELECT * FROM print_job WHERE kind = 'face' AND member = ? AND state NOT IN ('superseded', 'given_up')"
            " ORDER BY as_of DESC LIMIT 1", member,
        )  # fmt: skip
        return read_job(rows[0], self._store.seal).face if rows else None

    def receipt_of(self, purchase: str) -> PrintJob | None:
        rows = self._store.rows("SELECT * FROM print_job WHERE kind = 'receipt' AND purchase = ?", purchase)
        return read_job(rows[0], self._store.seal) if rows else None

    def unfinished(self, limit: int = 20) -> list[PrintJob]:
        """Newest first, but before all others the slips for which a customer's points are held."""
        rows = self._store.rows(
            f"SELECT * FROM print_job WHERE state IN {_OPEN} ORDER BY"
            " coalesce(purchase, '') IN (SELECT id FROM redemption WHERE state = 'sold') DESC, id DESC LIMIT ?", limit,
        )  # fmt: skip
        return [read_job(row, self._store.seal) for row in rows]

    def wait(self, seen: int, timeout_s: float) -> None:
        """Until a job changed after version `seen`, or timeout_s."""
        with self.changed:
            self.changed.wait_for(lambda: self.version != seen, timeout_s)

    def insert(
        self, disk: sqlite3.Connection, kind: str, state: str, body: object, member: str | None, purchase: str | None,
        now: datetime, armed_at: datetime | None = None, as_of: str | None = None,
    ) -> str:  # fmt: skip
        """Within a transaction, whoever has it calls `tell` after it. New jobs wait for no disk, printing does."""
        id = new_id("prt", now)
        disk.execute(
            "INSERT INTO print_job (id, kind, member, purchase, body, state, made_at, armed_at, as_of)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (id, kind, member, purchase, self._store.seal.close(json.dumps(body, ensure_ascii=False), BODY), state,
             rfc3339(now), rfc3339(armed_at) if armed_at else None, as_of),
        )  # fmt: skip
        return id

    def _change(self, statement: str, *values: Any, also: Also = bool) -> bool:
        with self._store.writing() as connection:
            touched = connection.execute(statement, values).rowcount
            also(connection)
        if touched:
            self.tell()
        return touched > 0

    def tell(self) -> None:
        """Something changed: whoever prints looks again."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

"""One thing to be printed, as it stands on the counter's disk."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from loyalty.clock import parse_rfc3339
from loyalty.contract.outcomes import FaceData, ReceiptData
from loyalty.contract.wire import from_json
from loyalty.counter.sealing import Seal

FACE, RECEIPT = "face", "receipt"
WAITING_FOR_CARD, WAITING, PRINTING = "waiting_for_card", "waiting", "printing"
DONE, FAILED, GIVEN_UP, SUPERSEDED = "done", "failed", "given_up", "superseded"
BODY = "print_job.body"
"""What the sealed column is called."""


@dataclass(frozen=True)
class PrintJob:
    """`armed_at`: since when the printer may ask for the card, because the member is here; None: next visit.

    `trouble` is the code of the last failure, `detail` its sentence.
    """

    id: str
    kind: str
    member: str | None
    purchase: str | None
    state: str
    attempts: int
    made_at: datetime
    next_try_at: datetime | None
    armed_at: datetime | None
    trouble: str | None
    detail: str | None
    face: FaceData | None = None
    receipt: ReceiptData | None = None


def read_job(row: sqlite3.Row, seal: Seal) -> PrintJob:
    body = json.loads(seal.open(row["body"], BODY))
    return PrintJob(
        id=row["id"], kind=row["kind"], member=row["member"], purchase=row["purchase"], state=row["state"],
        attempts=row["attempts"], made_at=parse_rfc3339(row["made_at"]), next_try_at=_moment(row["next_try_at"]),
        armed_at=_moment(row["armed_at"]), trouble=row["trouble"], detail=row["detail"],
        face=from_json(FaceData, body) if row["kind"] == FACE else None,
        receipt=from_json(ReceiptData, body) if row["kind"] == RECEIPT else None,
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return parse_rfc3339(text) if text else None

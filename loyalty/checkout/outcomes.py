"""Answers kept under the id of the command, in the transaction that booked it: asked again, answered the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from loyalty.checkout.tables import outcomes
from loyalty.db.prepared import Cursor, Prepared
from loyalty.errors import Conflict, Invalid

_find = Prepared(
    sa.select(outcomes.c.digest, outcomes.c.status, outcomes.c.answer).where(outcomes.c.id == bindparam("id"))
)
_keep = Prepared(sa.insert(outcomes).values({column.name: bindparam(column.name) for column in outcomes.c}).inline())
LONGEST_ID = 255


@dataclass(frozen=True)
class Kept:
    """An answer as it was given the first time: status as in HTTP."""

    status: int
    answer: Any


def find(cursor: Cursor, id: str, digest: str) -> Kept | None:
    """What was answered under `id`; Conflict when that was for something else."""
    if not 1 <= len(id) <= LONGEST_ID:
        raise Invalid(f"An id has 1 to {LONGEST_ID} characters; make a shorter one.", pointer="/id")
    row = cursor.row(_find, id=id)
    if row is None:
        return None
    if row[0] != digest:
        raise Conflict(
            f"The id {id[:60]!r} was used before with another content; send the same again or use a new id.",
            pointer="/id",
        )
    return Kept(row[1], row[2])


def keep(
    cursor: Cursor,
    id: str,
    verb: str,
    digest: str,
    kept: Kept,
    now: datetime,
    counter: str | None = None,
    seq: int | None = None,
) -> None:
    """Writes the answer beside what it answers; the caller's transaction makes both last or neither."""
    row = {
        "id": id,
        "verb": verb,
        "digest": digest,
        "status": kept.status,
        "answer": kept.answer,
        "recorded_at": now,
        "counter": counter,
        "seq": seq,
    }
    cursor.run(_keep, [row])


def digest_of(verb: str, body: Any) -> str:
    """Same verb and body, same digest: numbers by value, keys in any order."""
    text = json.dumps([verb, _plain(body)], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):  # and moments
        return value.isoformat()
    return value

"""What is known before anything is done: of each row, whether it is new, changes something, or cannot be."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Invalid, LoyaltyError
from loyalty.members.conventions import Conventions
from loyalty.members.tables import Card, Member
from loyalty.members.tokens import normalised, phone_number
from loyalty.ops.imports.tables import import_rows
from loyalty.points.calendar import zone_of
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts


@dataclass(frozen=True)
class Line:
    """A row of the file as fields that are not empty."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Verdict:
    """effect: new, changed, unchanged, error. subject: the id of what is there already; key: what the row is about."""

    line: int
    effect: str
    values: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    key: str = ""
    sentence: str = ""
    field: str = ""


@dataclass(frozen=True)
class Scene:
    """What rows are judged by: one state of the database and the shop's ways. `seen`: key to line, in this file."""

    session: Session
    now: datetime
    conventions: Conventions
    programme: Programme
    seen: dict[str, int]

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.programme.timezone)


def scene_of(session: Session, now: datetime, conventions: Conventions, seen: dict[str, int]) -> Scene:
    """LoyaltyError `not_ready` while the shop has no programme."""
    version = SqlFacts(session).version(now)
    if version is None:
        raise LoyaltyError(
            "The shop has no programme yet; put one first (loyalty programme put FILE).", code="not_ready"
        )
    return Scene(session, now, conventions, version.programme, seen)


def wrong(line: int, error: LoyaltyError) -> Verdict:
    """The verdict on a row that cannot be."""
    return Verdict(line, "error", sentence=str(error), field=(error.pointer or "").strip("/"))


def refuse_twice(scene: Scene, key: str, line: int, what: str) -> None:
    """Invalid when an earlier row of the file says the same."""
    first = scene.seen.setdefault(key, line)
    if first != line:
        raise Invalid(f"Row {first} of the file has {what} too; keep one of them.")


def members_by(scene: Scene, texts: Iterable[str]) -> dict[str, str]:
    """Whom each text means: an id, a number, a phone, an e-mail or a printed code. Unknown ones are left out."""
    readings = {text: _readings(text, scene.conventions.phone_region) for text in set(texts)}
    wanted = {value for each in readings.values() for value in each}
    found: dict[tuple[str, str], str] = {}
    columns = Member.id, Member.number, Member.phone, Member.email
    for names in (Member.id, Member.number, Member.phone, Member.email):
        values = [value for kind, value in wanted if kind == names.key]
        for row in scene.session.execute(sa.select(*columns).where(names.in_(values))) if values else ():
            found[names.key, str(getattr(row, names.key))] = row.id
    codes = [value for kind, value in wanted if kind == "code"]
    cards = sa.select(Card.token, Card.member_id).where(
        Card.token.in_(codes), Card.kind == "barcode", Card.status.not_in(("replaced", "retired"))
    )
    for token, member in scene.session.execute(cards) if codes else ():
        found["code", token] = member
    chosen = {text: next((found[each] for each in pairs if each in found), None) for text, pairs in readings.items()}
    return {text: member for text, member in chosen.items() if member}


def _readings(text: str, region: str) -> list[tuple[str, str]]:
    plain = text.strip()
    if plain.startswith("mem_"):
        return [("id", plain)]
    if "@" in plain:
        return [("email", plain.lower())]
    found = [("number", normalised("number", plain[:256], region)), ("code", plain)]
    if not plain.isalpha():
        with suppress(Invalid):
            found.append(("phone", phone_number(plain, region)))
    return found


def undone_times(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """How often what a key is about was imported and taken back: the next booking of it needs a name of its own."""
    statement = (
        sa.select(import_rows.c.key, sa.func.count())
        .where(import_rows.c.key.in_(list(keys)), import_rows.c.undone)
        .group_by(import_rows.c.key)
    )
    return {key: times for key, times in session.execute(statement)}


def named(key: str, times: int) -> str:
    return f"{key}~{times + 1}" if times else key

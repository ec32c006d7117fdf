"""Surveys of satisfaction: one question and one mark, answered once for each invitation."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.care.scores import SCALES, Score, score_of
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.care_tables import survey_answers, surveys
from loyalty.members.tables import Member

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
LONGEST = 300
LONGEST_WORDS = 2_000
ANYBODY = "open"
"""Stands in a link that may be used again and again: a kiosk's."""


@dataclass(frozen=True)
class Answer:
    """`invitation`: the member's id or the number of a link, answered once; empty where nobody was invited."""

    survey: str
    score: int
    channel: str
    words: str = ""
    invitation: str = ""
    member: str = ""
    store: str = ""


def make_survey(
    session: Session, name: str, kind: str, questions: Mapping[str, str], who: str, now: datetime
) -> str:
    """Its id. Invalid with the field; at least the question in English is needed."""
    name = name.replace("\x00", "").strip()
    asked = {each: text.replace("\x00", "").strip() for each, text in questions.items() if each in LANGUAGES}
    asked = {each: text for each, text in asked.items() if text}
    if not name or len(name) > 60:
        raise Invalid("Give the survey a name of at most 60 characters.", pointer="/name")
    if kind not in SCALES:
        raise Invalid("A survey is of the kind nps or csat.", pointer="/kind")
    if "en" not in asked or max(map(len, asked.values())) > LONGEST:
        raise Invalid(f"Write the question, in at most {LONGEST} characters.", pointer="/en")
    if session.scalar(sa.select(sa.exists().where(surveys.c.name == name))):
        raise Invalid("There is a survey of this name already; choose another.", pointer="/name")
    id = new_id("srv", now)
    row = {"id": id, "name": name, "kind": kind, "questions": asked, "state": "open", "made_by": who, "made_at": now}
    session.execute(sa.insert(surveys), [row])
    return id


def set_open(session: Session, id: str, is_open: bool) -> None:
    """Closed surveys take no answers; their results stay."""
    get_survey(session, id)
    session.execute(sa.update(surveys).where(surveys.c.id == id).values(state="open" if is_open else "closed"))


def answer(session: Session, given: Answer, now: datetime) -> str:
    """Keeps the answer. Conflict when the survey is closed or the invitation was answered already."""
    survey = get_survey(session, given.survey)
    if survey.state != "open":
        raise Conflict("This survey is closed.")
    if given.score not in SCALES[survey.kind]:
        raise Invalid("Choose one of the marks.", pointer="/score")
    words = given.words.replace("\x00", "").strip()[:LONGEST_WORDS]
    id = new_id("ans", now)
    invitation = given.invitation or id
    at = survey_answers.c
    if session.scalar(sa.select(sa.exists().where(at.survey_id == survey.id, at.invitation == invitation))):
        raise Conflict("This survey was answered already. Thank you.")
    known = session.scalar(sa.select(Member.id).where(Member.id == given.member, Member.status == "active"))
    row = {"id": id, "survey_id": survey.id, "invitation": invitation, "member_id": known, "channel": given.channel,
           "store": given.store.replace("\x00", "").strip()[:200], "score": given.score, "words": words,
           "at": now}  # fmt: skip
    session.execute(sa.insert(survey_answers), [row])
    return id


def get_survey(session: Session, id: str) -> Row[Any]:
    """NotFound when there is none."""
    row = session.execute(sa.select(surveys).where(surveys.c.id == id)).first()
    if row is None:
        raise NotFound("There is no such survey.")
    return row


def all_surveys(session: Session) -> list[Row[Any]]:
    """The latest first."""
    return list(session.execute(sa.select(surveys).order_by(surveys.c.id.desc())))


@dataclass(frozen=True)
class Results:
    """marks: how often each was given, those never given too. stores: each with its own score, by name."""

    score: Score
    marks: Mapping[int, int]
    stores: Mapping[str, Score]
    words: tuple[Row[Any], ...]
    """The latest answers that say something."""


def results(session: Session, survey: Row[Any], most_words: int = 30) -> Results:
    at = survey_answers.c
    mine = at.survey_id == survey.id
    counted = sa.select(at.store, at.score, sa.func.count()).where(mine).group_by(at.store, at.score)
    marks, stores = dict.fromkeys(SCALES[survey.kind], 0), dict[str, dict[int, int]]()
    for store, mark, number in session.execute(counted):
        marks[mark] += int(number)
        stores.setdefault(store, {})[mark] = int(number)
    said = sa.select(survey_answers).where(mine, at.words != "").order_by(at.id.desc()).limit(most_words)
    by_store = {name: score_of(survey.kind, stores[name]) for name in sorted(stores) if name}
    return Results(score_of(survey.kind, marks), marks, by_store, tuple(session.execute(said)))


def link(survey: str, invitation: str, key: str, store: str = "") -> str:
    """`<survey>.<invitation>.<signature>`, with a store before the signature for a kiosk's."""
    said = f"{survey}.{invitation}"
    said = f"{said}.{store.encode().hex()}" if store else said
    return f"{said}.{_signature(said, key)}"


def read_link(text: str, key: str) -> tuple[str, str, str] | None:
    """Survey, invitation and store; None for what we did not sign."""
    said, _, signature = text.rpartition(".")
    parts = said.split(".")
    if len(parts) not in (2, 3) or not hmac.compare_digest(_signature(said, key).encode(), signature.encode()):
        return None
    return parts[0], parts[1], bytes.fromhex(parts[2]).decode() if len(parts) == 3 else ""


def _signature(said: str, key: str) -> str:
    return hmac.new(f"survey:{key}".encode(), said.encode(), hashlib.sha256).hexdigest()[:32]

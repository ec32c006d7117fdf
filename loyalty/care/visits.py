"""Visits of mystery shoppers: a form of questions with points, and what a visit of a store scored."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.errors import Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.care_tables import visit_forms, visits

MARKS = ("yes", "half", "no", "none")
"""`none`: the question did not arise, and counts for nothing."""
_HALVES = {"yes": 2, "half": 1, "no": 0}
MOST_QUESTIONS = 40
LONGEST_WORDS = 4_000


def make_form(session: Session, name: str, lines: str, who: str, now: datetime) -> str:
    """Its id. `lines`: a question a line, with its points after a bar: `Were you greeted? | 2`; without a bar 1."""
    name = name.replace("\x00", "").strip()
    if not name or len(name) > 60:
        raise Invalid("Give the form a name of at most 60 characters.", pointer="/name")
    if session.scalar(sa.select(sa.exists().where(visit_forms.c.name == name))):
        raise Invalid("There is a form of this name already; choose another.", pointer="/name")
    questions = [_question(number, line) for number, line in enumerate(_filled(lines), 1)]
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise Invalid(f"Write 1 to {MOST_QUESTIONS} questions, one a line.", pointer="/questions")
    id = new_id("vform", now)
    row = {"id": id, "name": name, "questions": questions, "made_by": who, "made_at": now}
    session.execute(sa.insert(visit_forms), [row])
    return id


def _filled(lines: str) -> list[str]:
    return [line.strip() for line in lines.replace("\x00", "").splitlines() if line.strip()]


def _question(number: int, line: str) -> dict[str, Any]:
    text, bar, points = (part.strip() for part in line.rpartition("|"))
    text, points = (text, points) if bar else (points, "1")
    if not text or len(text) > 300 or not (points.isascii() and points.isdecimal() and 0 < int(points[:4]) <= 100):
        raise Invalid(f"Line {number}: write a question, a bar and 1 to 100 points.", pointer="/questions")
    return {"text": text, "points": int(points)}


def get_form(session: Session, id: str) -> Row[Any]:
    """NotFound when there is none."""
    row = session.execute(sa.select(visit_forms).where(visit_forms.c.id == id)).first()
    if row is None:
        raise NotFound("There is no such form.")
    return row


def all_forms(session: Session) -> list[Row[Any]]:
    return list(session.execute(sa.select(visit_forms).order_by(visit_forms.c.name)))


def scored(questions: Sequence[Mapping[str, Any]], marks: Sequence[str]) -> tuple[int, int]:
    """Half points reached, and half points that could be reached. Invalid unless every question has its mark."""
    if len(marks) != len(questions) or any(mark not in MARKS for mark in marks):
        raise Invalid("Answer every question.", pointer="/marks")
    counted = [(each["points"], mark) for each, mark in zip(questions, marks, strict=True) if mark != "none"]
    if not counted:
        raise Invalid("At least one question must count.", pointer="/marks")
    return sum(points * _HALVES[mark] for points, mark in counted), sum(2 * points for points, _ in counted)


def note_visit(
    session: Session, form: str, store: str, day: date, marks: Sequence[str], words: str, who: str, now: datetime,
    today: date,
) -> str:  # fmt: skip
    """Its id; `day` is not later than `today`."""
    store = store.replace("\x00", "").strip()
    if not store or len(store) > 200:
        raise Invalid("Say which store was visited.", pointer="/store")
    if day > today:
        raise Invalid("The day of the visit lies ahead.", pointer="/day")
    points, most = scored(get_form(session, form).questions, marks)
    id = new_id("visit", now)
    row = {"id": id, "form_id": form, "store": store, "visited_on": day, "marks": list(marks), "points": points,
           "most": most, "words": words.replace("\x00", "").strip()[:LONGEST_WORDS], "made_by": who,
           "made_at": now}  # fmt: skip
    session.execute(sa.insert(visits), [row])
    return id


def last_visits(session: Session, limit: int = 50) -> list[Row[Any]]:
    """The latest first, each with its form's name and questions."""
    at = visits.c
    statement = sa.select(visits, visit_forms.c.name, visit_forms.c.questions).join(visit_forms)
    return list(session.execute(statement.order_by(at.visited_on.desc(), at.id.desc()).limit(limit)))


def percent_of(points: int, most: int) -> Decimal:
    """With one decimal."""
    return round(Decimal(100 * points) / most, 1)


def lost_at(questions: Sequence[Mapping[str, Any]], marks: Sequence[str]) -> list[str]:
    """Texts of the questions that were answered with no or in part."""
    return [str(each["text"]) for each, mark in zip(questions, marks, strict=True) if mark in ("no", "half")]

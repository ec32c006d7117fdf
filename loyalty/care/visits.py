"""Visits of mystery shoppers: a form of questions with points, and what a visit of a store scored."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.care_tables import visit_form_versions, visit_forms, visits

MARKS = ("yes", "half", "no", "none")
"""`none`: the question did not arise, and counts for nothing."""
_HALVES = {"yes": 2, "half": 1, "no": 0}
MOST_QUESTIONS = 40
LONGEST_WORDS = 4_000


def make_form(session: Session, name: str, lines: str, who: str, now: datetime) -> str:
    """Its id. `lines`: a question a line, with its points after a bar: `Were you greeted? | 2`; without a bar 1."""
    id = new_id("vform", now)
    row = {"name": _free_name(session, name, ""), "questions": _questions(lines), "made_by": who, "made_at": now}
    session.execute(sa.insert(visit_forms), [{"id": id, "version": 1, **row}])
    _keep_version(session, id, 1, row)
    return id


def change_form(session: Session, id: str, version: int, name: str, lines: str, who: str, now: datetime) -> None:
    """Other words from now on; visits so far keep the questions that they answered.

    Conflict when somebody else changed it since `version`. Nothing happens when nothing differs.
    """
    form = get_form(session, id)
    if form.version != version:
        raise Conflict("Somebody else changed the form meanwhile; look at it again.")
    row = {"name": _free_name(session, name, id), "questions": _questions(lines), "made_by": who, "made_at": now}
    if (row["name"], row["questions"]) == (form.name, form.questions):
        return
    session.execute(sa.update(visit_forms).where(visit_forms.c.id == id).values(**row, version=version + 1))
    _keep_version(session, id, version + 1, row)


def _keep_version(session: Session, id: str, version: int, row: Mapping[str, Any]) -> None:
    kept = {name: row[name] for name in ("questions", "made_by", "made_at")}
    session.execute(sa.insert(visit_form_versions), [{"form_id": id, "version": version, **kept}])


def lines_of(questions: Sequence[Mapping[str, Any]]) -> str:
    """Questions as one types them."""
    return "\n".join(f"{each['text']} | {each['points']}" for each in questions)


def _free_name(session: Session, name: str, but: str) -> str:
    name = name.replace("\x00", "").strip()
    if not name or len(name) > 60:
        raise Invalid("Give the form a name of at most 60 characters.", pointer="/name")
    if session.scalar(sa.select(sa.exists().where(visit_forms.c.name == name, visit_forms.c.id != but))):
        raise Invalid("There is a form of this name already; choose another.", pointer="/name")
    return name


def _questions(lines: str) -> list[dict[str, Any]]:
    questions = [_question(number, line) for number, line in enumerate(_filled(lines), 1)]
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise Invalid(f"Write 1 to {MOST_QUESTIONS} questions, one a line.", pointer="/questions")
    return questions


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
    today: date, version: int | None = None,
) -> str:  # fmt: skip
    """Its id; `day` is not later than `today`. Conflict when the form was changed since `version`, if one is given."""
    store = store.replace("\x00", "").strip()
    if not store or len(store) > 200:
        raise Invalid("Say which store was visited.", pointer="/store")
    if day > today:
        raise Invalid("The day of the visit lies ahead.", pointer="/day")
    asked = get_form(session, form)
    if version not in (None, asked.version):
        raise Conflict("The form was changed meanwhile; answer its questions as they are now.")
    points, most = scored(asked.questions, marks)
    id = new_id("visit", now)
    row = {"id": id, "form_id": form, "store": store, "visited_on": day, "marks": list(marks), "points": points,
           "most": most, "words": words.replace("\x00", "").strip()[:LONGEST_WORDS], "made_by": who,
           "made_at": now, "form_version": asked.version}  # fmt: skip
    session.execute(sa.insert(visits), [row])
    return id


def last_visits(session: Session, limit: int = 50) -> list[Row[Any]]:
    """The latest first, each with its form's name and the questions that it answered."""
    at, asked = visits.c, visit_form_versions.c
    here = (asked.form_id == at.form_id) & (asked.version == at.form_version)
    tables = visits.join(visit_forms).join(visit_form_versions, here)
    statement = sa.select(visits, visit_forms.c.name, asked.questions).select_from(tables)
    return list(session.execute(statement.order_by(at.visited_on.desc(), at.id.desc()).limit(limit)))


def percent_of(points: int, most: int) -> Decimal:
    """With one decimal."""
    return round(Decimal(100 * points) / most, 1)


def lost_at(questions: Sequence[Mapping[str, Any]], marks: Sequence[str]) -> list[str]:
    """Texts of the questions that were answered with no or in part."""
    return [str(each["text"]) for each, mark in zip(questions, marks, strict=True) if mark in ("no", "half")]

"""How stores and staff do in the last days: cases and their deadlines, visits, marks that members gave."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.care.scores import Score, score_of
from loyalty.care.visits import percent_of
from loyalty.members.care_tables import care_cases, care_events, survey_answers, surveys, visits


@dataclass(frozen=True)
class StoreLine:
    """visit_score: percent of all points that visits could reach; None without a visit."""

    store: str
    cases: int
    visits: int
    visit_score: Decimal | None
    nps: Score
    csat: Score


@dataclass(frozen=True)
class PersonLine:
    """open and late: cases now. closed: in these days, by whom they belong to; days_to_close: their mean."""

    person: str
    open: int
    late: int
    closed: int
    days_to_close: Decimal | None
    contacts: int


def of_stores(session: Session, since: datetime) -> list[StoreLine]:
    case, visit, answer = care_cases.c, visits.c, survey_answers.c
    opened = sa.select(case.store, sa.func.count()).where(case.opened_at >= since, case.kind != "praise")
    cases = {store: int(number) for store, number in session.execute(opened.group_by(case.store))}
    visited = sa.select(visit.store, sa.func.count(), sa.func.sum(visit.points), sa.func.sum(visit.most))
    seen = {row[0]: row[1:] for row in session.execute(visited.where(visit.made_at >= since).group_by(visit.store))}
    marks: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    counted = sa.select(surveys.c.kind, answer.store, answer.score, sa.func.count()).join_from(survey_answers, surveys)
    grouped = counted.where(answer.at >= since).group_by(surveys.c.kind, answer.store, answer.score)
    for kind, store, mark, number in session.execute(grouped):
        marks[kind, store][mark] = int(number)
    found = []
    for store in sorted({*cases, *seen, *(store for _, store in marks)} - {""}):
        number, points, most = seen.get(store, (0, 0, 0))
        share = percent_of(int(points), int(most)) if most else None
        nps, csat = score_of("nps", marks["nps", store]), score_of("csat", marks["csat", store])
        found.append(StoreLine(store, cases.get(store, 0), int(number), share, nps, csat))
    return found


def of_staff(session: Session, since: datetime, now: datetime) -> list[PersonLine]:
    case, event = care_cases.c, care_events.c
    still = case.step != "closed"
    late = sa.func.sum(sa.case((case.due_at < now, 1), else_=0))
    waiting = sa.select(case.owner, sa.func.count(), late).where(still).group_by(case.owner)
    open_now: dict[str, Any] = {row[0]: row[1:] for row in session.execute(waiting)}
    took: dict[str, list[timedelta]] = defaultdict(list)
    ended = sa.select(case.owner, case.opened_at, case.closed_at).where(case.closed_at >= since)
    for owner, opened_at, closed_at in session.execute(ended):
        took[owner].append(closed_at - opened_at)
    spoke = sa.select(event.staff, sa.func.count()).where(event.kind == "contact", event.at >= since)
    contacts = {staff: int(number) for staff, number in session.execute(spoke.group_by(event.staff))}
    found = []
    for person in sorted({*open_now, *took, *contacts}):
        number, late_now = open_now.get(person, (0, 0))
        found.append(PersonLine(person, int(number), int(late_now), len(took[person]), _mean_days(took[person]),
                                contacts.get(person, 0)))  # fmt: skip
    return found


def _mean_days(spans: list[timedelta]) -> Decimal | None:
    if not spans:
        return None
    return round(Decimal(sum(span.total_seconds() for span in spans)) / len(spans) / 86_400, 1)

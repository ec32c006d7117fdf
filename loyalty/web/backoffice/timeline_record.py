"""What happened to a member's record, beside sales and points: edits, consents, merges, household, prints, tasks."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.tables import staff_work
from loyalty.contract.claim import KIND as CLAIM
from loyalty.db.audit import audit_entries
from loyalty.members.card_tables import card_reports
from loyalty.members.care_tables import care_cases, care_events
from loyalty.members.life_tables import household_events, member_erasures, member_merges
from loyalty.members.message_tables import messages
from loyalty.members.record_tables import member_consents
from loyalty.members.tables import Card

_EDITS = ("member.edit", "member.create", "member.personal", "member.enrol", "tier.assign")
_CARE = ("opened", "contact", "regret", "solution", "follow_up", "closed", "reopened")
Found = tuple[str, datetime, str, dict[str, Any]]
"""Kind, moment, key among those of one moment, facts."""
Latest = Callable[[sa.Select[Any], sa.ColumnElement[Any]], sa.Select[Any]]
"""Cuts a statement to what one page needs."""


def record_events(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    """Of these records (a member and those that are part of it now)."""
    for source in (_edits, _consents, _merges, _households, _prints, _tasks, _care, _erasures, _messages):
        yield from source(session, members, latest)


def _edits(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = audit_entries.c
    mine = at.subject.in_([f"member:{id}" for id in members])
    statement = sa.select(at.number, at.at, at.actor, at.action, at.after).where(mine, at.action.in_(_EDITS))
    for row in session.execute(latest(statement, at.at)):
        facts = {"action": row.action, "fields": sorted(row.after), "by": row.actor.partition(":")[2]}
        yield "edit", row.at, f"{row.number:020}", facts


def _consents(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = member_consents.c
    statement = sa.select(at.id, at.at, at.purpose, at.given).where(at.member_id.in_(members))
    for row in session.execute(latest(statement, at.at)):
        yield "consent", row.at, row.id, {"purpose": row.purpose, "given": row.given}


def _merges(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = member_merges.c
    mine = sa.or_(at.kept_id.in_(members), at.merged_id.in_(members))
    statement = sa.select(at.id, at.merged_at, at.undone_at, at.why).where(mine)
    for row in session.execute(latest(statement, at.merged_at)):
        yield "merge", row.merged_at, row.id, {"undone": False, "why": row.why}
    for row in session.execute(latest(statement.where(at.undone_at.is_not(None)), at.undone_at)):
        yield "merge", row.undone_at, row.id, {"undone": True, "why": ""}


def _households(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = household_events.c
    statement = sa.select(at.id, at.at, at.event).where(at.member_id.in_(members))
    for row in session.execute(latest(statement, at.at)):
        yield "household", row.at, row.id, {"event": row.event}


def _prints(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = card_reports.c
    statement = (
        sa.select(at.id, at.occurred_at, at.counter)
        .join(Card, Card.id == at.card_id)
        .where(Card.member_id.in_(members), at.kind == "printed")
    )
    for row in session.execute(latest(statement, at.occurred_at)):
        yield "print", row.occurred_at, row.id, {"counter": row.counter}


def _tasks(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = staff_work.c
    statement = sa.select(at.id, at.recorded_at, at.sentence, at.status, at.token_kind).where(at.member.in_(members))
    for row in session.execute(latest(statement, at.recorded_at)):
        facts = {"sentence": row.sentence, "status": row.status, "task": row.id, "claimed": row.token_kind == CLAIM}
        yield "task", row.recorded_at, row.id, facts


def _care(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = care_events.c
    statement = (
        sa.select(at.id, at.at, at.kind, at.channel, at.words, at.case_id, care_cases.c.subject)
        .outerjoin_from(care_events, care_cases, care_cases.c.id == at.case_id)
        .where(at.member_id.in_(members), at.kind.in_(_CARE))
    )
    for row in session.execute(latest(statement, at.at)):
        facts = {"event": row.kind, "channel": row.channel, "words": row.words, "case": row.case_id}
        yield "care", row.at, row.id, facts | {"subject": row.subject}


def _erasures(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = member_erasures.c
    statement = sa.select(at.member_id, at.erased_at).where(at.member_id.in_(members))
    for row in session.execute(latest(statement, at.erased_at)):
        yield "erased", row.erased_at, row.member_id, {}


def _messages(session: Session, members: Sequence[str], latest: Latest) -> Iterable[Found]:
    at = messages.c
    statement = sa.select(at.id, at.made_at, at.channel, at.status, at.reason, at.subject, at.body)
    for row in session.execute(latest(statement.where(at.member_id.in_(members)), at.made_at)):
        facts = {
            "channel": row.channel,
            "status": row.status,
            "reason": row.reason,
            "said": row.subject or row.body[:80],
        }
        yield "message", row.made_at, row.id, facts
